/**
 * An LlmCall as a span, and back (`fromSpan`, in span-call.ts). Names follow the OpenTelemetry GenAI conventions where they have one.
 *
 * Exact both ways, but for two things that have no place in a span: times are carried to the nanosecond, and
 * content of which neither input nor output is known is no content.
 */
import { attemptEvent, attribute } from './attributes.ts'
import type { Attempt, LlmCall } from './call.ts'
import { type AttributeVisitor, nanosPerMs, visitAttemptAttributes, visitAttributes } from './call-attributes.ts'
import type { AnyValue, Attributes, ResourceSpans, Span, SpanEvent, TracesData } from './otlp/model.ts'

export { type CallResult, fromSpan } from './span-call.ts'

/** Who sends the spans. */
export interface Sender {
  /** Name of the instrumentation scope: `sdkScope` where the spans are to be read by `fromSpan`. */
  readonly name: string
  readonly version: string
  /** Resource attributes. `service.name` is set by each call. */
  readonly resourceAttributes: Attributes
}

export const clientKind = 3
export const errorStatusCode = 2

/** One resource per service, in order of first appearance; calls in their order. */
export function toTraces(calls: readonly LlmCall[], sender: Sender): TracesData {
  const spansOfService = new Map<string, Span[]>()
  for (const call of calls) {
    const spans = spansOfService.get(call.serviceName)
    if (spans === undefined) spansOfService.set(call.serviceName, [toSpan(call)])
    else spans.push(toSpan(call))
  }
  const scope = { name: sender.name, version: sender.version, attributes: new Map() }
  const resourceSpans: ResourceSpans[] = []
  for (const [serviceName, spans] of spansOfService) {
    const attributes = new Map(sender.resourceAttributes).set(attribute.serviceName, serviceName)
    resourceSpans.push({ resource: { attributes }, schemaUrl: '', scopeSpans: [{ scope, schemaUrl: '', spans }] })
  }
  return { resourceSpans }
}

export function toSpan(call: LlmCall): Span {
  const isError = call.status === 'error'
  const start = BigInt(call.startTimeUs) * 1000n
  return {
    traceId: call.traceId,
    spanId: call.spanId,
    parentSpanId: call.parentSpanId ?? '',
    traceState: '',
    name: toSpanName(call),
    kind: clientKind,
    startTimeUnixNano: start,
    endTimeUnixNano: start + toNanos(call.latencyMs),
    attributes: gather((visit) => visitAttributes(call, visit)),
    events: call.attempts.map((attempt) => toEvent(attempt, start)),
    links: [],
    statusCode: isError ? errorStatusCode : 0,
    statusMessage: isError ? (call.errorMessage ?? '') : '',
  }
}

export function toSpanName({ operation, requestModel }: LlmCall): string {
  return requestModel === null ? operation : `${operation} ${requestModel}`
}

function toNanos(ms: number): bigint {
  return BigInt(Math.round(ms * nanosPerMs))
}

function toEvent(attempt: Attempt, callStart: bigint): SpanEvent {
  const attributes = gather((visit) => visitAttemptAttributes(attempt, visit))
  return { timeUnixNano: callStart + toNanos(attempt.startMs), name: attemptEvent, attributes }
}

function gather(tell: (visit: AttributeVisitor) => void): Attributes {
  const attributes = new Map<string, AnyValue>()
  tell((name, value) => {
    if (value !== null) attributes.set(name, value)
  })
  return attributes
}
