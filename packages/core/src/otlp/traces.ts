/** ExportTraceServiceRequest on the protobuf wire. Source: opentelemetry-proto v1, trace.proto and trace_service.proto. */
import { noResource, noScope, readResource, readScope, writeResource, writeScope } from './any-value.ts'
import { type DecodedTraces, type DecodeLimits, DecodeTally } from './decode-limits.ts'
import type { Resource, ResourceSpans, Scope, ScopeSpans, Span, TracesData } from './model.ts'
import { Reader } from './reader.ts'
import { readSpan, writeSpan } from './span.ts'
import { Writer } from './writer.ts'

export { decodeTracesJson, encodeTracesJson } from './traces-json.ts'

/**
 * Decodes an ExportTraceServiceRequest. Throws DecodeError, and nothing else, when the bytes are no such message.
 * A span without a valid id costs only itself: it is left out and counted in `report.partial`, which is what the
 * sender is to be told. A parentSpanId that is no id becomes empty. Unknown enum numbers become 0.
 */
export function decodeTraces(bytes: Uint8Array, limits: Partial<DecodeLimits> = {}): DecodedTraces {
  const tally = new DecodeTally(limits)
  const reader = new Reader(bytes, tally)
  const resourceSpans: ResourceSpans[] = []
  let count = 0
  while (reader.next()) {
    if (reader.tag === 0x0a)
      resourceSpans.push(readResourceSpans(reader, count++)) // 1 resource_spans
    else reader.skip()
  }
  return { resourceSpans, report: tally.report() }
}

function readResourceSpans(reader: Reader, index: number): ResourceSpans {
  let resource: Resource = noResource
  let schemaUrl = ''
  const scopeSpans: ScopeSpans[] = []
  reader.enter('resourceSpans', index)
  reader.tally.admitGroup(reader.path)
  while (reader.next()) {
    switch (reader.tag) {
      case 0x0a: // 1 resource
        resource = readResource(reader)
        break
      case 0x12: // 2 scope_spans
        scopeSpans.push(readScopeSpans(reader, scopeSpans.length))
        break
      case 0x1a: // 3 schema_url
        schemaUrl = reader.string('schemaUrl')
        break
      default:
        reader.skip()
    }
  }
  reader.leave()
  return { resource, schemaUrl, scopeSpans }
}

function readScopeSpans(reader: Reader, index: number): ScopeSpans {
  let scope: Scope = noScope
  let schemaUrl = ''
  const spans: Span[] = []
  let count = 0
  reader.enter('scopeSpans', index)
  reader.tally.admitGroup(reader.path)
  while (reader.next()) {
    switch (reader.tag) {
      case 0x0a: // 1 scope
        scope = readScope(reader)
        break
      case 0x12: // 2 spans
        readSpan(reader, spans, count++)
        break
      case 0x1a: // 3 schema_url
        schemaUrl = reader.string('schemaUrl')
        break
      default:
        reader.skip()
    }
  }
  reader.leave()
  return { scope, schemaUrl, spans }
}

/** Encodes an ExportTraceServiceRequest. Strings that are not well-formed UTF-16 get U+FFFD in place of lone surrogates. */
export function encodeTraces(data: TracesData): Uint8Array {
  const writer = new Writer()
  for (const group of data.resourceSpans) {
    const mark = writer.open(0x0a)
    writeResource(writer, group.resource)
    for (const scopeGroup of group.scopeSpans) writeScopeSpans(writer, scopeGroup)
    if (group.schemaUrl !== '') writer.string(0x1a, group.schemaUrl)
    writer.close(mark)
  }
  return writer.finish()
}

function writeScopeSpans(writer: Writer, group: ScopeSpans): void {
  const mark = writer.open(0x12)
  writeScope(writer, group.scope)
  for (const span of group.spans) writeSpan(writer, span)
  if (group.schemaUrl !== '') writer.string(0x1a, group.schemaUrl)
  writer.close(mark)
}
