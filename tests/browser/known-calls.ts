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
  stalls: [{ startMs: 2_600, durationMs: 250 }],
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

/** What an agent's instrumentation sends over OTLP: the agent, its tool and its retrieval around one model call. */
export function agentTrace(nowMs: number) {
  const attributes = (fields: Record<string, string | number>) =>
    Object.entries(fields).map(([key, value]) => ({
      key,
      value: typeof value === 'string' ? { stringValue: value } : { intValue: String(value) },
    }))
  const span = (id: string, parent: string, [fromMs, toMs]: readonly [number, number], fields: object) => ({
    traceId: agentTraceId,
    spanId: id.repeat(16),
    parentSpanId: parent === '' ? '' : parent.repeat(16),
    kind: 1,
    startTimeUnixNano: `${nowMs + fromMs}000000`,
    endTimeUnixNano: `${nowMs + toMs}000000`,
    ...fields,
  })
  const spans = [
    span('1', '', [0, 900], {
      name: 'invoke_agent planner',
      attributes: attributes({ 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'planner' }),
    }),
    span('2', '1', [10, 120], {
      name: 'retrieve notes',
      attributes: attributes({ 'openinference.span.kind': 'RETRIEVER' }),
    }),
    span('3', '1', [130, 600], {
      name: 'chat gpt-4o',
      attributes: attributes({
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'openai',
        'gen_ai.request.model': 'gpt-4o',
        'gen_ai.usage.input_tokens': 100,
        'gen_ai.usage.output_tokens': 20,
      }),
    }),
    span('4', '1', [610, 880], {
      name: 'execute_tool find_order',
      attributes: attributes({ 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'find_order' }),
    }),
  ]
  const resource = { attributes: attributes({ 'service.name': 'assistant' }) }
  return { resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'test' }, spans }] }] }
}

export const agentTraceId = 'a9'.repeat(16)
export const agentCallPath = `/calls/${agentTraceId}/${'3'.repeat(16)}`
