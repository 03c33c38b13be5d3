/** OTLP traces and logs as plain data: what the decoders give and the encoders take. Source: opentelemetry-proto v1. */

export type AnyValue =
  | string
  | boolean
  | number
  /** Integers beyond Number.MAX_SAFE_INTEGER. */
  | bigint
  | Uint8Array
  | readonly AnyValue[]
  | AnyValueMap
  | null

/** The decoders make it without Object.prototype: a key from outside finds nothing inherited, and `String(map)` throws. */
export interface AnyValueMap {
  readonly [key: string]: AnyValue
}

/** A Map: attribute names come from outside, and no name of theirs may reach an object's prototype. */
export type Attributes = ReadonlyMap<string, AnyValue>

export interface Resource {
  readonly attributes: Attributes
}

export interface Scope {
  readonly name: string
  readonly version: string
  readonly attributes: Attributes
}

/** 0 unspecified, 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
export type SpanKind = 0 | 1 | 2 | 3 | 4 | 5

/** 0 unset, 1 ok, 2 error. */
export type StatusCode = 0 | 1 | 2

export interface SpanEvent {
  readonly timeUnixNano: bigint
  readonly name: string
  readonly attributes: Attributes
}

export interface SpanLink {
  readonly traceId: string
  readonly spanId: string
  readonly attributes: Attributes
}

export interface Span {
  /** 32 lower-case hex digits. */
  readonly traceId: string
  /** 16 lower-case hex digits. */
  readonly spanId: string
  /** Empty for a root span. */
  readonly parentSpanId: string
  readonly traceState: string
  readonly name: string
  readonly kind: SpanKind
  readonly startTimeUnixNano: bigint
  readonly endTimeUnixNano: bigint
  readonly attributes: Attributes
  readonly events: readonly SpanEvent[]
  readonly links: readonly SpanLink[]
  readonly statusCode: StatusCode
  readonly statusMessage: string
}

export interface ScopeSpans {
  readonly scope: Scope
  readonly schemaUrl: string
  readonly spans: readonly Span[]
}

export interface ResourceSpans {
  readonly resource: Resource
  readonly schemaUrl: string
  readonly scopeSpans: readonly ScopeSpans[]
}

/** An ExportTraceServiceRequest. */
export interface TracesData {
  readonly resourceSpans: readonly ResourceSpans[]
}

export interface LogRecord {
  readonly timeUnixNano: bigint
  readonly observedTimeUnixNano: bigint
  readonly severityNumber: number
  readonly severityText: string
  readonly body: AnyValue
  readonly attributes: Attributes
  /** Empty when the record belongs to no trace. */
  readonly traceId: string
  readonly spanId: string
  readonly eventName: string
}

export interface ScopeLogs {
  readonly scope: Scope
  readonly schemaUrl: string
  readonly logRecords: readonly LogRecord[]
}

export interface ResourceLogs {
  readonly resource: Resource
  readonly schemaUrl: string
  readonly scopeLogs: readonly ScopeLogs[]
}

/** An ExportLogsServiceRequest. */
export interface LogsData {
  readonly resourceLogs: readonly ResourceLogs[]
}

/** The answer to an export: how many items were refused, and why. Zero and empty when all were taken. */
export interface PartialSuccess {
  readonly rejectedCount: number
  readonly errorMessage: string
}
