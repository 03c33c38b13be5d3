import { gzipSync } from 'node:zlib'
import { decodeExportResponse, decodeStatus } from '@inferometer/core/otlp/response'
import { encodeTraces, encodeTracesJson } from '@inferometer/core/otlp/traces'
import { describe, expect, test } from 'vitest'
import type { App } from '../app.ts'
import { createMemoryStore } from '../store/memory.ts'
import { openTestApp, readMetrics, sumOf } from '../test-app.cases.ts'
import { tracesOf } from './sent-traces.cases.ts'

const protobuf = 'application/x-protobuf'
const json = 'application/json'
interface Sending {
  readonly type?: string
  readonly encoding?: string
  readonly url?: string
  readonly headers?: Record<string, string>
}

async function send(app: App, body: Uint8Array | string, sending: Sending = {}) {
  const { type = protobuf, encoding, url = '/v1/traces', headers } = sending
  const answer = await app.otlpHttp.inject({
    method: 'POST',
    url,
    payload: Buffer.from(body),
    headers: { 'content-type': type, ...(encoding && { 'content-encoding': encoding }), ...headers },
  })
  return { status: answer.statusCode, type: answer.headers['content-type'], headers: answer.headers, answer }
}

describe('POST /v1/traces', () => {
  test('traces records protobuf, JSON and gzip alike and answers in the encoding of the request', async () => {
    const app = await openTestApp()
    const plain = await send(app, encodeTraces(tracesOf(3)))
    expect([plain.status, plain.type, plain.answer.rawPayload.length]).toEqual([200, protobuf, 0])
    const text = await send(app, encodeTracesJson(tracesOf(3)), { type: `${json}; charset=utf-8` })
    expect([text.status, text.answer.json()]).toEqual([200, {}])
    expect(text.type).toContain(json)
    const packed = await send(app, gzipSync(encodeTraces(tracesOf(3))), { encoding: 'gzip' })
    expect(packed.status).toBe(200)
    const packedText = await send(app, gzipSync(encodeTracesJson(tracesOf(3))), { type: json, encoding: 'gzip' })
    expect(packedText.status).toBe(200)

    const metrics = await readMetrics(app)
    expect(sumOf(metrics, 'llm_spans_total')).toBe(12)
    expect(sumOf(metrics, 'llm_cost_usd_micro_total')).toBe(12 * 450)
    expect(metrics.get('inferometer_recorded_total{source="otlp_http"}')).toBe(12)
  })

  test('traces takes an empty message and an empty body', async () => {
    const app = await openTestApp()
    expect((await send(app, new Uint8Array())).status).toBe(200)
    expect((await send(app, '{}', { type: json })).status).toBe(200)
    expect((await send(app, gzipSync(''), { encoding: 'gzip' })).status).toBe(200)
  })

  test('traces counts a span once when its batch comes again', async () => {
    const app = await openTestApp()
    const body = encodeTraces(tracesOf(5))
    expect((await send(app, body)).status).toBe(200)
    expect((await send(app, body)).status).toBe(200)
    const metrics = await readMetrics(app)
    expect(sumOf(metrics, 'llm_spans_total')).toBe(5)
    expect(metrics.get('inferometer_duplicate_total{source="otlp_http"}')).toBe(5)
    expect(metrics.get('inferometer_received_total{source="otlp_http"}')).toBe(10)
  })

  test('traces refuses a broken message as a whole, with a Status in its encoding', async () => {
    const app = await openTestApp()
    const body = encodeTraces(tracesOf(4))
    const truncated = await send(app, body.subarray(0, body.length - 7))
    expect([truncated.status, truncated.type]).toEqual([400, protobuf])
    const status = decodeStatus(truncated.answer.rawPayload)
    expect(status.code).toBe(3)
    expect(status.message).toContain('resourceSpans')
    const text = await send(app, '{"resourceSpans":[{"scopeSpans":7}]}', { type: json })
    expect([text.status, text.answer.json().code]).toEqual([400, 3])
    expect(text.answer.json().message).toContain('scopeSpans')
    const broken = await send(app, '{"resourceSpans":[', { type: json })
    expect(broken.status).toBe(400)

    const metrics = await readMetrics(app)
    expect(sumOf(metrics, 'llm_spans_total')).toBe(0)
    expect(metrics.get('inferometer_rejected_total{source="otlp_http",reason="invalid_protobuf"}')).toBe(1)
    expect(metrics.get('inferometer_rejected_total{source="otlp_http",reason="invalid_otlp_json"}')).toBe(2)
  })

  test('traces never fails for any truncation of a message', async () => {
    const app = await openTestApp()
    const body = encodeTraces(tracesOf(1))
    for (let length = 0; length < body.length; length += 7)
      expect([200, 400]).toContain((await send(app, body.subarray(0, length))).status)
  })

  test('traces takes the good spans and tells of the bad ones', async () => {
    const app = await openTestApp()
    const tooLong = tracesOf(1, { requestModel: 'm'.repeat(2_000) })
    const tooEarly = tracesOf(1, { startTimeUs: 1_000_000 })
    const good = tracesOf(2)
    const groups = [tooLong, good, tooEarly].flatMap(({ resourceSpans }) => resourceSpans)
    const { status, answer } = await send(app, encodeTraces({ resourceSpans: groups }))
    expect(status).toBe(200)
    const partial = decodeExportResponse(answer.rawPayload)
    expect(partial.rejectedCount).toBe(2)
    expect(partial.errorMessage).toContain('requestModel has 2000 characters of at most 1024')
    expect(partial.errorMessage).toContain('its start does not lie between')
    const metrics = await readMetrics(app)
    expect(sumOf(metrics, 'llm_spans_total')).toBe(2)
    expect(metrics.get('inferometer_rejected_total{source="otlp_http",reason="attribute_too_large"}')).toBe(1)
    expect(metrics.get('inferometer_rejected_total{source="otlp_http",reason="invalid_span"}')).toBe(1)
  })

  test('traces takes as many spans as the limit allows and tells of the others', async () => {
    const app = await openTestApp({ limits: { spansPerRequest: 10 } })
    const { status, answer } = await send(app, encodeTracesJson(tracesOf(25)), { type: json })
    expect(status).toBe(200)
    expect(answer.json().partialSuccess).toMatchObject({ rejectedSpans: '15' })
    expect(sumOf(await readMetrics(app), 'llm_spans_total')).toBe(10)
  })

  test('traces cuts a text over the size limit, takes the span and warns', async () => {
    const app = await openTestApp({ limits: { attributeBytes: 256 } })
    const body = encodeTraces(tracesOf(1, { status: 'error', errorMessage: 'e'.repeat(1_000) }))
    const { status, answer } = await send(app, body)
    expect(status).toBe(200)
    const { rejectedCount, errorMessage } = decodeExportResponse(answer.rawPayload)
    expect(rejectedCount).toBe(0)
    expect(errorMessage).toMatch(/^\d+ texts over the size limit were cut$/)
    expect(sumOf(await readMetrics(app), 'llm_spans_total')).toBe(1)
  })

  test('traces refuses bodies over the limit, packed or not, and keeps working', async () => {
    const app = await openTestApp({ limits: { bodyBytes: 4_096 } })
    const large = await send(app, encodeTraces(tracesOf(100)))
    expect([large.status, decodeStatus(large.answer.rawPayload).code, large.headers.connection]).toEqual([
      413,
      8,
      'close',
    ])
    const bomb = await send(app, gzipSync(Buffer.alloc(50_000_000)), { encoding: 'gzip' })
    expect(bomb.status).toBe(413)
    const badGzip = await send(app, 'no gzip', { encoding: 'gzip' })
    expect(badGzip.status).toBe(400)
    expect((await send(app, encodeTraces(tracesOf(2)))).status).toBe(200)
  })

  test('traces answers 415 when type or encoding is none it reads, 404 and 405 when the address is wrong', async () => {
    const app = await openTestApp()
    const text = await send(app, 'x', { type: 'text/plain' })
    expect([text.status, text.answer.json().code]).toEqual([415, 3])
    expect((await send(app, 'x', { encoding: 'zstd' })).status).toBe(415)
    expect((await send(app, 'x', { url: '/v1/trace' })).status).toBe(404)
    const get = await app.otlpHttp.inject('/v1/traces')
    expect([get.statusCode, get.headers.allow]).toEqual([405, 'POST'])
  })

  test('traces refuses all with 503 and Retry-After while the store cannot take them, and loses nothing when it can again', async () => {
    const store = createMemoryStore()
    let isFull = true
    const openStore = async () => ({
      ...store,
      append: async (calls: Parameters<typeof store.append>[0]) =>
        isFull
          ? ({ ok: false, reason: 'disk_full', message: 'no space left', retryAfterMs: 1_500 } as const)
          : store.append(calls),
    })
    const app = await openTestApp({}, { openStore })
    const body = encodeTraces(tracesOf(3))
    const refused = await send(app, body)
    expect([refused.status, refused.headers['retry-after']]).toEqual([503, '2'])
    expect(decodeStatus(refused.answer.rawPayload).code).toBe(14)
    isFull = false
    expect((await send(app, body)).status).toBe(200)
    const metrics = await readMetrics(app)
    expect(sumOf(metrics, 'llm_spans_total')).toBe(3)
    expect(metrics.get('inferometer_rejected_total{source="otlp_http",reason="store_unavailable"}')).toBe(3)
    expect(metrics.get('inferometer_received_total{source="otlp_http"}')).toBe(6)
  })
})

