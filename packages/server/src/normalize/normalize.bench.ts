/** Reads per second of each dialect, one thread: `npx vitest bench packages/server/src/normalize`. */
import type { Span } from '@inferometer/core/otlp/model'
import { bench, describe } from 'vitest'
import { normalizeTraces } from './normalize.ts'
import { type Names, toSpan, toTraces } from './spans.cases.ts'
import { createLeafSelector } from './trace-leaves.ts'

const spansPerBatch = 512
const json = JSON.stringify
const messages = json([
  { role: 'assistant', parts: [{ type: 'text', content: 'word '.repeat(200) }], finish_reason: 'stop' },
])

const semconv: Names = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'openai',
  'gen_ai.request.model': 'gpt-4o',
  'gen_ai.response.model': 'gpt-4o-2024-08-06',
  'gen_ai.response.id': 'chatcmpl-1',
  'gen_ai.response.finish_reasons': ['stop'],
  'gen_ai.usage.input_tokens': 100,
  'gen_ai.usage.output_tokens': 50,
  'gen_ai.output.messages': messages,
  'server.address': 'api.openai.com',
}

const samples: readonly (readonly [scope: string, attributes: Names])[] = [
  ['@opentelemetry/instrumentation-openai', semconv],
  ['@traceloop/instrumentation-openai', semconv],
  ['@openlit/instrumentation-openai', semconv],
  ['gen_ai', semconv],
  ['litellm', semconv],
  [
    'ai',
    {
      'ai.operationId': 'ai.generateText.doGenerate',
      'ai.model.provider': 'openai.chat',
      'ai.model.id': 'gpt-4o',
      'ai.usage.inputTokens': 100,
      'ai.usage.inputTokenDetails.noCacheTokens': 100,
      'ai.usage.outputTokens': 50,
      'ai.usage.outputTokenDetails.reasoningTokens': 0,
      'ai.response.finishReason': 'stop',
      'ai.response.id': 'chatcmpl-1',
      'ai.response.model': 'gpt-4o-2024-08-06',
      'ai.response.text': 'word '.repeat(200),
    },
  ],
  [
    '@arizeai/openinference-instrumentation-openai',
    {
      'openinference.span.kind': 'LLM',
      'llm.provider': 'openai',
      'llm.model_name': 'gpt-4o-2024-08-06',
      'llm.invocation_parameters': json({ model: 'gpt-4o' }),
      'llm.token_count.prompt': 100,
      'llm.token_count.completion': 50,
      'llm.finish_reason': 'stop',
      'output.value': json({
        id: 'chatcmpl-1',
        model: 'gpt-4o',
        choices: [{ message: { content: 'word '.repeat(200) } }],
      }),
    },
  ],
  [
    'langfuse-sdk',
    {
      'langfuse.observation.type': 'generation',
      'langfuse.observation.model.name': 'gpt-4o',
      'langfuse.observation.usage_details': json({ input: 100, output: 50, total: 150 }),
      'langfuse.observation.output': json({ role: 'assistant', content: 'word '.repeat(200) }),
    },
  ],
  [
    'langsmith',
    {
      'langsmith.span.kind': 'llm',
      'gen_ai.request.model': 'gpt-4o',
      'langsmith.usage_metadata': json({ input_tokens: 100, output_tokens: 50, total_tokens: 150 }),
      'gen_ai.completion': json({ id: 'chatcmpl-1', choices: [{ message: { content: 'word '.repeat(200) } }] }),
    },
  ],
  ['http', { 'http.request.method': 'GET', 'url.full': 'https://example.com/' }],
]

function toBatch(attributes: Names): Span[] {
  return Array.from({ length: spansPerBatch }, (_, index) =>
    toSpan(attributes, { traceId: index.toString(16).padStart(32, '0'), spanId: index.toString(16).padStart(16, '1') }),
  )
}

describe(`normalizeTraces() of ${spansPerBatch} spans`, () => {
  for (const [scope, attributes] of samples) {
    const traces = toTraces(toBatch(attributes), { name: scope })
    bench(scope, () => {
      normalizeTraces(traces)
    })
  }
})

describe(`take() of ${spansPerBatch} calls`, () => {
  const settings = { settleMs: 2_000, rememberMs: 60_000, maxSpans: 100_000 }
  const { spans } = normalizeTraces(toTraces(toBatch(semconv), { name: 'x' }))
  let round = 0
  const selector = createLeafSelector(settings)
  bench('in traces of their own', () => {
    round++
    selector.take(
      spans.map((span) => ({ ...span, traceId: `${round}${span.traceId}` })),
      round,
    )
  })
})
