/** Calls with known sums, one of each kind, and texts that would run if a page took them for markup. */
import { createCall, type LlmCall } from '@inferometer/core/call'

export const hostile = '<img src=x onerror="window.injected=1"><script>window.injected=1</script>{{7*7}}'

const attempt = (startMs: number, durationMs: number, waitMs: number) => ({
  startMs,
  durationMs,
  waitMs,
  httpStatus: 429,
  errorType: 'rate_limit' as const,
})

export const retried: LlmCall = createCall({
  traceId: 'a1'.repeat(16),
  spanId: 'b1'.repeat(8),
  serviceName: 'support-bot',
  operation: 'chat',
  provider: 'openai',
  requestModel: 'gpt-4o',
  responseModel: 'gpt-4o',
  startTimeUs: (Date.now() - 60_000) * 1_000,
  latencyMs: 3_100,
  ttftMs: 2_400,
  streaming: true,
  stallCount: 1,
  stallMs: 250,
  source: 'inferometer-sdk',
  inputTokens: 2_228,
  outputTokens: 500,
  cacheReadTokens: 1_024,
  usageSource: 'provider',
  finishReason: 'stop',
  httpStatus: 200,
  attempts: [
    attempt(0, 150, 0),
    attempt(1_050, 150, 900),
    { startMs: 2_200, durationMs: 900, waitMs: 1_000, httpStatus: 200, errorType: null },
  ],
  retryCount: 2,
  userId: 'user-1',
  costNanoUsd: 9_290_000,
  priceVersion: '2026-11',
  findings: [{ kind: 'pii', pattern: 'email', start: 12, end: 19 }],
  content: { input: [{ role: 'user', text: 'My email is [EMAIL], please.' }], output: 'Thank you.' },
})

export const attacked: LlmCall = createCall({
  ...retried,
  spanId: 'b2'.repeat(8),
  traceId: 'a2'.repeat(16),
  serviceName: hostile,
  provider: hostile,
  requestModel: hostile,
  responseModel: hostile,
  status: 'error',
  errorType: 'timeout',
  errorCode: hostile,
  errorMessage: hostile,
  finishReasonRaw: hostile,
  responseId: hostile,
  requestId: hostile,
  userId: hostile,
  sessionId: hostile,
  tags: [hostile],
  priceVersion: hostile,
  toolCalls: [{ id: hostile, name: hostile, arguments: hostile }],
  findings: [{ kind: 'injection', pattern: hostile, start: 0, end: 5 }],
  content: { input: [{ role: hostile, text: hostile }], output: hostile },
  source: hostile,
  costNanoUsd: null,
})

/** A thousand more: call n took n + 1 ms and cost a hundredth of a dollar. */
export const knownCalls: readonly LlmCall[] = [
  ...Array.from({ length: 1_000 }, (_, n) =>
    createCall({
      ...retried,
      traceId: n.toString(16).padStart(32, 'c'),
      spanId: n.toString(16).padStart(16, 'd'),
      serviceName: n % 2 === 0 ? 'search' : 'checkout',
      startTimeUs: (Date.now() - 120_000 - n * 1_000) * 1_000,
      latencyMs: n + 1,
      ttftMs: null,
      streaming: false,
      attempts: [],
      retryCount: 0,
      findings: [],
      content: null,
      costNanoUsd: 10_000_000,
      userId: `user-${n % 5}`,
    }),
  ),
  retried,
  attacked,
]