describe('POST /v1/logs and /v1/metrics', () => {
  test('other logs and all metrics are answered with a partial success that says they are not used', async () => {
    const app = await openTestApp()
    const logs = { resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: 'x' } }, {}] }] }] }
    const logAnswer = await send(app, JSON.stringify(logs), { type: json, url: '/v1/logs' })
    expect([logAnswer.status, logAnswer.answer.json().partialSuccess]).toEqual([
      200,
      {
        rejectedLogRecords: '2',
        errorMessage: 'log records other than the GenAI events of a span are not used by this server',
      },
    ])
    const points = { resourceMetrics: [{ scopeMetrics: [{ metrics: [{ gauge: { dataPoints: [{}, {}, {}] } }] }] }] }
    const metricAnswer = await send(app, JSON.stringify(points), { type: json, url: '/v1/metrics' })
    expect(metricAnswer.answer.json().partialSuccess.rejectedDataPoints).toBe('3')
    const empty = await send(app, new Uint8Array(), { url: '/v1/metrics' })
    expect([empty.status, empty.answer.rawPayload.length]).toEqual([200, 0])
    expect((await send(app, '{"resourceLogs":3}', { type: json, url: '/v1/logs' })).status).toBe(400)
  })
})

describe('API keys', () => {
  const key = `key-${'x'.repeat(20)}`

  test('every way in asks for a key when there are keys; health and documentation do not', async () => {
    const app = await openTestApp({ apiKeys: ['another-key-of-16', key] })
    const body = encodeTraces(tracesOf(1))
    const none = await send(app, body)
    expect([none.status, none.headers['www-authenticate']]).toEqual([401, 'Bearer'])
    expect(decodeStatus(none.answer.rawPayload).code).toBe(16)
    expect((await send(app, body, { headers: { authorization: `Bearer ${key}x` } })).status).toBe(401)
    expect((await send(app, body, { headers: { authorization: `bearer ${key}` } })).status).toBe(200)
    expect((await send(app, body, { headers: { 'x-api-key': key } })).status).toBe(200)
    expect((await app.metrics.inject('/metrics')).statusCode).toBe(401)
    expect((await app.metrics.inject({ url: '/metrics', headers: { 'x-api-key': key } })).statusCode).toBe(200)
    expect((await app.api.inject('/v1/calls')).statusCode).toBe(401)
    expect((await app.api.inject('/docs/../v1/calls')).statusCode).toBe(401)
    expect((await app.api.inject('/nowhere')).statusCode).toBe(401)
    expect((await app.api.inject('/v1/metrics/health')).statusCode).toBe(200)
    expect((await app.api.inject('/openapi.json')).statusCode).toBe(200)
    expect((await app.api.inject('/docs/static/swagger-ui.css')).statusCode).toBe(200)
  })
})
