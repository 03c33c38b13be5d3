/** ExportTraceServiceRequest in OTLP/JSON. Source: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding */
import {
  readAttributesJson,
  readResourceJson,
  readScopeJson,
  toJsonAttributes,
  toJsonResource,
  toJsonScope,
} from './any-value-json.ts'
import { type DecodedTraces, type DecodeLimits, DecodeTally } from './decode-limits.ts'
import { type JsonObject, JsonReader } from './json-reader.ts'
import type { ResourceSpans, ScopeSpans, Span, SpanEvent, SpanLink, TracesData } from './model.ts'
import { badId, toSpanKind, toStatusCode } from './span.ts'

const kindNames = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'].map(
  (name) => `SPAN_KIND_${name}`,
)
const statusNames = ['UNSET', 'OK', 'ERROR'].map((name) => `STATUS_CODE_${name}`)

/** Decodes an ExportTraceServiceRequest in OTLP/JSON, to the same data and by the same rules as `decodeTraces`. */
export function decodeTracesJson(text: string, limits: Partial<DecodeLimits> = {}): DecodedTraces {
  const tally = new DecodeTally(limits)
  const reader = new JsonReader(text, tally)
  const resourceSpans: ResourceSpans[] = []
  reader.forEach(reader.root, 'resourceSpans', (group) => resourceSpans.push(readResourceSpans(reader, group)))
  return { resourceSpans, report: tally.report() }
}

function readResourceSpans(reader: JsonReader, group: JsonObject): ResourceSpans {
  reader.tally.admitGroup(reader.path)
  const scopeSpans: ScopeSpans[] = []
  reader.forEach(group, 'scopeSpans', (scopeGroup) => scopeSpans.push(readScopeSpans(reader, scopeGroup)))
  return { resource: readResourceJson(reader, group), schemaUrl: reader.string(group, 'schemaUrl'), scopeSpans }
}

function readScopeSpans(reader: JsonReader, group: JsonObject): ScopeSpans {
  reader.tally.admitGroup(reader.path)
  const spans: Span[] = []
  reader.forEach(group, 'spans', (item) => {
    const span = readSpan(reader, item)
    if (span === null) return
    reader.tally.itemCount++
    spans.push(span)
  })
  return { scope: readScopeJson(reader, group), schemaUrl: reader.string(group, 'schemaUrl'), spans }
}

/** Null when the span is refused. */
function readSpan(reader: JsonReader, item: JsonObject): Span | null {
  if (!reader.tally.admitItem(reader.path)) return null
  const status = reader.message(item, 'status', (object) => ({
    code: toStatusCode(reader.enumeration(object, 'code', statusNames)),
    message: reader.string(object, 'message'),
  }))
  const span = {
    traceId: reader.id(item, 'traceId', 32),
    spanId: reader.id(item, 'spanId', 16),
    parentSpanId: reader.id(item, 'parentSpanId', 16),
    traceState: reader.string(item, 'traceState'),
    name: reader.string(item, 'name'),
    kind: toSpanKind(reader.enumeration(item, 'kind', kindNames)),
    startTimeUnixNano: reader.fixed64(item, 'startTimeUnixNano'),
    endTimeUnixNano: reader.fixed64(item, 'endTimeUnixNano'),
    attributes: readAttributesJson(reader, item),
    events: readEvents(reader, item),
    links: readLinks(reader, item),
    statusCode: status?.code ?? 0,
    statusMessage: status?.message ?? '',
  }
  if (span.traceId !== '' && span.spanId !== '') return span
  reader.tally.reject(reader.path, span.traceId === '' ? 'traceId' : 'spanId', badId)
  return null
}

function readEvents(reader: JsonReader, span: JsonObject): SpanEvent[] {
  const events: SpanEvent[] = []
  reader.forEach(span, 'events', (item) => {
    if (!reader.tally.admitEvent()) return
    events.push({
      timeUnixNano: reader.fixed64(item, 'timeUnixNano'),
      name: reader.string(item, 'name'),
      attributes: readAttributesJson(reader, item),
    })
  })
  return events
}

function readLinks(reader: JsonReader, span: JsonObject): SpanLink[] {
  const links: SpanLink[] = []
  reader.forEach(span, 'links', (item) => {
    if (!reader.tally.admitEvent()) return
    const traceId = reader.id(item, 'traceId', 32)
    const spanId = reader.id(item, 'spanId', 16)
    const attributes = readAttributesJson(reader, item)
    if (traceId === '' || spanId === '') reader.tally.droppedEvents++
    else links.push({ traceId, spanId, attributes })
  })
  return links
}

/** Encodes an ExportTraceServiceRequest as OTLP/JSON. */
export function encodeTracesJson(data: TracesData): string {
  const resourceSpans = data.resourceSpans.map((group) => ({
    resource: toJsonResource(group.resource),
    schemaUrl: group.schemaUrl,
    scopeSpans: group.scopeSpans.map((scopeGroup) => ({
      scope: toJsonScope(scopeGroup.scope),
      schemaUrl: scopeGroup.schemaUrl,
      spans: scopeGroup.spans.map(toJsonSpan),
    })),
  }))
  return JSON.stringify({ resourceSpans })
}

function toJsonSpan(span: Span): JsonObject {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId,
    traceState: span.traceState,
    name: span.name,
    kind: span.kind,
    startTimeUnixNano: String(span.startTimeUnixNano),
    endTimeUnixNano: String(span.endTimeUnixNano),
    attributes: toJsonAttributes(span.attributes),
    events: span.events.map((event) => ({
      timeUnixNano: String(event.timeUnixNano),
      name: event.name,
      attributes: toJsonAttributes(event.attributes),
    })),
    links: span.links.map((link) => ({
      traceId: link.traceId,
      spanId: link.spanId,
      attributes: toJsonAttributes(link.attributes),
    })),
    status: { code: span.statusCode, message: span.statusMessage },
  }
}
