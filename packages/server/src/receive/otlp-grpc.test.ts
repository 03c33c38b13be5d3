import { EventEmitter, once } from 'node:events'
import { connect as connectTcp, createServer } from 'node:net'
import { status as grpcStatus } from '@grpc/grpc-js'
import { decodeExportResponse, decodeStatus } from '@inferometer/core/otlp/response'
import { encodeTraces } from '@inferometer/core/otlp/traces'
import { describe, expect, test } from 'vitest'
import type { ServerSettings } from '../config.ts'
import { createMemoryStore } from '../store/memory.ts'
import { openTestApp, readMetrics, sumOf, type TestEffects } from '../test-app.cases.ts'
import { connect, gzip, openStream, portOf, send, sendRaw, toFrame } from './otlp-grpc.cases.ts'
import { tracesOf as tracesDataOf } from './sent-traces.cases.ts'

const tracesOf = (count: number) => Buffer.from(encodeTraces(tracesDataOf(count)))

async function openServer(settings: ServerSettings = {}, effects: TestEffects = {}) {
  const app = await openTestApp(settings, effects)
  await app.otlpGrpc.listen({ host: '127.0.0.1', port: 0 })
  return app
}

describe('TraceService/Export', () => {
  test('export records spans plain and gzipped, and counts a span once when it comes again', async () => {
    const app = await openServer()
    const first = tracesOf(3)
    const plain = await send(connect(portOf(app)), first)
    expect([plain.code, plain.body?.length]).toEqual([grpcStatus.OK, 0])
    expect((await send(connect(portOf(app), gzip), tracesOf(200))).code).toBe(grpcStatus.OK)
    expect((await send(connect(portOf(app), gzip), first)).code).toBe(grpcStatus.OK)
    expect((await send(connect(portOf(app)), Buffer.alloc(0))).code).toBe(grpcStatus.OK)
    const metrics = await readMetrics(app)
    expect(sumOf(metrics, 'llm_spans_total')).toBe(203)
    expect(metrics.get('inferometer_recorded_total{source="otlp_grpc"}')).toBe(203)
    expect(metrics.get('inferometer_duplicate_total{source="otlp_grpc"}')).toBe(3)
  })

  test('export answers INVALID_ARGUMENT and counts when the bytes are no OTLP message, or no gzip', async () => {
    const app = await openServer()
    const broken = await send(connect(portOf(app)), tracesOf(4).subarray(0, -7))
    expect(broken.code).toBe(grpcStatus.INVALID_ARGUMENT)
    expect(broken.error?.details).toContain('resourceSpans')
    const metadataOfGzip = { 'grpc-encoding': 'gzip' }
    const notPacked = await sendRaw(app, { headers: metadataOfGzip, frame: toFrame(tracesOf(1), 1) })
    expect(notPacked['grpc-status']).toBe(String(grpcStatus.INVALID_ARGUMENT))
    const unknown = await sendRaw(app, { headers: { 'grpc-encoding': 'zstd' }, frame: toFrame(tracesOf(1), 1) })
    expect(unknown['grpc-status']).toBe(String(grpcStatus.UNIMPLEMENTED))
    const metrics = await readMetrics(app)
    expect(sumOf(metrics, 'llm_spans_total')).toBe(0)
    expect(rejectedOf(metrics, 'invalid_protobuf')).toBe(1)
    expect(rejectedOf(metrics, 'invalid_gzip')).toBe(1)
    expect(rejectedOf(metrics, 'unsupported_content_encoding')).toBe(1)
  })

  test('export refuses messages over the limit, packed or not, without a wish to see them again, and keeps working', async () => {
    const app = await openServer({ limits: { bodyBytes: 4_096 } })
    const large = await send(connect(portOf(app)), tracesOf(100))
    expect([large.code, large.error?.metadata.get('grpc-status-details-bin')]).toEqual([
      grpcStatus.RESOURCE_EXHAUSTED,
      [],
    ])
    const bomb = await send(connect(portOf(app), gzip), Buffer.alloc(20_000_000))
    expect(bomb.code).toBe(grpcStatus.RESOURCE_EXHAUSTED)
    expect((await send(connect(portOf(app)), tracesOf(2))).code).toBe(grpcStatus.OK)
    const metrics = await readMetrics(app)
    expect(rejectedOf(metrics, 'body_too_large')).toBe(2)
    expect(sumOf(metrics, 'llm_spans_total')).toBe(2)
  })

  test('export tells of the spans beyond the limit in a partial success', async () => {
    const app = await openServer({ limits: { spansPerRequest: 10 } })
    const { code, body } = await send(connect(portOf(app)), tracesOf(25))
    expect(code).toBe(grpcStatus.OK)
    expect(decodeExportResponse(body ?? Buffer.alloc(0)).rejectedCount).toBe(15)
    expect(sumOf(await readMetrics(app), 'llm_spans_total')).toBe(10)
  })

  test('export wants a key when there are keys, as Bearer or x-api-key', async () => {
    const key = `key-${'x'.repeat(20)}`
    const app = await openServer({ apiKeys: ['another-key-of-16', key] })
    const client = connect(portOf(app))
    const codeWith = async (headers: Record<string, string>) => (await send(client, tracesOf(1), { headers })).code
    expect(await codeWith({})).toBe(grpcStatus.UNAUTHENTICATED)
    expect(await codeWith({ 'x-api-key': `${key}x` })).toBe(grpcStatus.UNAUTHENTICATED)
    expect(await codeWith({ 'x-api-key': key })).toBe(grpcStatus.OK)
    expect(await codeWith({ authorization: `Bearer ${key}` })).toBe(grpcStatus.OK)
    const { body } = await app.metrics.inject({ url: '/metrics', headers: { 'x-api-key': key } })
    expect(body).toContain('inferometer_rejected_total{source="otlp_grpc",reason="unauthorized"} 2\n')
    expect(body).toContain('inferometer_recorded_total{source="otlp_grpc"} 2\n')
  })

  test.each([
    ['overloaded', grpcStatus.RESOURCE_EXHAUSTED],
    ['disk_full', grpcStatus.UNAVAILABLE],
  ] as const)('export says when to send again when the store is %s', async (reason, code) => {
    const store = createMemoryStore()
    let isRefusing = true
    const openStore = async () => ({
      ...store,
      append: async (calls: Parameters<typeof store.append>[0]) =>
        isRefusing ? ({ ok: false, reason, message: 'no', retryAfterMs: 1_500 } as const) : store.append(calls),
    })
    const app = await openServer({}, { openStore })
    const body = tracesOf(3)
    const refused = await send(connect(portOf(app)), body)
    expect(refused.code).toBe(code)
    const [details] = refused.error?.metadata.get('grpc-status-details-bin') ?? []
    if (!(details instanceof Buffer)) throw new Error('no details')
    expect(decodeStatus(details).code).toBe(code)
    // RetryInfo { retry_delay: { seconds: 2 } }
    expect(details.subarray(-6)).toEqual(Buffer.from([0x12, 0x04, 0x0a, 0x02, 0x08, 0x02]))
    expect(details.toString('latin1')).toContain('type.googleapis.com/google.rpc.RetryInfo')
    isRefusing = false
    expect((await send(connect(portOf(app)), body)).code).toBe(grpcStatus.OK)
    expect(sumOf(await readMetrics(app), 'llm_spans_total')).toBe(3)
  })
})

