/** Arbitrary calls that are valid: what the SDK can see and `fromSpan` must give back unchanged. */
import fc from 'fast-check'
import { type Attempt, errorTypes, type Finding, finishReasons, type LlmCall, type Stall } from './call.ts'
import { maxCostNanoUsd, maxTokens } from './call-limits.ts'

const text = fc.oneof(fc.string({ maxLength: 12 }), fc.string({ unit: 'binary', maxLength: 60 }))
const maybeText = fc.option(text)
const errorType = fc.option(fc.constantFrom(...errorTypes))
const httpStatus = fc.option(fc.integer({ min: 100, max: 599 }))

/** Milliseconds of whole nanoseconds, which is how finely a span holds times. */
function duration(maxMs: number): fc.Arbitrary<number> {
  return fc.integer({ min: 0, max: Math.round(maxMs * 1e6) }).map((nanos) => nanos / 1e6)
}

function id(length: number): fc.Arbitrary<string> {
  const digits = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length })
  return digits.filter((hex) => !/^0+$/.test(hex))
}

const tokens = fc
  .record({ input: fc.option(fc.nat(maxTokens)), output: fc.option(fc.nat(maxTokens)) })
  .chain(({ input, output }) =>
    fc
      .record({
        cacheReadTokens: fc.option(fc.nat(Math.floor((input ?? maxTokens) / 2))),
        cacheWriteTokens: fc.option(fc.nat(Math.floor((input ?? maxTokens) / 2))),
        reasoningTokens: fc.option(fc.nat(output ?? maxTokens)),
      })
      .map((subsets) => ({ inputTokens: input, outputTokens: output, ...subsets })),
  )

const timing = duration(600_000).chain((latencyMs) =>
  fc.record({
    latencyMs: fc.constant(latencyMs),
    ttftMs: fc.option(duration(latencyMs)),
    stallMs: fc.option(duration(latencyMs)),
  }),
)

const attempt: fc.Arbitrary<Attempt> = fc.record({
  startMs: duration(60_000),
  durationMs: fc.double({ min: 0, max: 1e6, noNaN: true }).map(Math.abs),
  waitMs: duration(60_000),
  httpStatus,
  errorType,
})

const stall: fc.Arbitrary<Stall> = fc.record({ startMs: duration(60_000), durationMs: duration(60_000) })

const finding: fc.Arbitrary<Finding> = fc.record({
  kind: fc.constantFrom('pii', 'injection', 'shadow'),
  pattern: text,
  start: fc.nat(),
  end: fc.integer({ min: 2 ** 31, max: 2 ** 32 }),
})

const content = fc
  .record({
    input: fc.option(fc.array(fc.record({ role: text, text }), { maxLength: 3 })),
    output: maybeText,
  })
  .filter(({ input, output }) => input !== null || output !== null)

const names = fc.record({
  traceId: id(32),
  spanId: id(16),
  parentSpanId: fc.option(id(16)),
  serviceName: fc.oneof(fc.constantFrom('checkout', 'search'), text),
  operation: fc.constantFrom('chat', 'text_completion', 'embeddings'),
  provider: text,
  requestModel: maybeText,
  responseModel: maybeText,
  responseId: maybeText,
  requestId: maybeText,
  userId: maybeText,
  sessionId: maybeText,
  tags: fc.array(text, { maxLength: 3 }),
  source: text,
})

const outcome = fc.record({
  startTimeUs: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  streaming: fc.boolean(),
  stallCount: fc.option(fc.nat()),
  stalls: fc.array(stall, { maxLength: 3 }),
  status: fc.constantFrom('success', 'error', 'cancelled'),
  errorType,
  errorCode: maybeText,
  errorMessage: maybeText,
  httpStatus,
  usageSource: fc.constantFrom('provider', 'estimated', 'missing'),
  finishReason: fc.option(fc.constantFrom(...finishReasons)),
  finishReasonRaw: maybeText,
  toolCalls: fc.array(fc.record({ id: maybeText, name: text, arguments: maybeText }), { maxLength: 3 }),
  attempts: fc.array(attempt, { maxLength: 3 }),
  retryCount: fc.nat(1_000_000),
  costNanoUsd: fc.option(fc.integer({ min: 0, max: maxCostNanoUsd })),
  priceVersion: maybeText,
  reportedCostNanoUsd: fc.option(fc.integer({ min: 0, max: maxCostNanoUsd })),
  findings: fc.array(finding, { maxLength: 3 }),
  content: fc.option(content),
})

export const validCall: fc.Arbitrary<LlmCall> = fc
  .tuple(names, outcome, timing, tokens)
  .map(([a, b, c, d]): LlmCall => ({ ...a, ...b, ...c, ...d }))
