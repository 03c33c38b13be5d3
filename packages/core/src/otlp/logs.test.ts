import fc from 'fast-check'
import { expect, it } from 'vitest'
import { logsData } from './arbitraries.cases.ts'
import { field, textField, toBytes } from './hand-written.cases.ts'
import { decodeLogs, decodeLogsJson, encodeLogs, encodeLogsJson } from './logs.ts'
import { toPlainLogs } from './plain.cases.ts'
import { decodeReference, encodeReference } from './reference-proto.cases.ts'

const requestType = 'ExportLogsServiceRequest'

const recordBytes = [
  '09 0100000000000000', // time
  '10 09', // severity INFO
  textField('1a', 'Info'), // severity_text
  field('2a', field('32', field('0a', textField('0a', 'role'), field('12', textField('0a', 'user'))))), // body
  field('32', textField('0a', 'i'), field('12', '18 05')), // attributes
  '38 02', // dropped_attributes_count
  '45 01000000', // flags
  field('4a', '000102030405060708090a0b0c0d0e0f'), // trace_id
  field('52', '00000000000000ff'), // span_id
  '59 0200000000000000', // observed_time
  textField('62', 'gen_ai.choice'), // event_name
]

const record = {
  timeUnixNano: 1n,
  observedTimeUnixNano: 2n,
  severityNumber: 9,
  severityText: 'Info',
  body: { role: 'user' },
  attributes: new Map([['i', 5]]),
  traceId: '000102030405060708090a0b0c0d0e0f',
  spanId: '00000000000000ff',
  eventName: 'gen_ai.choice',
}

it('decodeLogs() reads every field when the bytes are written by hand', () => {
  const bytes = toBytes(
    field('0a', field('12', field('12', ...recordBytes), textField('1a', 'u')), textField('1a', 'w')),
  )
  expect(decodeLogs(bytes)).toMatchObject({
    resourceLogs: [{ schemaUrl: 'w', scopeLogs: [{ schemaUrl: 'u', logRecords: [record] }] }],
    report: { partial: { rejectedCount: 0 } },
  })
})

it('decodeLogs() makes ids empty and keeps the record when they are no ids', () => {
  const bytes = toBytes(field('0a', field('12', field('12', field('4a', '00'.repeat(16)), field('52', '01')))))
  expect(decodeLogs(bytes).resourceLogs[0]?.scopeLogs[0]?.logRecords).toMatchObject([{ traceId: '', spanId: '' }])
})

it('decodeLogs() rejects and counts records when there are more than maxItems', () => {
  const bytes = toBytes(field('0a', field('12', field('12'), field('12'), field('12'))))
  const decoded = decodeLogs(bytes, { maxItems: 2 })
  expect(decoded.resourceLogs[0]?.scopeLogs[0]?.logRecords).toHaveLength(2)
  expect(decoded.report.partial.rejectedCount).toBe(1)
  expect(decodeLogsJson(encodeLogsJson(decodeLogs(bytes)), { maxItems: 2 }).report).toEqual(decoded.report)
})

it('encodeLogs() and decodeLogs() agree with protobufjs when the data is arbitrary', () => {
  fc.assert(
    fc.property(logsData, (data) => {
      expect(decodeLogs(encodeReference(requestType, toPlainLogs(data))).resourceLogs).toEqual(data.resourceLogs)
      const again = encodeReference(requestType, decodeReference(requestType, encodeLogs(data)))
      expect(decodeLogs(again).resourceLogs).toEqual(data.resourceLogs)
    }),
    { numRuns: 150 },
  )
})

it('decodeLogsJson() reads what encodeLogsJson wrote when the data is arbitrary', () => {
  fc.assert(
    fc.property(logsData, (data) => {
      expect(decodeLogsJson(encodeLogsJson(data)).resourceLogs).toEqual(data.resourceLogs)
    }),
    { numRuns: 150 },
  )
})

it('decodeLogsJson() understands the name of a severity', () => {
  const logRecords = [{ severityNumber: 'SEVERITY_NUMBER_INFO2' }, { severityNumber: 'LOUD' }, { severityNumber: 24 }]
  const decoded = decodeLogsJson(JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] }))
  const numbers = decoded.resourceLogs[0]?.scopeLogs[0]?.logRecords.map(({ severityNumber }) => severityNumber)
  expect(numbers).toEqual([10, 0, 24])
})
