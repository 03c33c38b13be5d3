// What becomes of accepted requests when far more is sent than the server can take: 4 connections, then 400 that ask for
// no pause after a refusal. Accepted spans a second, their latency, the share refused, memory. Prints a table and a JSON line.
import { Agent } from 'node:http'
import { batchSpans, createBatch, drawIds, send } from './span-batches.mjs'
import { quantile, readMetrics, spawnServer } from './spawn-server.mjs'

const seconds = Number(process.env.BENCH_SECONDS ?? 8)
const bodiesAtMost = 16

async function drive(url, { untilMs, batch, tally }) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  while (performance.now() < untilMs) {
    // Whatever is sent twice counts once: several connections share a body, and it is drawn anew for each request.
    drawIds(batch)
    const startMs = performance.now()
    const status = await send(url, { agent, body: batch.body }).catch(() => 0)
    if (status === 200) tally.latencies.push(performance.now() - startMs)
    else if (status === 429) tally.refused++
    else tally.failed++
  }
  agent.destroy()
}

async function load(server, connections) {
  const url = `${server.addresses.otlpHttp}/v1/traces`
  const batches = Array.from({ length: Math.min(connections, bodiesAtMost) }, createBatch)
  const tally = { latencies: [], refused: 0, failed: 0 }
  const startMs = performance.now()
  const untilMs = startMs + seconds * 1_000
  let peakBytes = 0
  let asked = Promise.resolve()
  const watch = setInterval(() => {
    asked = asked.then(async () => {
      peakBytes = Math.max(peakBytes, (await server.usage()).rssBytes)
    })
  }, 1_000)
  const drivers = Array.from({ length: connections }, (_, index) =>
    drive(url, { untilMs, batch: batches[index % batches.length], tally }),
  )
  await Promise.all(drivers)
  clearInterval(watch)
  await asked
  const tookSeconds = (performance.now() - startMs) / 1_000
  return {
    connections,
    acceptedSpansPerSecond: Math.round((tally.latencies.length * batchSpans) / tookSeconds),
    acceptedMsP50: Math.round(quantile(tally.latencies, 0.5)),
    acceptedMsP99: Math.round(quantile(tally.latencies, 0.99)),
    refused: tally.refused,
    failed: tally.failed,
    peakRssMB: Math.round(peakBytes / 2 ** 20),
  }
}

const server = await spawnServer()
await load(server, 4)
const within = await load(server, 4)
const beyond = await load(server, 400)
const metrics = await readMetrics(server.addresses.metrics)
const overloaded = metrics.get('inferometer_rejected_total{source="otlp_http",reason="overloaded"}') ?? 0
await server.stop()
console.table([within, beyond])
console.log(JSON.stringify({ bench: 'server-overload', within, beyond, overloaded }))