describe('LogsService/Export and MetricsService/Export', () => {
  test('export says in a partial success that other logs and all metrics are not used', async () => {
    const app = await openServer()
    // resource_logs { scope_logs { log_records {} log_records {} } }
    const logs = Buffer.from([0x0a, 0x06, 0x12, 0x04, 0x12, 0x00, 0x12, 0x00])
    const answer = await send(connect(portOf(app)), logs, { service: 'logs.v1.LogsService' })
    expect(decodeExportResponse(answer.body ?? Buffer.alloc(0))).toEqual({
      rejectedCount: 2,
      errorMessage: 'log records other than the GenAI events of a span are not used by this server',
    })
    const empty = await send(connect(portOf(app)), Buffer.alloc(0), { service: 'metrics.v1.MetricsService' })
    expect([empty.code, empty.body?.length]).toEqual([grpcStatus.OK, 0])
    const broken = await send(connect(portOf(app)), Buffer.from([0x0a, 0x7f]), { service: 'metrics.v1.MetricsService' })
    expect(broken.code).toBe(grpcStatus.INVALID_ARGUMENT)
    const unknown = await send(connect(portOf(app)), Buffer.alloc(0), { service: 'profiles.v1.ProfilesService' })
    expect(unknown.code).toBe(grpcStatus.UNIMPLEMENTED)
  })
})

describe('createOtlpGrpcServer', () => {
  test('listen() rejects with the code of the socket when the port is taken', async () => {
    const app = await openTestApp()
    const holder = createServer()
    const port = await new Promise<number>((resolve) => {
      holder.listen(0, '127.0.0.1', () => {
        const address = holder.address()
        resolve(typeof address === 'object' && address ? address.port : 0)
      })
    })
    try {
      await expect(app.otlpGrpc.listen({ host: '127.0.0.1', port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
    } finally {
      await new Promise((resolve) => holder.close(resolve))
    }
  })

  test('listen() stays up when something else than gRPC comes in', async () => {
    const app = await openServer()
    const socket = connectTcp(portOf(app), '127.0.0.1')
    socket.on('error', () => undefined)
    socket.end('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
    await once(socket.resume(), 'close')
    expect((await send(connect(portOf(app)), tracesOf(1))).code).toBe(grpcStatus.OK)
  })

  test('close() answers what is at work, lets idle connections go and then refuses', async () => {
    const store = createMemoryStore()
    const atWork = new EventEmitter()
    const isAtWork = once(atWork, 'append')
    const openStore = async () => ({
      ...store,
      append: async (calls: Parameters<typeof store.append>[0]) => {
        atWork.emit('append')
        await new Promise((resolve) => setTimeout(resolve, 200))
        return store.append(calls)
      },
    })
    const app = await openServer({}, { openStore })
    const port = portOf(app)
    const idle = connect(portOf(app))
    await send(idle, Buffer.alloc(0))
    const answered = send(connect(portOf(app)), tracesOf(5))
    await isAtWork
    await app.close()
    expect((await answered).code).toBe(grpcStatus.OK)
    expect(store.state().rows).toBe(5)
    expect(app.otlpGrpc.addresses()).toEqual([])
    expect((await send(connect(port), tracesOf(1), { timeoutMs: 2_000 })).code).not.toBe(grpcStatus.OK)
  })

  test('close() cuts off who never ends the request', async () => {
    const app = await openServer()
    const stalled = openStream(app, {})
    stalled.stream.write(Buffer.from([0, 0, 0, 1, 0, 0x0a]))
    await new Promise((resolve) => setTimeout(resolve, 100))
    const since = performance.now()
    await app.otlpGrpc.close(300)
    expect(performance.now() - since).toBeLessThan(5_000)
    stalled.session.destroy()
  })
})

function rejectedOf(metrics: ReadonlyMap<string, number>, reason: string): number | undefined {
  return metrics.get(`inferometer_rejected_total{source="otlp_grpc",reason="${reason}"}`)
}
