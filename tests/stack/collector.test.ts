/**
 * A real OpenTelemetry Collector as client, with its exporters' own retries, while the server is killed and started again:
 * each span is recorded once, whichever exporter brings it, and also when both do.
 */
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { sdkScope } from '@inferometer/core/attributes'
import { createCall } from '@inferometer/core/call'
import { toTraces } from '@inferometer/core/call-span'
import { encodeTraces } from '@inferometer/core/otlp/traces'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createVictim, type Victim } from '../crash/victim.ts'
import { parseMetrics, sumSamples } from '../harness/metrics-text.ts'
import { findFreePort } from '../harness/prometheus.ts'
import { waitUntil } from '../harness/wait-until.ts'
import { createPeer, hasPeers, type Peer } from './run-peer.ts'

const isThere = hasPeers(['otelcol'], 'a real OpenTelemetry Collector as client')
const kills = 3
const ways = ['grpc', 'http', 'both'] as const
type Way = (typeof ways)[number]
const arrivesWithinMs = 60_000

describe.skipIf(!isThere)('an OpenTelemetry Collector that exports to a server that is killed', () => {
  let folder: string
  let victim: Victim
  let collector: Peer
  const ports = new Map<Way, number>()
  const sent = new Map<Way, Set<string>>(ways.map((way) => [way, new Set()]))

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'inferometer-collector-'))
    victim = await createVictim(folder)
    await victim.start()
    for (const way of ways) ports.set(way, await findFreePort())
    const config = join(folder, 'collector.yaml')
    // JSON is YAML.
    await writeFile(config, JSON.stringify(writeConfig()))
    collector = createPeer({
      binary: 'otelcol',
      args: ['--config', config],
      readyUrl: `http://127.0.0.1:${ports.get('both')}/v1/traces`,
      // It takes POST only, and says so when it is there.
      readyStatus: 405,
    })
    await collector.start()
    let isOver = false
    const sending = Promise.all(ways.map((way) => keepSending(way, () => isOver)))
    for (let kill = 0; kill < kills; kill++) {
      await sleep(Math.random() * 800)
      await victim.kill()
      await sleep(Math.random() * 800)
      await victim.start()
    }
    isOver = true
    await sending
    const count = [...sent.values()].reduce((sum, ids) => sum + ids.size, 0)
    await waitUntil(
      'the Collector has brought everything',
      async () => (await countRecorded()) >= count,
      arrivesWithinMs,
    )
  }, 180_000)
  afterAll(async () => {
    await collector?.stop()
    await victim?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  function writeConfig(): object {
    const retry = { initial_interval: '100ms', max_interval: '1s', max_elapsed_time: 0 }
    const queue = { queue_size: 100_000 }
    const grpc = { endpoint: victim.otlpGrpc, tls: { insecure: true }, retry_on_failure: retry, sending_queue: queue }
    const http = { endpoint: victim.otlpHttp, retry_on_failure: retry, sending_queue: queue }
    const exporters: Record<Way, string[]> = {
      grpc: ['otlp/grpc'],
      http: ['otlphttp/http'],
      both: ['otlp/grpc', 'otlphttp/http'],
    }
    const receiver = (way: Way) => ({ protocols: { http: { endpoint: `127.0.0.1:${ports.get(way)}` } } })
    return {
      receivers: Object.fromEntries(ways.map((way) => [`otlp/${way}`, receiver(way)])),
      exporters: { 'otlp/grpc': grpc, 'otlphttp/http': http },
      service: {
        pipelines: Object.fromEntries(
          ways.map((way) => [`traces/${way}`, { receivers: [`otlp/${way}`], exporters: exporters[way] }]),
        ),
        telemetry: { metrics: { level: 'none' }, logs: { level: 'fatal' } },
      },
    }
  }

  async function post(way: Way, body: Uint8Array): Promise<number> {
    const headers = { 'content-type': 'application/x-protobuf' }
    const url = `http://127.0.0.1:${ports.get(way)}/v1/traces`
    return (await fetch(url, { method: 'POST', headers, body: new Uint8Array(body) })).status
  }

  async function keepSending(way: Way, isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      const calls = Array.from({ length: 20 }, () => makeCall(way))
      expect(
        await post(way, encodeTraces(toTraces(calls, { name: sdkScope, version: '0', resourceAttributes: new Map() }))),
      ).toBe(200)
      for (const { traceId, spanId } of calls) sent.get(way)?.add(traceId + spanId)
      await sleep(20)
    }
  }

  const makeCall = (way: Way) =>
    createCall({
      traceId: randomBytes(16).toString('hex'),
      spanId: randomBytes(8).toString('hex'),
      serviceName: way,
      operation: 'chat',
      provider: 'acme',
      requestModel: 'model-1',
      startTimeUs: Date.now() * 1_000,
      latencyMs: 10,
      inputTokens: 7,
      outputTokens: 3,
      usageSource: 'provider',
      source: 'inferometer-sdk',
    })

  const readSamples = async () => parseMetrics(await (await fetch(`${victim.metrics}/metrics`)).text())
  const countRecorded = async () => sumSamples(await readSamples(), 'llm_spans_total', {})

  async function listIds(service: string): Promise<string[]> {
    const ids: string[] = []
    for (let cursor = ''; ; ) {
      const answer = await (await fetch(`${victim.api}/v1/calls?limit=1000&service_name=${service}${cursor}`)).json()
      ids.push(...answer.calls.map((call: { trace_id: string; span_id: string }) => call.trace_id + call.span_id))
      if (answer.next_cursor === null) return ids
      cursor = `&cursor=${answer.next_cursor}`
    }
  }

  test.each(ways)('brings each span once by %s', async (way) => {
    const wanted = sent.get(way) ?? new Set()
    const ids = await listIds(way)
    console.log(`${way}: ${wanted.size} spans sent, ${ids.length} recorded`)
    expect(wanted.size).toBeGreaterThan(100)
    expect(ids.length).toBe(new Set(ids).size)
    expect(new Set(ids)).toEqual(wanted)
    const samples = await readSamples()
    expect(sumSamples(samples, 'llm_spans_total', { service_name: way })).toBe(wanted.size)
    expect(sumSamples(samples, 'llm_tokens_total', { service_name: way, token_type: 'prompt' })).toBe(7 * wanted.size)
  })

  test('was told of spans that were recorded before', async () => {
    expect(sumSamples(await readSamples(), 'inferometer_duplicate_total', {})).toBeGreaterThan(0)
  })
})
