/** OTLP data in the vocabulary of protobufjs objects, written without our codec: what both must agree on. */
import type { AnyValue, AnyValueMap, Attributes, LogsData, Scope, Span, TracesData } from './model.ts'
import type { PlainMessage } from './reference-proto.cases.ts'

function toPlainValue(value: AnyValue): PlainMessage {
  if (value === null) return {}
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'bigint') return { intValue: String(value) }
  if (typeof value === 'number')
    return Number.isSafeInteger(value) && !Object.is(value, -0) ? { intValue: String(value) } : { doubleValue: value }
  if (value instanceof Uint8Array) return { bytesValue: value }
  if (isList(value)) return { arrayValue: { values: value.map(toPlainValue) } }
  return { kvlistValue: { values: Object.entries(value).map(toPlainKeyValue) } }
}

function isList(value: readonly AnyValue[] | AnyValueMap): value is readonly AnyValue[] {
  return Array.isArray(value)
}

function toPlainKeyValue([key, value]: readonly [string, AnyValue]): PlainMessage {
  return { key, value: toPlainValue(value) }
}

function toPlainAttributes(attributes: Attributes): PlainMessage[] {
  return [...attributes].map(toPlainKeyValue)
}

function toPlainScope(scope: Scope): PlainMessage {
  return { name: scope.name, version: scope.version, attributes: toPlainAttributes(scope.attributes) }
}

function toBytes(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'))
}

function toPlainSpan(span: Span): PlainMessage {
  return {
    traceId: toBytes(span.traceId),
    spanId: toBytes(span.spanId),
    parentSpanId: toBytes(span.parentSpanId),
    traceState: span.traceState,
    name: span.name,
    kind: span.kind,
    startTimeUnixNano: String(span.startTimeUnixNano),
    endTimeUnixNano: String(span.endTimeUnixNano),
    attributes: toPlainAttributes(span.attributes),
    droppedAttributesCount: 7,
    events: span.events.map((event) => ({
      timeUnixNano: String(event.timeUnixNano),
      name: event.name,
      attributes: toPlainAttributes(event.attributes),
    })),
    links: span.links.map((link) => ({
      traceId: toBytes(link.traceId),
      spanId: toBytes(link.spanId),
      attributes: toPlainAttributes(link.attributes),
      flags: 1,
    })),
    status: { code: span.statusCode, message: span.statusMessage },
    flags: 257,
  }
}

export function toPlainTraces(data: TracesData): PlainMessage {
  const resourceSpans = data.resourceSpans.map((group) => ({
    resource: { attributes: toPlainAttributes(group.resource.attributes), droppedAttributesCount: 1 },
    schemaUrl: group.schemaUrl,
    scopeSpans: group.scopeSpans.map((scopeGroup) => ({
      scope: toPlainScope(scopeGroup.scope),
      schemaUrl: scopeGroup.schemaUrl,
      spans: scopeGroup.spans.map(toPlainSpan),
    })),
  }))
  return { resourceSpans }
}

export function toPlainLogs(data: LogsData): PlainMessage {
  const resourceLogs = data.resourceLogs.map((group) => ({
    resource: { attributes: toPlainAttributes(group.resource.attributes) },
    schemaUrl: group.schemaUrl,
    scopeLogs: group.scopeLogs.map((scopeGroup) => ({
      scope: toPlainScope(scopeGroup.scope),
      schemaUrl: scopeGroup.schemaUrl,
      logRecords: scopeGroup.logRecords.map((record) => ({
        ...record,
        timeUnixNano: String(record.timeUnixNano),
        observedTimeUnixNano: String(record.observedTimeUnixNano),
        body: toPlainValue(record.body),
        attributes: toPlainAttributes(record.attributes),
        traceId: toBytes(record.traceId),
        spanId: toBytes(record.spanId),
        flags: 1,
      })),
    })),
  }))
  return { resourceLogs }
}
