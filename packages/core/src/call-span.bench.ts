import { bench, describe } from 'vitest'
import { sdkScope } from './attributes.ts'
import { createCall } from './call.ts'
import { fromSpan, toTraces } from './call-span.ts'
import { encodeTraces } from './otlp/traces.ts'

// One iteration is 512 calls: calls per second are 512 times the hz shown.
const calls = Array.from({ length: 512 }, (_, i) =>
  createCall({
    traceId: (i + 1).toString(16).padStart(32, 'a'),
    spanId: (i + 1).toString(16).padStart(16, 'b'),
    serviceName: i % 2 === 0 ? 'checkout' : 'search',
    operation: 'chat',
    provider: 'openai',
    requestModel: 'gpt-4o-mini',
    responseModel: 'gpt-4o-mini-2024-07-18',
    startTimeUs: 1_795_430_196_307_001 + i,
    latencyMs: 812.345678 + i,
    ttftMs: 120.5,
    streaming: true,
    httpStatus: 200,
    inputTokens: 100 + i,
    outputTokens: 20,
    cacheReadTokens: 60,
    reasoningTokens: 5,
    usageSource: 'provider',
    finishReason: 'stop',
    finishReasonRaw: 'stop',
    responseId: `chatcmpl-${i}-0123456789abcdef`,
    attempts: [{ startMs: 0, durationMs: 812.3, waitMs: 0, httpStatus: 200, errorType: null }],
    source: 'inferometer-sdk',
  }),
)
const sender = { name: sdkScope, version: '1.2.3', resourceAttributes: new Map() }
const traces = toTraces(calls, sender)
const options = { time: 2_000, warmupTime: 500 }

describe('512 calls', () => {
  bench('encodeTraces(toTraces(calls))', () => void encodeTraces(toTraces(calls, sender)), options)
  bench('toTraces(calls)', () => void toTraces(calls, sender), options)
  bench(
    'fromSpan of each',
    () => {
      for (const { resource, scopeSpans } of traces.resourceSpans)
        for (const { spans } of scopeSpans) for (const span of spans) fromSpan(span, resource)
    },
    options,
  )
})
