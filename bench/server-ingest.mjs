// Spans per second through OTLP/HTTP → decode → record → durable store → metrics: protobuf batches of 512 over keep-alive
// connections, from this process to a server in another. Every span is new, four of a trace. Prints a table and a JSON line.
import { Agent } from 'node:http'
import { batchSpans, createBatch, drawIds, send, spansPerTrace } from './span-batches.mjs'
import { quantile, readMetrics, spawnServer } from './spawn-server.mjs'

const connections = Number(process.env.BENCH_CONNECTIONS ?? 4)
const seconds = Number(process.env.BENCH_SECONDS ?? 10)
const warmupSeconds = 2

async function drive(url, untilMs, latencies) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const batch = createBatch()
  let accepted = 0
  while (performance.now() < untilMs) {
    drawIds(batch)
    const startMs = performance.now()
    const status = await send(url, { agent, body: batch.body })
    if (status !== 200) throw new Error(`the server answered ${status}`)
    accepted += batchSpans
    latencies.push(performance.now() - startMs)
  }
  agent.destroy()
  return accepted
}

async function driveAll(url, forSeconds) {
  const latencies = []
  const startMs = performance.now()
  const untilMs = startMs + forSeconds * 1_000
  const counts = await Promise.all(Array.from({ length: connections }, () => drive(url, untilMs, latencies)))
  const accepted = counts.reduce((sum, count) => sum + count, 0)
  return { accepted, latencies, seconds: (performance.now() - startMs) / 1_000 }
}

const server = await spawnServer()
const atRest = await server.usage()
const url = `${server.addresses.otlpHttp}/v1/traces`
const warmup = await driveAll(url, warmupSeconds)
const before = await server.usage()
const run = await driveAll(url, seconds)
const after = await server.usage()
const metrics = await readMetrics(server.addresses.metrics)
const recorded = metrics.get('inferometer_recorded_total{source="otlp_http"}') ?? 0
await server.stop()

const accepted = warmup.accepted + run.accepted
if (recorded !== accepted) throw new Error(`${accepted} spans were accepted and ${recorded} recorded`)
const cpuSeconds = after.cpuSeconds - before.cpuSeconds
const result = {
  bench: 'server-ingest',
  batchSpans,
  spansPerTrace,
  connections,
  batchBytes: createBatch().body.length,
  spansPerSecond: Math.round(run.accepted / run.seconds),
  spansPerCpuSecond: Math.round(run.accepted / cpuSeconds),
  serverCpuShare: Number((cpuSeconds / run.seconds).toFixed(2)),
  answerMsP50: Number(quantile(run.latencies, 0.5).toFixed(1)),
  answerMsP99: Number(quantile(run.latencies, 0.99).toFixed(1)),
  rssAtRestMB: Math.round(atRest.rssBytes / 2 ** 20),
  rssUnderLoadMB: Math.round(after.rssBytes / 2 ** 20),
}
console.table(result)
console.log(JSON.stringify(result))
