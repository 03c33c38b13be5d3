/** Span on the protobuf wire. Source: opentelemetry-proto v1, trace.proto. */
import { type AttributeMap, noAttributes, readAttribute, writeAttributes } from './any-value.ts'
import { single } from './field-path.ts'
import type { Span, SpanEvent, SpanKind, SpanLink, StatusCode } from './model.ts'
import type { Reader } from './reader.ts'
import type { Writer } from './writer.ts'

export const badId = 'must be an id, not all zeros'

export function toSpanKind(value: number): SpanKind {
  return value === 1 || value === 2 || value === 3 || value === 4 || value === 5 ? value : 0
}

export function toStatusCode(value: number): StatusCode {
  return value === 1 || value === 2 ? value : 0
}

/** A span under construction: the same shape as a Span, so that no second object is needed. */
type SpanDraft = { -readonly [Field in keyof Span]: Span[Field] }

/** Appends the span that stands here to `spans`, unless it is refused. */
export function readSpan(reader: Reader, spans: Span[], index: number): void {
  const { tally, path } = reader
  reader.enter('spans', index)
  const isAdmitted = tally.admitItem(path)
  const span = isAdmitted ? readSpanFields(reader) : null
  if (span === null) reader.skipRest()
  else if (span.traceId === '') tally.reject(path, 'traceId', badId)
  else if (span.spanId === '') tally.reject(path, 'spanId', badId)
  else {
    tally.itemCount++
    spans.push(span)
  }
  reader.leave()
}

function createSpanDraft(events: SpanEvent[], links: SpanLink[]): SpanDraft {
  return {
    traceId: '',
    spanId: '',
    parentSpanId: '',
    traceState: '',
    name: '',
    kind: 0,
    startTimeUnixNano: 0n,
    endTimeUnixNano: 0n,
    attributes: noAttributes,
    events,
    links,
    statusCode: 0,
    statusMessage: '',
  }
}

function readSpanFields(reader: Reader): Span {
  const events: SpanEvent[] = []
  const links: SpanLink[] = []
  const span = createSpanDraft(events, links)
  let attributes: AttributeMap | null = null
  let count = 0
  while (reader.next()) {
    switch (reader.tag) {
      case 0x4a: // 9 attributes
        attributes = readAttribute(reader, attributes, count++)
        break
      case 0x5a: // 11 events
        readEvent(reader, events)
        break
      case 0x6a: // 13 links
        readLink(reader, links)
        break
      case 0x7a: // 15 status
        readStatus(reader, span)
        break
      default:
        readSpanScalar(reader, span)
    }
  }
  span.attributes = attributes ?? noAttributes
  return span
}

function readSpanScalar(reader: Reader, span: SpanDraft): void {
  switch (reader.tag) {
    case 0x0a: // 1 trace_id
      span.traceId = reader.id('traceId', 16)
      break
    case 0x12: // 2 span_id
      span.spanId = reader.id('spanId', 8)
      break
    case 0x1a: // 3 trace_state
      span.traceState = reader.string('traceState')
      break
    case 0x22: // 4 parent_span_id
      span.parentSpanId = reader.id('parentSpanId', 8)
      break
    case 0x2a: // 5 name
      span.name = reader.string('name')
      break
    case 0x30: // 6 kind
      span.kind = toSpanKind(reader.int32('kind'))
      break
    case 0x39: // 7 start_time_unix_nano
      span.startTimeUnixNano = reader.fixed64('startTimeUnixNano')
      break
    case 0x41: // 8 end_time_unix_nano
      span.endTimeUnixNano = reader.fixed64('endTimeUnixNano')
      break
    default:
      reader.skip()
  }
}

function readEvent(reader: Reader, events: SpanEvent[]): void {
  if (!reader.tally.admitEvent()) {
    reader.skip()
    return
  }
  let timeUnixNano = 0n
  let name = ''
  let attributes: AttributeMap | null = null
  let count = 0
  reader.enter('events', events.length)
  while (reader.next()) {
    switch (reader.tag) {
      case 0x09: // 1 time_unix_nano
        timeUnixNano = reader.fixed64('timeUnixNano')
        break
      case 0x12: // 2 name
        name = reader.string('name')
        break
      case 0x1a: // 3 attributes
        attributes = readAttribute(reader, attributes, count++)
        break
      default:
        reader.skip()
    }
  }
  reader.leave()
  events.push({ timeUnixNano, name, attributes: attributes ?? noAttributes })
}

function readLink(reader: Reader, links: SpanLink[]): void {
  if (!reader.tally.admitEvent()) {
    reader.skip()
    return
  }
  let traceId = ''
  let spanId = ''
  let attributes: AttributeMap | null = null
  let count = 0
  reader.enter('links', links.length)
  while (reader.next()) {
    switch (reader.tag) {
      case 0x0a: // 1 trace_id
        traceId = reader.id('traceId', 16)
        break
      case 0x12: // 2 span_id
        spanId = reader.id('spanId', 8)
        break
      case 0x22: // 4 attributes
        attributes = readAttribute(reader, attributes, count++)
        break
      default:
        reader.skip()
    }
  }
  reader.leave()
  if (traceId === '' || spanId === '') reader.tally.droppedEvents++
  else links.push({ traceId, spanId, attributes: attributes ?? noAttributes })
}

function readStatus(reader: Reader, span: SpanDraft): void {
  reader.enter('status', single)
  while (reader.next()) {
    switch (reader.tag) {
      case 0x12: // 2 message
        span.statusMessage = reader.string('message')
        break
      case 0x18: // 3 code
        span.statusCode = toStatusCode(reader.int32('code'))
        break
      default:
        reader.skip()
    }
  }
  reader.leave()
}

export function writeSpan(writer: Writer, span: Span): void {
  const mark = writer.open(0x12)
  writer.id(0x0a, span.traceId)
  writer.id(0x12, span.spanId)
  if (span.traceState !== '') writer.string(0x1a, span.traceState)
  writer.id(0x22, span.parentSpanId)
  if (span.name !== '') writer.string(0x2a, span.name)
  if (span.kind !== 0) writer.int64(0x30, span.kind)
  if (span.startTimeUnixNano !== 0n) writer.fixed64(0x39, span.startTimeUnixNano)
  if (span.endTimeUnixNano !== 0n) writer.fixed64(0x41, span.endTimeUnixNano)
  writeAttributes(writer, 0x4a, span.attributes)
  for (const event of span.events) writeEvent(writer, event)
  for (const link of span.links) writeLink(writer, link)
  if (span.statusCode !== 0 || span.statusMessage !== '') writeStatus(writer, span)
  writer.close(mark)
}

function writeEvent(writer: Writer, event: SpanEvent): void {
  const mark = writer.open(0x5a)
  if (event.timeUnixNano !== 0n) writer.fixed64(0x09, event.timeUnixNano)
  if (event.name !== '') writer.string(0x12, event.name)
  writeAttributes(writer, 0x1a, event.attributes)
  writer.close(mark)
}

function writeLink(writer: Writer, link: SpanLink): void {
  const mark = writer.open(0x6a)
  writer.id(0x0a, link.traceId)
  writer.id(0x12, link.spanId)
  writeAttributes(writer, 0x22, link.attributes)
  writer.close(mark)
}

function writeStatus(writer: Writer, span: Span): void {
  const mark = writer.open(0x7a)
  if (span.statusMessage !== '') writer.string(0x12, span.statusMessage)
  if (span.statusCode !== 0) writer.int64(0x18, span.statusCode)
  writer.close(mark)
}
