/**
 * A real OpenTelemetry Collector as destination that refuses large requests for good: everything it can take arrives in the order
 * of its trace, the one call it can never take is set aside and counted, and a destination that is away holds nobody up.
 */
import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sdkScope } from '@inferometer/core/attributes'
import { createCall } from '@inferometer/core/call'
import { toTraces } from '@inferometer/core/call-span'
import { encodeTraces } from '@inferometer/core/otlp/traces'
import { type RunningServer, startServer } from '@inferometer/server'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Destination, openDestination } from '../crash/destination.ts'
import { parseMetrics, sumSamples } from '../harness/metrics-text.ts'
import { findFreePort } from '../harness/prometheus.ts'
import { waitUntil } from '../harness/wait-until.ts'
import { createPeer, hasPeers, type Peer } from './run-peer.ts'

const isThere = hasPeers(['otelcol'], 'a real OpenTelemetry Collector as destination')
const arrivesWithinMs = 60_000
const traceCount = 20
const callsPerTrace = 15
/** Room for a few calls, and for no log record with tags of random bytes, which gzip cannot make smaller. */
const requestBytes = 3_000
const randomTags = () => Array.from({ length: 8 }, () => randomBytes(700).toString('base64'))

describe.skipIf(!isThere)('a server that forwards to a Collector that refuses large requests', () => {
  let folder: string
  let beyond: Destination
  let collector: Peer
  let server: RunningServer
  const traceIds = Array.from({ length: traceCount }, () => randomBytes(16).toString('hex'))
  // The calls of the traces take turns. Each id says its place.
  const ids = Array.from({ length: traceCount * callsPerTrace }, (_, index) => ({
    traceId: traceIds[index % traceCount] ?? '',
    spanId: (index + 1).toString(16).padStart(16, '0'),
  }))
  const poison = ids[77] ?? { traceId: '', spanId: '' }
  const healthy = ids.filter((id) => id !== poison)

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'inferometer-refusals-'))
    beyond = await openDestination()
    const port = await findFreePort()
    const config = join(folder, 'collector.yaml')
    // JSON is YAML.
    await writeFile(config, JSON.stringify(writeConfig(port)))
    const args = ['--config', config]
    collector = createPeer({
      binary: 'otelcol',
      args,
      readyUrl: `http://127.0.0.1:${port}/v1/traces`,
      readyStatus: 405,
    })
    await collector.start()
    const away = await findFreePort()
    server = await startServer({
      ...{ apiPort: 0, metricsPort: 0, otlpHttpPort: 0, otlpGrpcPort: 0, consolePort: 0 },
      dataDir: join(folder, 'data'),
      configDir: folder,
      logLevel: 'silent',
      forward: {
        traces: { endpoint: `http://127.0.0.1:${away}/v1/traces` },
        logs: { endpoint: `http://127.0.0.1:${port}/v1/logs` },
      },
    })
  }, 120_000)
  afterAll(async () => {
    await server?.stop()
    await collector?.stop()
    await beyond?.close()
    await rm(folder, { recursive: true, force: true })
  })

  function writeConfig(port: number): object {
    // Without a queue the Collector answers after its own export, and keeps the order of the requests.
    const retry = { initial_interval: '50ms', max_interval: '200ms' }
    const exporter = { endpoint: beyond.url, sending_queue: { enabled: false }, retry_on_failure: retry }
    const http = { endpoint: `127.0.0.1:${port}`, max_request_body_size: requestBytes }
    const pipeline = { receivers: ['otlp'], exporters: ['otlphttp'] }
    return {
      receivers: { otlp: { protocols: { http } } },
      exporters: { otlphttp: exporter },
      service: {
        pipelines: { traces: pipeline, logs: pipeline },
        telemetry: { metrics: { level: 'none' }, logs: { level: 'fatal' } },
      },
    }
  }

  const makeCall = (id: (typeof ids)[number], index: number) =>
    createCall({
      ...id,
      serviceName: 'checkout',
      operation: 'chat',
      provider: 'acme',
      requestModel: 'model-1',
      startTimeUs: Date.now() * 1_000 + index,
      latencyMs: 10,
      inputTokens: 7,
      outputTokens: 3,
      usageSource: 'provider',
      source: 'inferometer-sdk',
      ...(id === poison && { tags: randomTags() }),
    })

  const readSamples = async () => parseMetrics(await (await fetch(`${server.addresses.metrics}/metrics`)).text())

  test('brings every call that can be taken, in the order of its trace, and sets aside the one that cannot', async () => {
    const body = encodeTraces(
      toTraces(ids.map(makeCall), { name: sdkScope, version: '0', resourceAttributes: new Map() }),
    )
    const headers = { 'content-type': 'application/x-protobuf' }
    const url = `${server.addresses.otlpHttp}/v1/traces`
    const answer = await fetch(url, { method: 'POST', headers, body: new Uint8Array(body) })
    // While one destination is away and the other refuses most requests, the sender is answered.
    expect(answer.status).toBe(200)
    await waitUntil('all logs are there', async () => beyond.logs.size >= healthy.length, arrivesWithinMs)
    for (const traceId of traceIds) {
      const arrived = [...beyond.logs.keys()].filter((key) => key.startsWith(traceId))
      const sent = healthy.filter((id) => id.traceId === traceId).map((id) => id.traceId + id.spanId)
      expect(arrived).toEqual(sent)
    }
  }, 120_000)

  test('says in metrics, health and a file what it set aside, and how far behind each destination is', async () => {
    await waitUntil('the call was set aside', async () => sumSamples(await readSamples(), poisoned, {}) === 1)
    const samples = await readSamples()
    expect(sumSamples(samples, poisoned, { destination: 'logs', reason: 'http_400' })).toBe(1)
    expect(sumSamples(samples, 'inferometer_forwarded_total', { destination: 'logs' })).toBe(healthy.length)
    expect(sumSamples(samples, 'inferometer_forwarded_total', { destination: 'traces' })).toBe(0)
    expect(sumSamples(samples, 'inferometer_outbox_lag_seconds', { destination: 'traces' })).toBeGreaterThan(0)
    expect(sumSamples(samples, 'inferometer_outbox_lag_seconds', { destination: 'logs' })).toBe(0)
    const { forward } = await (await fetch(`${server.addresses.api}/v1/metrics/health`)).json()
    expect(forward.destinations).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ name: 'traces', pending_calls: ids.length, problem: expect.any(String) }),
        expect.objectContaining({ name: 'logs', pending_calls: 0, lag_seconds: 0, problem: null }),
      ]),
    )
    const refused = await readFile(join(folder, 'data', 'forward', 'logs-refused.jsonl'), 'utf8')
    expect(refused.trim().split('\n')).toHaveLength(1)
    expect(refused).toContain(poison.spanId)
  })
})

const poisoned = 'inferometer_forward_poisoned_total'
