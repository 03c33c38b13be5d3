// Our server against an OpenTelemetry Collector with its span-metrics connector and Prometheus exporter: the same sender, the same spans, by
// turns in one run. The Collector counts in memory; our server also prices, commits to disk before it answers, and keeps each call.
// Needs the Collector of tools/build-peers.mjs, and Linux for its CPU time. Prints a table and a JSON line.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { Agent } from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findPeer } from '../tools/peers/list.mjs'
import { batchSpans, createBatch, drawIds, send } from './span-batches.mjs'
import { readMetrics, spawnServer } from './spawn-server.mjs'

const connections = Number(process.env.BENCH_CONNECTIONS ?? 4)
const rounds = Number(process.env.BENCH_ROUNDS ?? 6)
const seconds = Number(process.env.BENCH_SECONDS ?? 5)
const binary = findPeer('otelcol')
if (binary === undefined) {
  console.log('left out: no Collector is built (node tools/build-peers.mjs collector)')
  process.exit(0)
}

async function findFreePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}

/** Counts by what our metrics count by: service, provider, model, status. */
function describeCollector(otlpPort, metricsPort) {
  const dimensions = ['gen_ai.provider.name', 'gen_ai.request.model'].map((name) => ({ name }))
  return {
    receivers: { otlp: { protocols: { http: { endpoint: `127.0.0.1:${otlpPort}` } } } },
    connectors: { spanmetrics: { dimensions, metrics_flush_interval: '1s' } },
    exporters: { prometheus: { endpoint: `127.0.0.1:${metricsPort}` } },
    service: {
      pipelines: {
        traces: { receivers: ['otlp'], exporters: ['spanmetrics'] },
        metrics: { receivers: ['spanmetrics'], exporters: ['prometheus'] },
      },
      telemetry: { metrics: { level: 'none' }, logs: { level: 'error' } },
    },
  }
}

async function spawnCollector() {
  const folder = mkdtempSync(join(tmpdir(), 'inferometer-collector-'))
  const [otlpPort, metricsPort] = [await findFreePort(), await findFreePort()]
  const config = join(folder, 'config.yaml')
  writeFileSync(config, JSON.stringify(describeCollector(otlpPort, metricsPort)))
  const child = spawn(binary, ['--config', config], { stdio: ['ignore', 'ignore', 'inherit'] })
  const url = `http://127.0.0.1:${otlpPort}/v1/traces`
  while ((await fetch(url).catch(() => null)) === null) await sleep(100)
  const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))
  return {
    url,
    usage: async () => {
      const stat = readFileSync(`/proc/${child.pid}/stat`, 'utf8')
      const [user, system] = stat
        .slice(stat.lastIndexOf(')') + 2)
        .split(' ')
        .slice(11, 13)
        .map(Number)
      return { cpuSeconds: (user + system) / ticksPerSecond }
    },
    count: async () => {
      await sleep(2_500)
      const metrics = await readMetrics(`http://127.0.0.1:${metricsPort}`)
      const calls = [...metrics].filter(([name]) => /^traces_span_metrics_calls_total\{/.test(name))
      return calls.reduce((sum, [, value]) => sum + value, 0)
    },
    async stop() {
      child.kill()
      await once(child, 'exit')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function spawnOurs() {
  const server = await spawnServer()
  return {
    url: `${server.addresses.otlpHttp}/v1/traces`,
    usage: () => server.usage(),
    count: async () =>
      (await readMetrics(server.addresses.metrics)).get('inferometer_recorded_total{source="otlp_http"}') ?? 0,
    stop: () => server.stop(),
  }
}

async function drive(url, untilMs) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const batch = createBatch()
  let accepted = 0
  while (performance.now() < untilMs) {
    drawIds(batch)
    const status = await send(url, { agent, body: batch.body })
    if (status !== 200) throw new Error(`${url} answered ${status}`)
    accepted += batchSpans
  }
  agent.destroy()
  return accepted
}

/** One turn of one of the two. */
async function measure(side, forSeconds) {
  const before = await side.process.usage()
  const startMs = performance.now()
  const untilMs = startMs + forSeconds * 1_000
  const counts = await Promise.all(Array.from({ length: connections }, () => drive(side.process.url, untilMs)))
  const spans = counts.reduce((sum, count) => sum + count, 0)
  side.accepted += spans
  const elapsed = (performance.now() - startMs) / 1_000
  const cpuSeconds = (await side.process.usage()).cpuSeconds - before.cpuSeconds
  return { spansPerSecond: spans / elapsed, spansPerCpuSecond: spans / cpuSeconds }
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0

const sides = [
  { name: 'ours', process: await spawnOurs(), accepted: 0, turns: [] },
  { name: 'collector', process: await spawnCollector(), accepted: 0, turns: [] },
]
for (const side of sides) await measure(side, 2)
for (let round = 0; round < rounds; round++)
  for (const side of round % 2 === 0 ? sides : sides.toReversed()) side.turns.push(await measure(side, seconds))

const result = { bench: 'against-collector', batchSpans, connections, rounds, seconds }
for (const { name, process: measured, accepted, turns } of sides) {
  const counted = await measured.count()
  if (counted !== accepted) throw new Error(`${name}: ${accepted} spans were accepted and ${counted} counted`)
  result[`${name}SpansPerSecond`] = Math.round(median(turns.map((turn) => turn.spansPerSecond)))
  result[`${name}SpansPerCpuSecond`] = Math.round(median(turns.map((turn) => turn.spansPerCpuSecond)))
  await measured.stop()
}
result.spansPerCpuSecondRatio = Number((result.oursSpansPerCpuSecond / result.collectorSpansPerCpuSecond).toFixed(2))
console.table(result)
console.log(JSON.stringify(result))
