/** One test for each way in which telemetry of model calls misleads. */
import type { LlmCall } from '@inferometer/core/call'
import type { Span } from '@inferometer/core/otlp/model'
import { describe, expect, test } from 'vitest'
import { normalizeTraces } from './normalize.ts'
import { type Names, readCall, toEvent, toSpan, toTraces } from './spans.cases.ts'
import { createLeafSelector } from './trace-leaves.ts'

const chat = { 'gen_ai.operation.name': 'chat', 'gen_ai.provider.name': 'openai', 'gen_ai.request.model': 'gpt-4o' }
const usage = { 'gen_ai.usage.input_tokens': 10, 'gen_ai.usage.output_tokens': 5 }
const json = JSON.stringify
type Batch = readonly (readonly [span: Span, scope: string])[]

function countCalls(...batches: readonly Batch[]): readonly LlmCall[] {
  const selector = createLeafSelector({ settleMs: 2_000, rememberMs: 60_000, maxSpans: 1_000 })
  const counted = batches.flatMap((batch, index) =>
    batch.flatMap(([span, name]) => selector.take(normalizeTraces(toTraces([span], { name })).spans, index).counted),
  )
  return [...counted, ...selector.flush().counted]
}

function toChild(attributes: Names, id: string, parent: string): Span {
  return toSpan(attributes, { spanId: id.repeat(16), parentSpanId: parent === '' ? '' : parent.repeat(16) })
}

