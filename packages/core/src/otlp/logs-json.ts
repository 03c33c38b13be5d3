/** ExportLogsServiceRequest in OTLP/JSON. Source: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding */
import {
  readAttributesJson,
  readResourceJson,
  readScopeJson,
  readValueJson,
  toJsonAttributes,
  toJsonResource,
  toJsonScope,
  toJsonValue,
} from './any-value-json.ts'
import { type DecodedLogs, type DecodeLimits, DecodeTally } from './decode-limits.ts'
import { type JsonObject, JsonReader } from './json-reader.ts'
import type { LogRecord, LogsData, ResourceLogs, ScopeLogs } from './model.ts'

/** TRACE to FATAL in four steps each: SEVERITY_NUMBER_INFO is 9, SEVERITY_NUMBER_INFO2 is 10. */
const severityNames = [
  'SEVERITY_NUMBER_UNSPECIFIED',
  ...['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'].flatMap((name) =>
    ['', '2', '3', '4'].map((step) => `SEVERITY_NUMBER_${name}${step}`),
  ),
]

/** Decodes an ExportLogsServiceRequest in OTLP/JSON, to the same data and by the same rules as `decodeLogs`. */
export function decodeLogsJson(text: string, limits: Partial<DecodeLimits> = {}): DecodedLogs {
  const tally = new DecodeTally(limits)
  const reader = new JsonReader(text, tally)
  const resourceLogs: ResourceLogs[] = []
  reader.forEach(reader.root, 'resourceLogs', (group) => resourceLogs.push(readResourceLogs(reader, group)))
  return { resourceLogs, report: tally.report() }
}

function readResourceLogs(reader: JsonReader, group: JsonObject): ResourceLogs {
  reader.tally.admitGroup(reader.path)
  const scopeLogs: ScopeLogs[] = []
  reader.forEach(group, 'scopeLogs', (scopeGroup) => scopeLogs.push(readScopeLogs(reader, scopeGroup)))
  return { resource: readResourceJson(reader, group), schemaUrl: reader.string(group, 'schemaUrl'), scopeLogs }
}

function readScopeLogs(reader: JsonReader, group: JsonObject): ScopeLogs {
  reader.tally.admitGroup(reader.path)
  const logRecords: LogRecord[] = []
  reader.forEach(group, 'logRecords', (item) => {
    if (!reader.tally.admitItem(reader.path)) return
    reader.tally.itemCount++
    logRecords.push(readLogRecord(reader, item))
  })
  return { scope: readScopeJson(reader, group), schemaUrl: reader.string(group, 'schemaUrl'), logRecords }
}

function readLogRecord(reader: JsonReader, item: JsonObject): LogRecord {
  return {
    timeUnixNano: reader.fixed64(item, 'timeUnixNano'),
    observedTimeUnixNano: reader.fixed64(item, 'observedTimeUnixNano'),
    severityNumber: reader.enumeration(item, 'severityNumber', severityNames),
    severityText: reader.string(item, 'severityText'),
    body: reader.message(item, 'body', (value) => readValueJson(reader, value)),
    attributes: readAttributesJson(reader, item),
    traceId: reader.id(item, 'traceId', 32),
    spanId: reader.id(item, 'spanId', 16),
    eventName: reader.string(item, 'eventName'),
  }
}

/** Encodes an ExportLogsServiceRequest as OTLP/JSON. */
export function encodeLogsJson(data: LogsData): string {
  const resourceLogs = data.resourceLogs.map((group) => ({
    resource: toJsonResource(group.resource),
    schemaUrl: group.schemaUrl,
    scopeLogs: group.scopeLogs.map((scopeGroup) => ({
      scope: toJsonScope(scopeGroup.scope),
      schemaUrl: scopeGroup.schemaUrl,
      logRecords: scopeGroup.logRecords.map(toJsonLogRecord),
    })),
  }))
  return JSON.stringify({ resourceLogs })
}

function toJsonLogRecord(record: LogRecord): JsonObject {
  return {
    timeUnixNano: String(record.timeUnixNano),
    observedTimeUnixNano: String(record.observedTimeUnixNano),
    severityNumber: record.severityNumber,
    severityText: record.severityText,
    // A body that is null was not sent; an empty object would be one that is there and has no value.
    ...(record.body === null ? {} : { body: toJsonValue(record.body) }),
    attributes: toJsonAttributes(record.attributes),
    traceId: record.traceId,
    spanId: record.spanId,
    eventName: record.eventName,
  }
}
