/** ExportLogsServiceRequest on the protobuf wire. Source: opentelemetry-proto v1, logs.proto and logs_service.proto. */
import { noResource, noScope, readResource, readScope, writeResource, writeScope } from './any-value.ts'
import { type DecodedLogs, type DecodeLimits, DecodeTally } from './decode-limits.ts'
import { readLogRecord, writeLogRecord } from './log-record.ts'
import type { LogRecord, LogsData, Resource, ResourceLogs, Scope, ScopeLogs } from './model.ts'
import { Reader } from './reader.ts'
import { Writer } from './writer.ts'

export { decodeLogsJson, encodeLogsJson } from './logs-json.ts'

/**
 * Decodes an ExportLogsServiceRequest. Throws DecodeError, and nothing else, when the bytes are no such message.
 * A traceId or spanId that is no id becomes empty: the record belongs to no trace.
 */
export function decodeLogs(bytes: Uint8Array, limits: Partial<DecodeLimits> = {}): DecodedLogs {
  const tally = new DecodeTally(limits)
  const reader = new Reader(bytes, tally)
  const resourceLogs: ResourceLogs[] = []
  while (reader.next()) {
    if (reader.tag === 0x0a)
      resourceLogs.push(readResourceLogs(reader, resourceLogs.length)) // 1 resource_logs
    else reader.skip()
  }
  return { resourceLogs, report: tally.report() }
}

function readResourceLogs(reader: Reader, index: number): ResourceLogs {
  let resource: Resource = noResource
  let schemaUrl = ''
  const scopeLogs: ScopeLogs[] = []
  reader.enter('resourceLogs', index)
  reader.tally.admitGroup(reader.path)
  while (reader.next()) {
    switch (reader.tag) {
      case 0x0a: // 1 resource
        resource = readResource(reader)
        break
      case 0x12: // 2 scope_logs
        scopeLogs.push(readScopeLogs(reader, scopeLogs.length))
        break
      case 0x1a: // 3 schema_url
        schemaUrl = reader.string('schemaUrl')
        break
      default:
        reader.skip()
    }
  }
  reader.leave()
  return { resource, schemaUrl, scopeLogs }
}

function readScopeLogs(reader: Reader, index: number): ScopeLogs {
  let scope: Scope = noScope
  let schemaUrl = ''
  const logRecords: LogRecord[] = []
  let count = 0
  reader.enter('scopeLogs', index)
  reader.tally.admitGroup(reader.path)
  while (reader.next()) {
    switch (reader.tag) {
      case 0x0a: // 1 scope
        scope = readScope(reader)
        break
      case 0x12: // 2 log_records
        readLogRecord(reader, logRecords, count++)
        break
      case 0x1a: // 3 schema_url
        schemaUrl = reader.string('schemaUrl')
        break
      default:
        reader.skip()
    }
  }
  reader.leave()
  return { scope, schemaUrl, logRecords }
}

/** Encodes an ExportLogsServiceRequest. */
export function encodeLogs(data: LogsData): Uint8Array {
  const writer = new Writer()
  for (const group of data.resourceLogs) {
    const mark = writer.open(0x0a)
    writeResource(writer, group.resource)
    for (const scopeGroup of group.scopeLogs) writeScopeLogs(writer, scopeGroup)
    if (group.schemaUrl !== '') writer.string(0x1a, group.schemaUrl)
    writer.close(mark)
  }
  return writer.finish()
}

function writeScopeLogs(writer: Writer, group: ScopeLogs): void {
  const mark = writer.open(0x12)
  writeScope(writer, group.scope)
  for (const record of group.logRecords) writeLogRecord(writer, record)
  if (group.schemaUrl !== '') writer.string(0x1a, group.schemaUrl)
  writer.close(mark)
}