describe('traps', () => {
  test('1: usage of parents is not counted beside that of their children', () => {
    const calls = countCalls([
      [
        toChild({ 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.request.model': 'gpt-4o', ...usage }, '1', ''),
        'gen_ai',
      ],
      [toChild({ ...chat, ...usage }, '2', '1'), 'gen_ai'],
    ])
    expect(calls).toMatchObject([{ spanId: '2'.repeat(16), inputTokens: 10 }])
  })

  test("1: a provider's own SDK and an instrumentation of it are one call", () => {
    const native = { ...chat, 'gen_ai.provider.name': 'anthropic', 'gen_ai.response.id': 'msg_1', ...usage }
    const calls = countCalls([
      [
        toChild({ 'gen_ai.system': 'Anthropic', 'llm.request.type': 'chat', 'gen_ai.response.id': 'msg_1' }, '2', '1'),
        'opentelemetry.instrumentation.anthropic',
      ],
      [toChild(native, '1', ''), 'com.anthropic.sdk.typescript'],
    ])
    expect(calls).toMatchObject([{ source: 'anthropic-sdk', inputTokens: 10 }])
  })

  test('2: a child that comes in a later batch than its parent is not counted again', () => {
    const framework = {
      'openinference.span.kind': 'LLM',
      'llm.model_name': 'gpt-4o',
      'llm.token_count.prompt': 10,
      'llm.token_count.completion': 5,
    }
    const calls = countCalls(
      [[toChild(framework, '1', ''), 'openinference.instrumentation.langchain']],
      [[toChild({ ...chat, ...usage }, '2', '1'), '@opentelemetry/instrumentation-openai']],
    )
    expect(calls).toMatchObject([{ spanId: '2'.repeat(16) }])
  })

  test('3: the same attribute is a total in one emitter and the uncached rest in another', () => {
    const cached = { ...chat, 'gen_ai.provider.name': 'anthropic', ...usage, 'gen_ai.usage.cache_read.input_tokens': 8 }
    expect(readCall(cached, { scope: 'opentelemetry.instrumentation.anthropic' }).inputTokens).toBe(10)
    expect(readCall(cached, { scope: 'com.anthropic.sdk.typescript' }).inputTokens).toBe(10)
    expect(readCall(cached, { scope: '@traceloop/instrumentation-anthropic' }).inputTokens).toBe(18)
    expect(readCall(cached, { scope: '@openlit/instrumentation-anthropic' }).inputTokens).toBe(18)
  })

  test('3: arithmetic overrules: more cached than input, or a total that has the cache beside it', () => {
    expect(readCall({ ...chat, ...usage, 'gen_ai.usage.cache_read.input_tokens': 30 }).inputTokens).toBe(40)
    const cached = { ...chat, ...usage, 'gen_ai.usage.cache_read.input_tokens': 8, 'gen_ai.usage.total_tokens': 23 }
    expect(readCall(cached).inputTokens).toBe(18)
    expect(readCall({ ...cached, 'gen_ai.usage.total_tokens': 15 }).inputTokens).toBe(10)
  })

  test('3: OpenAI counts the cache in, whoever passes its numbers on', () => {
    const cached = { ...chat, ...usage, 'gen_ai.usage.cache_read.input_tokens': 8 }
    expect(readCall(cached, { scope: '@traceloop/instrumentation-openai' }).inputTokens).toBe(10)
    expect(readCall(cached, { scope: '@openlit/instrumentation-openai' }).inputTokens).toBe(10)
  })

  test('4: reasoning is outside the output for Gemini and xAI', () => {
    const change = { scope: '@openlit/instrumentation-x' }
    const reasoned = { ...usage, 'gen_ai.usage.reasoning_tokens': 3, 'gen_ai.operation.name': 'chat' }
    expect(readCall({ ...reasoned, 'gen_ai.provider.name': 'openai' }, change).outputTokens).toBe(5)
    expect(readCall({ ...reasoned, 'gen_ai.provider.name': 'gemini' }, change).outputTokens).toBe(8)
    expect(readCall({ ...reasoned, 'gen_ai.provider.name': 'xai' }, change).outputTokens).toBe(8)
    const inside = { ...reasoned, 'gen_ai.provider.name': 'gemini', 'gen_ai.usage.total_tokens': 15 }
    expect(readCall(inside, change).outputTokens).toBe(5)
    expect(readCall({ ...reasoned, 'gen_ai.usage.reasoning_tokens': 50 }).outputTokens).toBe(55)
  })

  test('5 and 6: a stream whose usage never came has none', () => {
    expect(readCall({ ...chat, 'gen_ai.request.stream': true })).toMatchObject({
      inputTokens: null,
      usageSource: 'missing',
    })
  })

  test('7: an aborted stream is cancelled and no error, and keeps the usage it got', () => {
    const aborted = { ...chat, 'gen_ai.usage.input_tokens': 10, 'error.type': 'AbortError' }
    expect(readCall(aborted, { statusCode: 2 })).toMatchObject({
      status: 'cancelled',
      inputTokens: 10,
      outputTokens: null,
    })
  })

  test('8: 0 is a number, and missing is none, but for OpenLIT', () => {
    const zeros = { ...chat, 'gen_ai.usage.input_tokens': 0, 'gen_ai.usage.output_tokens': 0 }
    expect(readCall(zeros).inputTokens).toBe(0)
    expect(readCall(zeros, { scope: '@openlit/instrumentation-openai' }).inputTokens).toBeNull()
  })

  test.each<[string, Names, string, number]>([
    ['seconds of the conventions', { ...chat, 'gen_ai.response.time_to_first_chunk': 0.25 }, 'x', 250],
    [
      'milliseconds of the AI SDK',
      { 'ai.operationId': 'ai.streamText.doStream', 'ai.response.msToFirstChunk': 250 },
      'ai',
      250,
    ],
    [
      'seconds under the name of servers',
      { ...chat, 'gen_ai.server.time_to_first_token': 0.25, 'gen_ai.request.is_stream': true },
      '@openlit/x',
      250,
    ],
    [
      'ISO text of Langfuse',
      {
        'langfuse.observation.type': 'generation',
        'langfuse.observation.completion_start_time': new Date(1_780_000_000_250).toISOString(),
      },
      'langfuse-sdk',
      250,
    ],
  ])('9: first tokens in %s', (_what, attributes, scope, ttftMs) => {
    expect(readCall(attributes, { scope }).ttftMs).toBe(ttftMs)
  })

  test('10: numbers, lists and booleans come as text', () => {
    const drifted = {
      ...chat,
      'gen_ai.usage.input_tokens': '10',
      'gen_ai.usage.output_tokens': 5.0,
      'gen_ai.response.finish_reasons': '["tool_calls"]',
      'llm.is_streaming': 'True',
      'gen_ai.request.temperature': '0.5',
    }
    expect(readCall(drifted)).toMatchObject({
      inputTokens: 10,
      outputTokens: 5,
      finishReason: 'tool_calls',
      streaming: true,
    })
    expect(readCall({ ...chat, 'gen_ai.response.finish_reasons': 'length, stop' }).finishReason).toBe('length')
  })

  test('11: no first token is made of the end', () => {
    expect(
      readCall({ ...chat, 'gen_ai.request.stream': false, 'gen_ai.server.time_to_first_token': 0.75 }).ttftMs,
    ).toBeNull()
    expect(readCall({ ...chat, 'gen_ai.response.time_to_first_chunk': 9 }).ttftMs).toBe(750)
  })

  test('12: failed attempts of the AI SDK are attempts, not errors', () => {
    const inner = {
      'ai.operationId': 'ai.generateText.doGenerate',
      'ai.model.provider': 'openai.chat',
      'ai.model.id': 'gpt-4o',
    }
    const failed = toSpan(inner, {
      spanId: '2'.repeat(16),
      parentSpanId: '1'.repeat(16),
      endTimeUnixNano: 1_780_000_000_100_000_000n,
      statusCode: 2,
      events: [
        toEvent('exception', {
          'exception.type': 'AI_APICallError',
          'exception.message': 'Rate limit reached for gpt-4',
        }),
      ],
    })
    const answered = toSpan(
      { ...inner, 'ai.response.finishReason': 'stop', 'ai.usage.inputTokens': 10, 'ai.usage.outputTokens': 5 },
      { spanId: '3'.repeat(16), parentSpanId: '1'.repeat(16), startTimeUnixNano: 1_780_000_000_500_000_000n },
    )
    const outer = toChild({ 'ai.operationId': 'ai.generateText', 'ai.usage.inputTokens': 10 }, '1', '')
    const calls = countCalls([
      [failed, 'ai'],
      [answered, 'ai'],
      [outer, 'ai'],
    ])
    expect(calls).toMatchObject([
      {
        spanId: '3'.repeat(16),
        status: 'success',
        retryCount: 1,
        attempts: [{ errorType: 'rate_limit' }, { errorType: null }],
      },
    ])
  })

  test('13: both names of the model are kept, and one that flips is told by the request', () => {
    const flipped = {
      'openinference.span.kind': 'LLM',
      'llm.model_name': 'gpt-4o-2024-08-06',
      'llm.invocation_parameters': json({ model: 'gpt-4o', temperature: 0 }),
    }
    expect(readCall(flipped)).toMatchObject({ requestModel: 'gpt-4o', responseModel: 'gpt-4o-2024-08-06' })
    expect(readCall({ ...chat, 'gen_ai.request.model': 'undefined' }).requestModel).toBeNull()
  })

  test.each([
    ['my-company.openai.azure.com', 'azure.ai.openai'],
    ['api.deepseek.com', 'deepseek'],
    ['https://openrouter.ai/api/v1', 'openrouter'],
    ['api.openai.com', 'openai'],
    ['127.0.0.1', 'openai'],
    ['llm-gateway.internal', 'openai'],
  ])("14: OpenAI's client at %s calls %s", (address, provider) => {
    expect(readCall({ ...chat, 'server.address': address }).provider).toBe(provider)
  })

  test('14: a provider that is named is not renamed by a host, and none is taken from a framework', () => {
    expect(readCall({ ...chat, 'gen_ai.provider.name': 'groq', 'server.address': 'api.openai.com' }).provider).toBe(
      'groq',
    )
    expect(readCall({ ...chat, 'gen_ai.provider.name': 'langchain' }).provider).toBe('openai')
    expect(readCall({ ...chat, 'gen_ai.provider.name': 'langchain', 'gen_ai.request.model': 'llama-3' }).provider).toBe(
      'unknown',
    )
  })

  test('15: a turn that goes on is not finished', () => {
    const paused = { ...chat, 'gen_ai.response.finish_reasons': ['pause_turn'] }
    expect(readCall(paused)).toMatchObject({ finishReason: 'other', finishReasonRaw: 'pause_turn' })
  })

  test('16: an embedding in two spans of one name is one call', () => {
    const embeddings = { 'gen_ai.operation.name': 'embeddings', 'gen_ai.request.model': 'text-embedding-3-small' }
    const calls = countCalls(
      [[toChild(embeddings, '1', ''), 'gen_ai']],
      [[toChild({ ...embeddings, 'gen_ai.usage.input_tokens': 7 }, '2', '1'), 'gen_ai']],
    )
    expect(calls).toMatchObject([{ spanId: '2'.repeat(16), inputTokens: 7 }])
  })

  test('17: messages that were cut on their way are kept as text', () => {
    const cut = { ...chat, 'gen_ai.input.messages': '[{"role":"user","parts":[{"type":"text","cont' }
    expect(readCall(cut, { content: true }).content?.input).toEqual([
      { role: 'user', text: '[{"role":"user","parts":[{"type":"text","cont' },
    ])
  })

  test('18: content is read only if it is kept', () => {
    const messages = {
      ...chat,
      'gen_ai.input.messages': json([{ role: 'user', parts: [{ type: 'text', content: 'my secret' }] }]),
      'gen_ai.output.messages': json([
        { role: 'assistant', parts: [{ type: 'tool_call', id: 'c1', name: 'look', arguments: { q: 'my secret' } }] },
      ]),
    }
    expect(json(readCall(messages))).not.toContain('my secret')
    expect(readCall(messages).toolCalls).toEqual([{ id: 'c1', name: 'look', arguments: null }])
    expect(readCall(messages, { content: true }).content?.input).toEqual([{ role: 'user', text: 'my secret' }])
  })

  test('20: costs that emitters compute are not taken for the price', () => {
    expect(
      readCall({ ...chat, ...usage, 'gen_ai.usage.cost': 1, 'operation.cost': 1, 'llm.cost.total': 1 }).costNanoUsd,
    ).toBeNull()
  })

  test('21: a cache write under both of its names is one', () => {
    const both = {
      ...chat,
      ...usage,
      'gen_ai.usage.cache_write.input_tokens': 4,
      'gen_ai.usage.cache_creation.input_tokens': 4,
    }
    expect(readCall(both)).toMatchObject({ inputTokens: 10, cacheWriteTokens: 4 })
  })

  test('22: two instrumentations that know nothing of each other are one call', () => {
    const timed = (attributes: Names, id: string) => toChild(attributes, id, '')
    const calls = countCalls([
      [timed({ ...chat, ...usage, 'gen_ai.response.id': 'r1' }, '1'), '@opentelemetry/instrumentation-openai'],
      [
        timed({ ...chat, ...usage, 'gen_ai.response.id': 'r1', 'gen_ai.usage.total_tokens': 15 }, '2'),
        '@traceloop/instrumentation-openai',
      ],
    ])
    expect(calls).toHaveLength(1)
  })
})
