/** The OTLP specification's section on OTLP/HTTP, sentence by sentence, over real connections. https://opentelemetry.io/docs/specs/otlp/#otlphttp */
import { gzipSync } from 'node:zlib'
import { decodeExportResponse, decodeExportResponseJson } from '@inferometer/core/otlp/response'
import { encodeTraces, encodeTracesJson } from '@inferometer/core/otlp/traces'
import { describe, expect, it } from 'vitest'
import type { ServerSettings } from '../config.ts'
import { createMemoryStore } from '../store/memory.ts'
import { openTestApp, type TestEffects } from '../test-app.cases.ts'
import { connect, portOf, send } from './otlp-grpc.cases.ts'
import { jsonType, openClient, protobufType, type Sent, statusOf } from './otlp-spec.cases.ts'
import { tracesOf } from './sent-traces.cases.ts'

const key = `key-${'x'.repeat(20)}`

async function openServer(settings: ServerSettings = {}, effects: TestEffects = {}) {
  const app = await openTestApp({ apiKeys: [key], ...settings }, effects)
  const post = openClient(await app.otlpHttp.listen({ host: '127.0.0.1', port: 0 }))
  const postWithKey = (sent: Sent) => post({ ...sent, headers: { 'x-api-key': key, ...sent.headers } })
  return { app, post: postWithKey, postWithoutKey: post }
}

/** A store that takes nothing. */
function refusing(reason: 'overloaded' | 'disk_full'): TestEffects {
  const refused = { ok: false, reason, message: 'no', retryAfterMs: 1_500 } as const
  return { openStore: async () => ({ ...createMemoryStore(), append: async () => refused }) }
}

const encodings = [
  { name: 'protobuf', type: protobufType, good: () => encodeTraces(tracesOf(1)), broken: Buffer.from([0x0a, 0x7f]) },
  {
    name: 'JSON',
    type: jsonType,
    good: () => encodeTracesJson(tracesOf(1)),
    broken: '{"resourceSpans":[{"scopeSpans":7}]}',
  },
] as const

