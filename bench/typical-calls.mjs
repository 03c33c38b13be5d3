import { randomBytes } from 'node:crypto'
import { createCall } from '@inferometer/core/call'

const models = ['gpt-4o', 'gpt-4o-mini', 'claude-sonnet-4-5', 'gemini-2.5-flash', 'mistral-large-latest']
const providers = ['openai', 'openai', 'anthropic', 'gcp.gemini', 'mistral_ai']
const hex = (bytes) => randomBytes(bytes).toString('hex')

/** A call as the SDK sees it, without content: ids of its own, few models and services, one in twenty an error. */
export function makeTypicalCall(index, startTimeUs) {
  const kind = index % models.length
  const isError = index % 20 === 0
  const latencyMs = Math.round(Math.random() * 3e6) / 1e3
  return createCall({
    traceId: hex(16),
    spanId: hex(8),
    parentSpanId: hex(8),
    serviceName: `service-${index % 7}`,
    operation: 'chat',
    provider: providers[kind],
    requestModel: models[kind],
    responseModel: `${models[kind]}-2026-07-18`,
    startTimeUs,
    latencyMs,
    ttftMs: isError ? null : latencyMs / 5,
    streaming: index % 2 === 0,
    stallCount: 0,
    stallMs: 0,
    status: isError ? 'error' : 'success',
    errorType: isError ? ['rate_limit', 'timeout', 'server'][index % 3] : null,
    httpStatus: isError ? 429 : 200,
    inputTokens: 200 + (index % 1_000),
    outputTokens: 20 + (index % 300),
    cacheReadTokens: 0,
    usageSource: 'provider',
    finishReason: isError ? null : 'stop',
    finishReasonRaw: isError ? null : 'stop',
    responseId: `chatcmpl-${hex(12)}`,
    requestId: `req_${hex(16)}`,
    attempts: [{ startMs: 0, durationMs: latencyMs, waitMs: 0, httpStatus: isError ? 429 : 200, errorType: null }],
    userId: `user-${index % 5_000}`,
    sessionId: hex(6),
    costNanoUsd: 1_000 * (index % 5_000) + 1,
    priceVersion: '2026-11-01',
    source: 'inferometer-sdk',
  })
}
