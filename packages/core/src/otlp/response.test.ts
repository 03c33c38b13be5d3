import fc from 'fast-check'
import { expect, it } from 'vitest'
import { DecodeError } from './decode-error.ts'
import { decodeReference, encodeReference } from './reference-proto.cases.ts'
import {
  decodeExportResponse,
  decodeExportResponseJson,
  decodeStatus,
  decodeStatusJson,
  encodeExportResponse,
  encodeExportResponseJson,
  encodeStatus,
  encodeStatusJson,
} from './response.ts'

const text = fc.string({ unit: 'binary' })
const partialSuccess = fc.record({ rejectedCount: fc.maxSafeNat(), errorMessage: text })
const none = { rejectedCount: 0, errorMessage: '' }

it('encodeExportResponse() is what protobufjs reads, and comes back, in both encodings', () => {
  fc.assert(
    fc.property(partialSuccess, (partial) => {
      const bytes = encodeExportResponse(partial)
      expect(decodeExportResponse(bytes)).toEqual(partial)
      const again = encodeReference('ExportResponse', decodeReference('ExportResponse', bytes))
      expect(decodeExportResponse(again)).toEqual(partial)
      for (const signal of ['traces', 'logs', 'metrics'] as const) {
        expect(decodeExportResponseJson(signal, encodeExportResponseJson(signal, partial))).toEqual(partial)
      }
    }),
  )
})

it('encodeExportResponse() leaves partial_success out when everything was taken', () => {
  expect(encodeExportResponse(none)).toHaveLength(0)
  expect(encodeExportResponseJson('traces', none)).toBe('{}')
  expect(decodeExportResponse(new Uint8Array())).toEqual(none)
  expect(decodeExportResponseJson('logs', '{}')).toEqual(none)
})

it('encodeExportResponseJson() names the count after the signal', () => {
  const partial = { rejectedCount: 2, errorMessage: 'no' }
  expect(encodeExportResponseJson('traces', partial)).toBe(
    '{"partialSuccess":{"rejectedSpans":"2","errorMessage":"no"}}',
  )
  expect(encodeExportResponseJson('logs', partial)).toContain('rejectedLogRecords')
  expect(encodeExportResponseJson('metrics', partial)).toContain('rejectedDataPoints')
})

it('decodeExportResponse() takes a count below zero for none', () => {
  const bytes = encodeReference('ExportResponse', { partialSuccess: { rejected: -5 } })
  expect(decodeExportResponse(bytes)).toEqual(none)
})

it('encodeStatus() is what protobufjs reads, and comes back, in both encodings', () => {
  fc.assert(
    fc.property(fc.record({ code: fc.integer({ min: 0, max: 16 }), message: text }), (status) => {
      expect(decodeStatus(encodeStatus(status))).toEqual(status)
      const again = encodeReference('RpcStatus', decodeReference('RpcStatus', encodeStatus(status)))
      expect(decodeStatus(again)).toEqual(status)
      expect(decodeStatusJson(encodeStatusJson(status))).toEqual(status)
    }),
  )
})

it('decodeExportResponse() and decodeStatus() throw DecodeError when the input is neither', () => {
  expect(() => decodeExportResponse(new Uint8Array([0x0a, 9]))).toThrow(DecodeError)
  expect(() => decodeStatus(new Uint8Array([0x12, 9]))).toThrow(DecodeError)
  expect(() => decodeExportResponseJson('traces', '<html>')).toThrow(DecodeError)
  expect(() => decodeStatusJson('[]')).toThrow(DecodeError)
})
