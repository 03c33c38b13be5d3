import type { AnyValue } from '@inferometer/core/otlp/model'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dialects } from './dialects.ts'
import { normalizeTraces } from './normalize.ts'
import { readCall, toEvent, toSpan, toTraces } from './spans.cases.ts'

const scopes = ['ai', 'gen_ai', 'litellm', 'langsmith', 'langfuse-sdk', 'lmnr.tracer', 'openlit', 'pydantic-ai', 'x']
const moreScopes = [
  '@traceloop/instrumentation-anthropic',
  '@arizeai/openinference-instrumentation-bedrock',
  '@opentelemetry/instrumentation-aws-sdk',
  'mistralai_sdk_tracer',
  'com.anthropic.sdk.typescript',
  'vllm.llm_engine',
]

/** Names that some dialect asks for, so that random spans get past the first look. */
const names = [
  'gen_ai.operation.name',
  'gen_ai.system',
  'gen_ai.provider.name',
  'gen_ai.request.model',
  'gen_ai.response.id',
  'gen_ai.response.finish_reasons',
  'gen_ai.usage.input_tokens',
  'gen_ai.usage.output_tokens',
  'gen_ai.usage.total_tokens',
  'gen_ai.usage.cache_read.input_tokens',
  'gen_ai.usage.cache_creation.input_tokens',
  'gen_ai.usage.reasoning_tokens',
  'gen_ai.input.messages',
  'gen_ai.output.messages',
  'gen_ai.completion',
  'gen_ai.prompt',
  'gen_ai.completion.0.role',
  'openinference.span.kind',
  'llm.token_count.prompt',
  'llm.token_count.prompt_details.cache_read',
  'llm.invocation_parameters',
  'output.value',
  'ai.operationId',
  'ai.usage.inputTokens',
  'ai.usage.outputTokens',
  'ai.usage.reasoningTokens',
  'ai.response.providerMetadata',
  'ai.response.toolCalls',
  'langfuse.observation.type',
  'langfuse.observation.usage_details',
  'langfuse.observation.output',
  'langsmith.span.kind',
  'langsmith.usage_metadata',
  'lmnr.span.type',
  'request_data',
  'response_data',
  'server.address',
  'error.type',
] as const

const words = [
  'chat',
  'embeddings',
  'LLM',
  'generation',
  'llm',
  'ai.generateText.doGenerate',
  'anthropic',
  'gcp.gemini',
]
const value: fc.Arbitrary<AnyValue> = fc.oneof(
  fc.constantFrom(...words),
  fc.nat(1_000),
  fc.double(),
  fc.bigInt({ min: 0n, max: 2n ** 70n }),
  fc.string(),
  fc.json(),
  fc.array(fc.string()),
  fc.dictionary(fc.string(), fc.oneof(fc.nat(), fc.string(), fc.bigInt())),
  fc.constant(null),
  fc.boolean(),
)

describe('normalizeTraces()', () => {
  test('normalizeTraces() gives every span one reading, whatever its attributes hold, with parts within their wholes', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...scopes, ...moreScopes),
        fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 12 }),
        fc.dictionary(fc.constantFrom('gen_ai.event.content', 'content', 'message', 'tool_calls'), value),
        (scope, attributes, event) => {
          const span = toSpan(attributes, {
            events: [toEvent('gen_ai.choice', event), toEvent('gen_ai.user.message', event)],
          })
          const readings = normalizeTraces(toTraces([span], { name: scope }), { content: true })
          const ignored = [...readings.ignored.values()].reduce((sum, count) => sum + count, 0)
          const calls = readings.spans.flatMap(({ reading }) => reading?.call ?? [])
          expect(calls.length + ignored + readings.rejected.length).toBe(1)
          for (const call of calls) {
            expect((call.cacheReadTokens ?? 0) + (call.cacheWriteTokens ?? 0)).toBeLessThanOrEqual(
              call.inputTokens ?? Infinity,
            )
            expect(call.reasoningTokens ?? 0).toBeLessThanOrEqual(call.outputTokens ?? Infinity)
            expect(() => JSON.stringify(call)).not.toThrow()
          }
        },
      ),
      { numRuns: 5_000 },
    )
  })

  test('normalizeTraces() survives JSON that is nested deeper than any stack', () => {
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`
    const output = `[{"role":"assistant","parts":[{"type":"tool_call","name":"x","arguments":${deep}}]},${deep}]`
    const attributes = {
      'gen_ai.operation.name': 'chat',
      'gen_ai.output.messages': output,
      'gen_ai.input.messages': deep,
    }
    expect(readCall(attributes, { content: true }).operation).toBe('chat')
  })

  test('dialects have names of their own', () => {
    expect(new Set(dialects.map(({ name }) => name)).size).toBe(dialects.length)
  })
})
