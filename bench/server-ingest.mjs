// Spans per second through OTLP/HTTP → decode → record → durable store → metrics: protobuf batches of 512 over keep-alive
// connections, from this process to a server in another. Every span is new, four of a trace. Prints a table and a JSON line.
import { randomFillSync } from 'node:crypto'
import { Agent, request } from 'node:http'
import { sdkScope } from '@inferometer/core/attributes'
import { createCall } from '@inferometer/core/call'
import { toTraces } from '@inferometer/core/call-span'
import { encodeTraces } from '@inferometer/core/otlp/traces'
import { quantile, readMetrics, spawnServer } from './spawn-server.mjs'

const batchSpans = 512
const spansPerTrace = Number(process.env.BENCH_SPANS_PER_TRACE ?? 4)
const connections = Number(process.env.BENCH_CONNECTIONS ?? 4)
const seconds = Number(process.env.BENCH_SECONDS ?? 10)
const warmupSeconds = 2

const models = ['gpt-4o', 'gpt-4o-mini', 'claude-sonnet-4-5', 'gemini-2.5-flash', 'mistral-large-latest']
const providers = ['openai', 'openai', 'anthropic', 'gcp.gemini', 'mistral_ai']

const traceMarker = '11'.repeat(16)
const spanMarker = '22'.repeat(8)

function createCallAt(index, nowUs) {
  const kind = index % models.length
  const isError = index % 20 === 0
  return createCall({
    traceId: traceMarker,
    spanId: spanMarker,
    parentSpanId: '33'.repeat(8),
    serviceName: `service-${index % 10}`,
    operation: 'chat',
    provider: providers[kind],
    requestModel: models[kind],
    responseModel: models[kind],
    startTimeUs: nowUs - index * 1_000,
    latencyMs: 400 + (index % 700),
    ttftMs: 100 + (index % 90),
    streaming: true,
    status: isError ? 'error' : 'success',
    errorType: isError ? 'rate_limit' : null,
    errorCode: isError ? 'rate_limit_exceeded' : null,
    httpStatus: isError ? 429 : 200,
    inputTokens: 900 + (index % 300),
    outputTokens: 150 + (index % 100),
    cacheReadTokens: 512,
    usageSource: 'provider',
    finishReason: 'stop',
    finishReasonRaw: 'stop',
    responseId: `resp-${index}`,
    requestId: `req-${index}`,
    attempts: [{ startMs: 0, durationMs: 400, waitMs: 0, httpStatus: isError ? 429 : 200, errorType: null }],
    userId: `user-${index % 200}`,
    sessionId: `session-${index % 500}`,
    source: 'inferometer-sdk',
  })
}

/** A batch whose ids are drawn anew before each sending. */
function createBatch() {
  const calls = Array.from({ length: batchSpans }, (_, index) => createCallAt(index, Date.now() * 1_000))
  const body = Buffer.from(
    encodeTraces(toTraces(calls, { name: sdkScope, version: '0.0.0', resourceAttributes: new Map() })),
  )
  return { body, traces: findAll(body, traceMarker), spans: findAll(body, spanMarker) }
}

function findAll(body, hex) {
  const marker = Buffer.from(hex, 'hex')
  const offsets = []
  for (let at = body.indexOf(marker); at !== -1; at = body.indexOf(marker, at + marker.length)) offsets.push(at)
  if (offsets.length !== batchSpans) throw new Error(`BUG: ${offsets.length} ids ${hex} in a batch of ${batchSpans}`)
  return offsets
}

function drawIds({ body, traces, spans }) {
  const ids = randomFillSync(Buffer.allocUnsafe(batchSpans * 24))
  for (let index = 0; index < batchSpans; index++) {
    ids.copy(body, spans[index], index * 8, index * 8 + 8)
    const trace = batchSpans * 8 + Math.floor(index / spansPerTrace) * 16
    ids.copy(body, traces[index], trace, trace + 16)
  }
}

function send(url, { agent, body }) {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/x-protobuf', 'content-length': body.length }
    const sent = request(url, { agent, method: 'POST', headers }, (response) => {
      response.resume()
      response.on('end', () => resolve(response.statusCode))
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

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
