// Batches of new spans for the benches of ingestion, and how they are sent.
import { randomFillSync } from 'node:crypto'
import { request } from 'node:http'
import { sdkScope } from '@inferometer/core/attributes'
import { createCall } from '@inferometer/core/call'
import { toTraces } from '@inferometer/core/call-span'
import { encodeTraces } from '@inferometer/core/otlp/traces'

export const batchSpans = 512
export const spansPerTrace = Number(process.env.BENCH_SPANS_PER_TRACE ?? 4)

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
export function createBatch() {
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

export function drawIds({ body, traces, spans }) {
  const ids = randomFillSync(Buffer.allocUnsafe(batchSpans * 24))
  for (let index = 0; index < batchSpans; index++) {
    ids.copy(body, spans[index], index * 8, index * 8 + 8)
    const trace = batchSpans * 8 + Math.floor(index / spansPerTrace) * 16
    ids.copy(body, traces[index], trace, trace + 16)
  }
}

export function send(url, { agent, body }) {
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
