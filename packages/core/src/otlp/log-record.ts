/** LogRecord on the protobuf wire. Source: opentelemetry-proto v1, logs.proto. */
import { type AttributeMap, noAttributes, readAttribute, readValue, writeAttributes, writeValue } from './any-value.ts'
import { single } from './field-path.ts'
import type { LogRecord } from './model.ts'
import type { Reader } from './reader.ts'
import type { Writer } from './writer.ts'

type LogRecordDraft = { -readonly [Field in keyof LogRecord]: LogRecord[Field] }

/** Appends the record that stands here to `records`, unless there are too many. */
export function readLogRecord(reader: Reader, records: LogRecord[], index: number): void {
  reader.enter('logRecords', index)
  if (reader.tally.admitItem(reader.path)) {
    reader.tally.itemCount++
    records.push(readLogRecordFields(reader))
  } else reader.skipRest()
  reader.leave()
}

function readLogRecordFields(reader: Reader): LogRecord {
  const record: LogRecordDraft = {
    timeUnixNano: 0n,
    observedTimeUnixNano: 0n,
    severityNumber: 0,
    severityText: '',
    body: null,
    attributes: noAttributes,
    traceId: '',
    spanId: '',
    eventName: '',
  }
  let attributes: AttributeMap | null = null
  let count = 0
  while (reader.next()) {
    if (reader.tag === 0x32)
      attributes = readAttribute(reader, attributes, count++) // 6 attributes
    else readLogRecordField(reader, record)
  }
  record.attributes = attributes ?? noAttributes
  return record
}

function readLogRecordField(reader: Reader, record: LogRecordDraft): void {
  switch (reader.tag) {
    case 0x09: // 1 time_unix_nano
      record.timeUnixNano = reader.fixed64('timeUnixNano')
      break
    case 0x10: // 2 severity_number
      record.severityNumber = reader.int32('severityNumber')
      break
    case 0x1a: // 3 severity_text
      record.severityText = reader.string('severityText')
      break
    case 0x2a: // 5 body
      record.body = readValue(reader, 'body', single)
      break
    case 0x4a: // 9 trace_id
      record.traceId = reader.id('traceId', 16)
      break
    case 0x52: // 10 span_id
      record.spanId = reader.id('spanId', 8)
      break
    case 0x59: // 11 observed_time_unix_nano
      record.observedTimeUnixNano = reader.fixed64('observedTimeUnixNano')
      break
    case 0x62: // 12 event_name
      record.eventName = reader.string('eventName')
      break
    default:
      reader.skip()
  }
}

export function writeLogRecord(writer: Writer, record: LogRecord): void {
  const mark = writer.open(0x12)
  if (record.timeUnixNano !== 0n) writer.fixed64(0x09, record.timeUnixNano)
  if (record.severityNumber !== 0) writer.int64(0x10, record.severityNumber)
  if (record.severityText !== '') writer.string(0x1a, record.severityText)
  if (record.body !== null) writeValue(writer, 0x2a, record.body)
  writeAttributes(writer, 0x32, record.attributes)
  writer.id(0x4a, record.traceId)
  writer.id(0x52, record.spanId)
  if (record.observedTimeUnixNano !== 0n) writer.fixed64(0x59, record.observedTimeUnixNano)
  if (record.eventName !== '') writer.string(0x62, record.eventName)
  writer.close(mark)
}
