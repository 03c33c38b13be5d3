// REST record calls per second (autocannon, keep-alive, from this process to a server in another, every answer after a durable
// commit), the time of a scrape at 10,000 series, and the server's memory. Prints a table and a JSON line.
import autocannon from 'autocannon'
import { quantile, readMetrics, spawnServer } from './spawn-server.mjs'

const connections = Number(process.env.BENCH_CONNECTIONS ?? 64)
const seconds = Number(process.env.BENCH_SECONDS ?? 8)
const seriesWanted = 10_000
const scrapes = 50

const record = {
  model: 'gpt-4o-mini',
  provider: 'openai',
  service_name: 'checkout',
  prompt_tokens: 1_000,
  completion_tokens: 500,
  latency_ms_total: 820.5,
  latency_ms_ttft: 210,
  finish_reason: 'stop',
  status: 'success',
}
const headers = { 'content-type': 'application/json' }

function drive(url, body, duration) {
  return autocannon({ url, connections, duration, method: 'POST', headers, body: JSON.stringify(body) })
}

/** Records calls of ever more models and services until there are enough series. */
async function fillSeries(addresses) {
  for (let service = 0; ; service++) {
    const spans = Array.from({ length: 20 }, (_, model) => ({
      ...record,
      model: `model-${model}`,
      service_name: `service-${service}`,
    }))
    const body = JSON.stringify({ spans })
    const answer = await fetch(`${addresses.api}/v1/metrics/record-batch`, { method: 'POST', headers, body })
    if (!answer.ok) throw new Error(`the server answered ${answer.status}`)
    const series = (await readMetrics(addresses.metrics)).get('inferometer_series') ?? 0
    if (series >= seriesWanted) return series
  }
}

async function timeScrapes(address, accept) {
  const times = []
  for (let i = 0; i < scrapes; i++) {
    const startMs = performance.now()
    const answer = await fetch(`${address}/metrics`, { headers: { accept, 'accept-encoding': 'identity' } })
    await answer.arrayBuffer()
    times.push(performance.now() - startMs)
  }
  return times
}

const server = await spawnServer()
const { api, metrics } = server.addresses
const atRest = await server.usage()
await drive(`${api}/v1/metrics/record`, record, 2)
const before = await server.usage()
const run = await drive(`${api}/v1/metrics/record`, record, seconds)
const after = await server.usage()
if (run.non2xx > 0 || run.errors > 0) throw new Error(`${run.non2xx} answers were no 2xx, ${run.errors} failed`)
const series = await fillSeries(server.addresses)
const text = await timeScrapes(metrics, 'text/plain')
const openMetrics = await timeScrapes(metrics, 'application/openmetrics-text')
await server.stop()

const cpuSeconds = after.cpuSeconds - before.cpuSeconds
const round = (value) => Number(value.toFixed(1))
const result = {
  bench: 'server-rest',
  connections,
  recordsPerSecond: Math.round(run.requests.average),
  recordsPerCpuSecond: Math.round(run.requests.total / cpuSeconds),
  answerMsP50: run.latency.p50,
  answerMsP99: run.latency.p99,
  series,
  scrapeTextMsP50: round(quantile(text, 0.5)),
  scrapeTextMsP95: round(quantile(text, 0.95)),
  scrapeOpenMetricsMsP50: round(quantile(openMetrics, 0.5)),
  readyMs: Math.round(server.readyMs),
  rssAtRestMB: Math.round(atRest.rssBytes / 2 ** 20),
}
console.table(result)
console.log(JSON.stringify(result))
