import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type LocalDestination, openDestination, readCalls, readRecords } from './forward/local-destination.cases.ts'
import { readWriteRequest } from './forward/read-write-request.cases.ts'
import { createMemoryDisk } from './store/memory.ts'
import { goodRecord, openTestApp, postJson, readMetrics } from './test-app.cases.ts'

let destination: LocalDestination
let dataDir: string
beforeEach(async () => {
  destination = await openDestination()
  dataDir = mkdtempSync(join(tmpdir(), 'forwarding-test-'))
})
afterEach(async () => {
  await destination.close()
  rmSync(dataDir, { recursive: true, force: true })
})

const settings = () => ({
  dataDir,
  forward: {
    traces: { endpoint: destination.url },
    logs: { endpoint: `${destination.url}/otlp/v1/logs` },
    remoteWrite: { endpoint: `${destination.url}/api/v1/push`, intervalMs: 100 },
  },
})
const at = (path: string) => destination.taken.filter((request) => request.path === path)
const waitFor = async (what: () => boolean) => {
  for (let turn = 0; turn < 1_000 && !what(); turn++) await sleep(10)
}

test('an app forwards a recorded call as trace, log and metrics, and tells of each destination', async () => {
  const app = await openTestApp(settings())
  const { body } = await postJson(app.api, '/v1/metrics/record', goodRecord)
  expect(body.recorded).toBe(true)
  await waitFor(() => at('/v1/traces').length > 0 && at('/otlp/v1/logs').length > 0)
  const [call] = readCalls(at('/v1/traces'))
  expect(call).toMatchObject({ serviceName: 'checkout', inputTokens: 1_000, source: 'rest' })
  const [record] = readRecords(at('/otlp/v1/logs'))
  expect([record?.traceId, record?.spanId]).toEqual([call?.traceId, call?.spanId])
  const spans = () =>
    at('/api/v1/push')
      .flatMap((request) => readWriteRequest(request.body))
      .filter(({ labels }) => labels.some(([, value]) => value === 'llm_spans_total'))
  await waitFor(() => spans().length > 0)
  expect(spans()[0]?.samples[0]?.value).toBe(1)
  expect(Object.fromEntries(spans()[0]?.labels ?? [])).toMatchObject({ job: 'inferometer', service_name: 'checkout' })

  // What has arrived is not yet what is known to have arrived: the answer and the cursor come after.
  const readDestinations = async () => (await app.api.inject('/v1/metrics/health')).json().forward.destinations
  let destinations = await readDestinations()
  for (
    let turn = 0;
    turn < 500 && destinations.some((each: { pending_calls: number }) => each.pending_calls > 0);
    turn++
  ) {
    await sleep(10)
    destinations = await readDestinations()
  }
  const idle = { pending_calls: 0, lag_seconds: 0, problem: null }
  expect(destinations).toEqual([
    { name: 'traces', ...idle },
    { name: 'nodes', ...idle },
    { name: 'logs', ...idle },
    { name: 'metrics', ...idle },
  ])
  const metrics = await readMetrics(app)
  expect(metrics.get('inferometer_forwarded_total{destination="traces"}')).toBe(1)
  expect(metrics.get('inferometer_forwarded_total{destination="logs"}')).toBe(1)
  expect(metrics.get('inferometer_outbox_depth{destination="traces"}')).toBe(0)
  expect(metrics.get('inferometer_outbox_lag_seconds{destination="logs"}')).toBe(0)
})

test('an app records at once while every destination is away, and brings the calls after a restart', async () => {
  const { port } = destination
  await destination.close()
  const disk = createMemoryDisk()
  const first = await openTestApp(settings(), { disk })
  for (let i = 0; i < 5; i++)
    expect((await postJson(first.api, '/v1/metrics/record', goodRecord)).body.recorded).toBe(true)
  await sleep(1_000)
  const health = (await first.api.inject('/v1/metrics/health')).json()
  expect(health.forward.destinations[0]).toMatchObject({ name: 'traces', pending_calls: 5 })
  expect(health.forward.destinations[0].problem).toContain('cannot be reached (ECONNREFUSED) since 20')
  expect((await readMetrics(first)).get('inferometer_outbox_depth{destination="logs"}')).toBe(5)
  await first.close()
  destination = await openDestination(port)
  await openTestApp(settings(), { disk })
  await waitFor(() => readCalls(at('/v1/traces')).length === 5)
  await waitFor(() => readRecords(at('/otlp/v1/logs')).length === 5)
  expect([readCalls(at('/v1/traces')).length, readRecords(at('/otlp/v1/logs')).length]).toEqual([5, 5])
})

test('close() brings what was recorded last', async () => {
  const app = await openTestApp(settings())
  await sleep(50)
  await postJson(app.api, '/v1/metrics/record-batch', { spans: [goodRecord, goodRecord, goodRecord] })
  await app.close()
  expect(readCalls(at('/v1/traces'))).toHaveLength(3)
  expect(readRecords(at('/otlp/v1/logs'))).toHaveLength(3)
})

test('createApp() says what is wrong with the folder when cursors cannot be kept there', async () => {
  writeFileSync(join(dataDir, 'forward'), '')
  await expect(openTestApp(settings())).rejects.toThrow(/^Cannot start: forwarding needs the folder .*forward: EEXIST/)
})
