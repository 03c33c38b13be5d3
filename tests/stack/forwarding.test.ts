/** What the server forwards is found again in a real Jaeger and a real VictoriaLogs, also when they were away. */
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RunningServer, startServer } from '@inferometer/server'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { waitUntil } from '../harness/wait-until.ts'
import { createJaeger, createVictoriaLogs, type LogStore, type TraceStore } from './destinations.ts'
import { hasPeers } from './run-peer.ts'

const arePeersThere = hasPeers(['jaeger', 'victoria-logs'], 'forwarding to real stores of traces and logs')
const arrivesWithinMs = 60_000

interface Sent {
  readonly traceId: string
  readonly spanIds: readonly string[]
}

describe.skipIf(!arePeersThere)('a server that forwards', () => {
  let folder: string
  let traces: TraceStore
  let logs: LogStore
  let server: RunningServer

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'inferometer-forwarding-'))
    traces = await createJaeger(join(folder, 'jaeger'))
    logs = await createVictoriaLogs(join(folder, 'logs'))
    const forward = { traces: { endpoint: traces.endpoint }, logs: { endpoint: logs.endpoint } }
    const ports = { apiPort: 0, metricsPort: 0, otlpHttpPort: 0, otlpGrpcPort: 0, consolePort: 0 }
    server = await startServer({
      ...ports,
      dataDir: join(folder, 'data'),
      configDir: folder,
      logLevel: 'silent',
      forward,
    })
  }, 120_000)
  afterAll(async () => {
    await server?.stop()
    await traces?.stop()
    await logs?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  /** Traces of three calls each, in one request that is answered. */
  async function record(traceCount: number): Promise<Sent[]> {
    const sent = Array.from({ length: traceCount }, () => ({
      traceId: randomBytes(16).toString('hex'),
      spanIds: Array.from({ length: 3 }, () => randomBytes(8).toString('hex')),
    }))
    const spans = sent.flatMap(({ traceId, spanIds }) =>
      spanIds.map((spanId, index) => ({
        trace_id: traceId,
        span_id: spanId,
        model: 'model-1',
        provider: 'acme',
        service_name: 'checkout',
        prompt_tokens: 100 + index,
        completion_tokens: 20,
        latency_ms_total: 50,
        status: 'success',
      })),
    )
    const answer = await fetch(`${server.addresses.api}/v1/metrics/record-batch`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ spans }),
    })
    expect(await answer.json()).toMatchObject({ recorded_count: spans.length })
    return sent
  }

  /** Those of calls: nodes of traces have a cursor of their own, and there are none here. */
  async function readDestinations(): Promise<{ name: string; pending_calls: number; problem: string | null }[]> {
    const { forward } = await (await fetch(`${server.addresses.api}/v1/metrics/health`)).json()
    return forward.destinations.filter(({ name }: { name: string }) => name === 'traces' || name === 'logs')
  }

  async function pendingOf(name: string): Promise<number | undefined> {
    return (await readDestinations()).find((each) => each.name === name)?.pending_calls
  }

  async function findsEverything(sent: readonly Sent[]): Promise<boolean> {
    for (const { traceId, spanIds } of sent) {
      const spans = new Set((await traces.findSpans(traceId)).map(({ spanId }) => spanId))
      const lines = new Set((await logs.findLines(traceId)).map((line) => line.span_id))
      if (!spanIds.every((id) => spans.has(id) && lines.has(id))) return false
    }
    return true
  }

  let whileAway: Sent[]

  test('takes calls while both are away, and says since when', async () => {
    whileAway = await record(100)
    await waitUntil('both are known to be away', async () =>
      (await readDestinations()).every((each) => each.problem !== null),
    )
    for (const each of await readDestinations())
      expect(each).toMatchObject({ pending_calls: 300, problem: expect.stringContaining('cannot be reached') })
  })

  test('brings them when they are there: each call is one span and one log line, linked both ways', async () => {
    await traces.start()
    await logs.start()
    await waitUntil('every call is found', () => findsEverything(whileAway), arrivesWithinMs)
    for (const { traceId, spanIds } of whileAway.slice(0, 5)) {
      const spans = await traces.findSpans(traceId)
      expect(spans.map(({ spanId }) => spanId).sort()).toEqual([...spanIds].sort())
      for (const { service, tags } of spans) {
        expect(service).toBe('checkout')
        expect(tags).toMatchObject({ 'gen_ai.request.model': 'model-1', 'gen_ai.usage.output_tokens': 20 })
      }
      // From a log line to its span, and from a span to its line.
      const lines = await logs.findLines(traceId)
      expect(lines.map((line) => line.span_id).sort()).toEqual([...spanIds].sort())
      for (const line of lines)
        expect(line).toMatchObject({ 'service.name': 'checkout', 'gen_ai.request.model': 'model-1' })
      const tokens = (spanId: string) =>
        Number(spans.find((span) => span.spanId === spanId)?.tags['gen_ai.usage.input_tokens'])
      for (const line of lines) expect(Number(line['gen_ai.usage.input_tokens'])).toBe(tokens(line.span_id ?? ''))
    }
  }, 120_000)

  test('loses nothing when they go and come back, one after the other', async () => {
    const before = await record(30)
    await traces.stop()
    const without = await record(30)
    // The one that is there has everything while the other is away.
    await waitUntil('the logs are all there', async () => (await pendingOf('logs')) === 0, arrivesWithinMs)
    expect(await pendingOf('traces')).toBeGreaterThanOrEqual(without.length * 3)
    await traces.start()
    await logs.stop()
    const withoutLogs = await record(30)
    await logs.start()
    const sent = [...before, ...without, ...withoutLogs, ...whileAway]
    await waitUntil('every call is found', () => findsEverything(sent), arrivesWithinMs)
    expect((await readDestinations()).map((each) => each.pending_calls)).toEqual([0, 0])
  }, 180_000)
})
