import type { LlmCall } from '@inferometer/core/call'
import { encodeLogs } from '@inferometer/core/otlp/logs'
import { encodeTraces } from '@inferometer/core/otlp/traces'
import { describe, expect, it } from 'vitest'
import { fullCall, makeCall, startUs } from '../store/sample-calls.cases.ts'
import { readCalls, readRecords } from './local-destination.cases.ts'
import { toLogExport } from './log-export.ts'
import { toTraceExport } from './trace-export.ts'

const asRequest = (body: Uint8Array) => [{ path: '', headers: {}, atMs: 0, body: Buffer.from(body) }]
const logRecords = (calls: readonly LlmCall[]) => readRecords(asRequest(encodeLogs(toLogExport(calls, '1'))))
const traceBody = (calls: readonly LlmCall[]) => encodeTraces(toTraceExport(calls, '1'))

describe('toLogExport()', () => {
  it('gives one record per call that is linked to its trace', () => {
    const error = { status: 'error', errorType: 'rate_limit', httpStatus: 429, errorMessage: 'slow down' } as const
    const records = logRecords([
      makeCall(1, { inputTokens: 10, outputTokens: 5, costNanoUsd: 1_175_000, finishReason: 'stop' }),
      makeCall(2, { ...error, requestModel: 'evil\nlevel=info' }),
      makeCall(3, { status: 'cancelled', serviceName: 'search' }),
    ])
    expect(records.map(({ severityNumber, severityText }) => [severityNumber, severityText])).toEqual([
      [9, 'INFO'],
      [17, 'ERROR'],
      [13, 'WARN'],
    ])
    expect(records.map(({ body }) => body)).toEqual([
      'chat model-1 success in 101 ms, 10 tokens in, 5 out, 0.001175 USD, stop',
      'chat evil level=info error rate_limit (HTTP 429) in 102 ms',
      'chat model-1 cancelled in 103 ms',
    ])
    const [first, second, third] = records
    expect([first?.traceId, first?.spanId, first?.serviceName]).toEqual([
      '00000000000000000000000000000001',
      '0000000000000001',
      'checkout',
    ])
    expect(first?.timeUnixNano).toBe(BigInt(startUs + 1_000_000 + 101_000) * 1_000n)
    expect(first?.attributes.get('event.name')).toBe('inferometer.call')
    expect(first?.attributes.get('gen_ai.usage.input_tokens')).toBe(10)
    expect(first?.attributes.get('inferometer.latency_ms')).toBe(101)
    expect(second?.attributes.get('inferometer.error.message')).toBe('slow down')
    expect(third?.serviceName).toBe('search')
  })

  it('has content whole, in pieces where it is large', () => {
    const long = 'Ж😀"\\\n'.repeat(30_000)
    const content = { input: [{ role: 'user', text: long }], output: 'short' }
    const [record, ...pieces] = logRecords([makeCall(1, { content })])
    expect(record?.attributes.get('inferometer.content.pieces')).toBe(pieces.length)
    expect(record?.attributes.get('gen_ai.output.messages')).toContain('short')
    expect(record?.attributes.has('gen_ai.input.messages')).toBe(false)
    expect(pieces.map(({ body }) => body).join('')).toBe(long)
    for (const { body, eventName, traceId, spanId, attributes } of pieces) {
      expect(Buffer.byteLength(String(body))).toBeLessThanOrEqual(65_536)
      expect([eventName, traceId, spanId]).toEqual(['inferometer.call.content', record?.traceId, record?.spanId])
      expect(attributes.get('inferometer.content.role')).toBe('user')
    }
    expect(pieces.map(({ attributes }) => attributes.get('inferometer.content.piece'))).toEqual([...pieces.keys()])
  })

  it('bounds the content of one call, and says how much it leaves out', () => {
    const text = 'x'.repeat(3_000_000)
    const [record, ...pieces] = logRecords([makeCall(1, { content: { input: null, output: text } })])
    const sent = pieces.map(({ body }) => body).join('')
    expect(text.startsWith(sent)).toBe(true)
    expect(sent.length).toBeGreaterThan(1_000_000)
    expect(record?.attributes.get('inferometer.content.left_out_bytes')).toBe(text.length - sent.length)
  })

  it('says nothing of content where the policy keeps none', () => {
    const [record, ...others] = logRecords([makeCall(1)])
    expect(others).toEqual([])
    expect([...(record?.attributes.keys() ?? [])].filter((name) => /content|messages/.test(name))).toEqual([])
  })
})

describe('toTraceExport()', () => {
  it('leaves large content out, and says how much', () => {
    const text = 'Ж'.repeat(50_000)
    const calls = [
      makeCall(1, { content: { input: [{ role: 'user', text }], output: 'short' } }),
      makeCall(2, { content: { input: [{ role: 'user', text: 'hi' }], output: text } }),
      makeCall(3, { content: fullCall.content }),
    ]
    const body = traceBody(calls)
    expect(body.length).toBeLessThan(10_000)
    expect(readCalls(asRequest(body)).map(({ content }) => content)).toEqual([
      { input: null, output: 'short' },
      { input: [{ role: 'user', text: 'hi' }], output: null },
      fullCall.content,
    ])
    const spans = toTraceExport(calls, '1').resourceSpans.flatMap(({ scopeSpans }) => scopeSpans[0]?.spans ?? [])
    expect(spans.map(({ attributes }) => attributes.get('inferometer.content.left_out_bytes'))).toEqual([
      100_000,
      100_000,
      undefined,
    ])
  })
})