describe.each(encodings)('an answer to $name', ({ type, good, broken }) => {
  const other = type === jsonType ? 'application/xml' : 'application/x-protobuffer'
  const failures = [
    { what: '400 INVALID_ARGUMENT to a message that is none', sent: { body: broken }, status: 400, code: 3 },
    {
      what: '401 UNAUTHENTICATED without the key',
      sent: { body: good(), headers: { 'x-api-key': 'no' } },
      status: 401,
      code: 16,
    },
    { what: '404 elsewhere', sent: { path: '/v1/spans', body: good() }, status: 404, code: 12 },
    {
      what: '415 to an encoding it does not read',
      sent: { body: good(), headers: { 'content-encoding': 'br' } },
      status: 415,
      code: 3,
    },
  ] as const

  it.each(failures)(
    'is $what, a Status of its encoding that cannot be retried, and the connection goes on',
    async ({ sent, status, code }) => {
      const { post } = await openServer()
      const answer = await post({ type, ...sent })
      expect(answer).toMatchObject({ status, type })
      expect(statusOf(answer)).toMatchObject({ code, message: expect.stringMatching(/./) })
      expect(answer.headers['retry-after']).toBeUndefined()
      expect(await post({ type, body: good() })).toMatchObject({ status: 200, isReused: true })
    },
  )

  it('closes the connection, and says so, where a body was not read to its end: 413 over the limit, 400 to no gzip', async () => {
    const { post } = await openServer({ limits: { bodyBytes: 4_096 } })
    const zeros = Buffer.alloc(100_000)
    const gzip = { 'content-encoding': 'gzip' }
    for (const [sent, status, code] of [
      [{ body: zeros }, 413, 8],
      [{ body: gzipSync(zeros), headers: gzip }, 413, 8],
      [{ body: good(), headers: gzip }, 400, 3],
    ] as const) {
      const answer = await post({ type, ...sent })
      expect(answer).toMatchObject({ status, type })
      expect(statusOf(answer).code).toBe(code)
      expect([answer.headers['retry-after'], answer.headers.connection]).toEqual([undefined, 'close'])
    }
    expect((await post({ type, body: good() })).status).toBe(200)
  })

  it('is 415 to a content type it does not read, or none', async () => {
    const { post } = await openServer()
    for (const unread of [other, null]) {
      const answer = await post({ type: unread, body: good() })
      expect(answer).toMatchObject({ status: 415, type: jsonType })
      expect(statusOf(answer).code).toBe(3)
    }
    expect(await post({ type, body: good() })).toMatchObject({ status: 200, isReused: true })
  })

  it.each([
    ['429', 'overloaded', 429, 8],
    ['503', 'disk_full', 503, 14],
  ] as const)(
    'is %s with Retry-After while the store is %s, and the connection goes on',
    async (_status, reason, status, code) => {
      const { post } = await openServer({}, refusing(reason))
      const answer = await post({ type, body: good() })
      expect(answer).toMatchObject({ status, type })
      expect(answer.headers['retry-after']).toBe('2')
      expect(statusOf(answer).code).toBe(code)
      expect(await post({ type, body: good() })).toMatchObject({ status, isReused: true })
    },
  )

  it('is 200 of the same type, without a partial success, to spans that were taken, gzip or not, and to none', async () => {
    const { app, post } = await openServer()
    const bodies = [good(), type === jsonType ? '{}' : '']
    for (const body of bodies)
      for (const sent of [{ body }, { body: gzipSync(body), headers: { 'content-encoding': 'gzip' } }]) {
        const answer = await post({ type, ...sent })
        expect(answer).toMatchObject({ status: 200, type })
        expect(answer.body.toString()).toBe(type === jsonType ? '{}' : '')
      }
    const metrics = await app.metrics.inject({ url: '/metrics', headers: { 'x-api-key': key } })
    expect(metrics.body).toContain('inferometer_recorded_total{source="otlp_http"} 1\n')
  })

  it('has a partial success with the number and the reason of what was refused, for every signal', async () => {
    const { post } = await openServer({ limits: { spansPerRequest: 10 } })
    const encode = (traces: ReturnType<typeof tracesOf>) =>
      type === jsonType ? encodeTracesJson(traces) : encodeTraces(traces)
    const spans = await post({ type, body: encode(tracesOf(25)) })
    expect(partialOf('traces', spans)).toMatchObject({ rejectedCount: 15, errorMessage: expect.stringContaining('10') })
    const points = await post({ type, path: '/v1/metrics', body: type === jsonType ? metricsJson : metricsBytes })
    expect(points).toMatchObject({ status: 200, type })
    expect(partialOf('metrics', points)).toEqual({
      rejectedCount: 3,
      errorMessage: 'metrics are not used by this server',
    })
    const logs = await post({ type, path: '/v1/logs', body: type === jsonType ? logsJson : logsBytes })
    expect(partialOf('logs', logs)).toMatchObject({
      rejectedCount: 2,
      errorMessage: expect.stringContaining('log records'),
    })
    for (const path of ['/v1/metrics', '/v1/logs']) {
      const empty = await post({ type, path, body: type === jsonType ? '{}' : '' })
      expect([empty.status, empty.body.toString()]).toEqual([200, type === jsonType ? '{}' : ''])
    }
  })
})

function partialOf(
  signal: 'traces' | 'logs' | 'metrics',
  { type, body }: { readonly type: string; readonly body: Buffer },
) {
  return type === jsonType ? decodeExportResponseJson(signal, body.toString()) : decodeExportResponse(body)
}

// resource_metrics { scope_metrics { metrics { gauge { data_points {} data_points {} } } metrics { sum { data_points {} } } } }
const metricsBytes = Buffer.from([
  0x0a, 0x10, 0x12, 0x0e, 0x12, 0x06, 0x2a, 0x04, 0x0a, 0, 0x0a, 0, 0x12, 0x04, 0x3a, 0x02, 0x0a, 0,
])
const metricsJson = JSON.stringify({
  resourceMetrics: [
    { scopeMetrics: [{ metrics: [{ gauge: { dataPoints: [{}, {}] } }, { sum: { dataPoints: [{}] } }] }] },
  ],
})
// resource_logs { scope_logs { log_records {} log_records {} } }
const logsBytes = Buffer.from([0x0a, 0x06, 0x12, 0x04, 0x12, 0x00, 0x12, 0x00])
const logsJson = JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: [{}, {}] }] }] })

