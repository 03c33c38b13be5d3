import { type CallFields, createCall, type LlmCall } from '@inferometer/core/call'

export const traceIdOf = (number: number): string => number.toString(16).padStart(32, '0')
export const spanIdOf = (number: number): string => number.toString(16).padStart(16, '0')

/** 2026-11-23T00:00:00Z */
export const startUs = Date.UTC(2026, 10, 23) * 1_000

/** A call that differs by number in its ids, its start (a second later each) and its latency. */
export function makeCall(number: number, fields: Partial<CallFields> = {}): LlmCall {
  return createCall({
    traceId: traceIdOf(number),
    spanId: spanIdOf(number),
    serviceName: 'checkout',
    operation: 'chat',
    provider: 'acme',
    requestModel: 'model-1',
    startTimeUs: startUs + number * 1_000_000,
    latencyMs: 100 + number,
    source: 'rest',
    ...fields,
  })
}

export const makeCalls = (from: number, count: number): LlmCall[] =>
  Array.from({ length: count }, (_, index) => makeCall(from + index))

/** Every field set, with values that are awkward to keep. */
export const fullCall: LlmCall = createCall({
  traceId: 'ffeeddccbbaa99887766554433221100',
  spanId: 'ffffffffffffffff',
  parentSpanId: '8000000000000001',
  serviceName: 'сервис "42" — 収納',
  operation: 'embeddings',
  provider: "it's; DROP TABLE calls",
  requestModel: 'model-\u{1F600}',
  responseModel: '',
  startTimeUs: 1_795_392_000_123_457,
  latencyMs: 0.1 + 0.2,
  ttftMs: 1e-7,
  streaming: true,
  stallCount: 0,
  stallMs: 0,
  stalls: [{ startMs: 0.5, durationMs: 1_000.25 }],
  status: 'error',
  errorType: 'rate_limit',
  errorCode: '429',
  errorMessage: 'a\0b\nc\\',
  httpStatus: 429,
  inputTokens: 0,
  outputTokens: Number.MAX_SAFE_INTEGER,
  cacheReadTokens: 2 ** 32,
  cacheWriteTokens: 2 ** 31,
  reasoningTokens: -1,
  usageSource: 'estimated',
  finishReason: 'length',
  finishReasonRaw: 'max_tokens',
  responseId: 'x'.repeat(100_000),
  requestId: '',
  toolCalls: [{ id: null, name: 'look "up"', arguments: '{"a":1}' }],
  attempts: [
    { startMs: 0, durationMs: 10.5, waitMs: 0, httpStatus: 500, errorType: 'server' },
    { startMs: 20, durationMs: 1, waitMs: 9.5, httpStatus: null, errorType: 'connection' },
  ],
  retryCount: 1,
  userId: 'user-1',
  sessionId: 'session-1',
  tags: ['a', 'b,"c"'],
  costNanoUsd: 123_456_789_012_345,
  priceVersion: '2026-11-01',
  reportedCostNanoUsd: 0,
  findings: [{ kind: 'pii', pattern: 'email', start: 3, end: 9 }],
  content: { input: [{ role: 'user', text: 'hi \u{1F600}' }], output: null },
  source: 'inferometer-sdk',
})