describe('OTLP/gRPC', () => {
  it('has the same partial success for metrics', async () => {
    const app = await openTestApp()
    await app.otlpGrpc.listen({ host: '127.0.0.1', port: 0 })
    const { code, body } = await send(connect(portOf(app)), metricsBytes, { service: 'metrics.v1.MetricsService' })
    expect(code).toBe(0)
    expect(decodeExportResponse(body ?? Buffer.alloc(0))).toEqual({
      rejectedCount: 3,
      errorMessage: 'metrics are not used by this server',
    })
  })
})

describe('OTLP/JSON', () => {
  const attribute = (name: string, value: object) => ({ key: name, value })
  const span = {
    traceId: 'AbCdEf0123456789aBcDeF0123456789',
    spanId: 'ABCDEF0123456789',
    name: 'chat m',
    kind: 3,
    startTimeUnixNano: '1780000000000000000',
    endTimeUnixNano: 1_780_000_000_500_000_000,
    status: { code: 2, message: 'no', aFieldOfTomorrow: [1, { deep: null }] },
    aFieldOfTomorrow: { x: 'y' },
    attributes: [
      attribute('gen_ai.operation.name', { stringValue: 'chat' }),
      attribute('gen_ai.provider.name', { stringValue: 'openai' }),
      attribute('gen_ai.request.model', { stringValue: 'gpt-4o-mini' }),
      attribute('gen_ai.usage.input_tokens', { intValue: '1000' }),
      attribute('gen_ai.usage.output_tokens', { intValue: 500 }),
      attribute('gen_ai.usage.cache_read.input_tokens', { doubleValue: 7 }),
    ],
  }

  it('reads hex ids of either case, 64-bit integers as text or numbers, enums as integers, and skips what it does not know', async () => {
    const { app, post } = await openServer()
    const body = JSON.stringify({
      resourceSpans: [{ scopeSpans: [{ spans: [span], scope: { name: 'anything' }, newer: true }], newer: 1 }],
      newer: {},
    })
    const answer = await post({ type: `${jsonType};charset=UTF-8`, body })
    expect([answer.status, answer.body.toString()]).toEqual([200, '{}'])
    const found = await app.api.inject({
      url: '/v1/calls/abcdef0123456789abcdef0123456789/abcdef0123456789',
      headers: { 'x-api-key': key },
    })
    expect(found.json()).toMatchObject({
      status: 'error',
      latency_ms_total: 500,
      prompt_tokens: 1_000,
      completion_tokens: 500,
      cached_tokens: 7,
    })
  })

  it('refuses ids in base64, which the specification leaves to other JSON, and takes the other spans', async () => {
    const { post } = await openServer()
    const spans = [{ ...span, spanId: Buffer.alloc(8, 1).toString('base64') }, span]
    const answer = await post({
      type: jsonType,
      body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }),
    })
    expect(partialOf('traces', answer)).toMatchObject({
      rejectedCount: 1,
      errorMessage: expect.stringContaining('spanId'),
    })
  })
})

describe('OTLP/protobuf', () => {
  it('skips fields it does not know, of every wire type', async () => {
    const { app, post } = await openServer()
    // Fields 2000 to 2003: varint, 64 bits, bytes, 32 bits.
    const unknown = [0x80, 0x7d, 1, 0x89, 0x7d, 1, 2, 3, 4, 5, 6, 7, 8, 0x92, 0x7d, 1, 9, 0x9d, 0x7d, 1, 2, 3, 4]
    const answer = await post({ body: Buffer.concat([encodeTraces(tracesOf(2)), Buffer.from(unknown)]) })
    expect([answer.status, answer.body.length]).toEqual([200, 0])
    const { body } = await app.metrics.inject({ url: '/metrics', headers: { 'x-api-key': key } })
    expect(body).toContain('inferometer_recorded_total{source="otlp_http"} 2\n')
  })
})
