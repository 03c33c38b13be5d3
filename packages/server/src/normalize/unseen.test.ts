/** Emitters that nobody here has heard of: an unknown scope, and what their authors made of the conventions. */
import type { AnyValue } from '@inferometer/core/otlp/model'
import { describe, expect, it } from 'vitest'
import { type CallCase, normalizeSpan, readCall, readNode, toEvent } from './spans.cases.ts'

const json = JSON.stringify
const map = (fields: Record<string, AnyValue>): AnyValue => fields
const usage = { 'gen_ai.usage.input_tokens': 10, 'gen_ai.usage.output_tokens': 5 }
const content = { content: true }

const calls: readonly CallCase[] = [
  {
    what: 'a model and usage, and neither operation nor provider',
    attributes: { 'gen_ai.request.model': 'claude-sonnet-4-5', ...usage },
    call: { source: 'gen_ai', operation: 'chat', provider: 'anthropic', inputTokens: 10, outputTokens: 5 },
  },
  {
    what: 'the model that answered, alone',
    attributes: { 'gen_ai.response.model': 'gpt-4o-2024-08-06', ...usage },
    call: { provider: 'openai', requestModel: null, responseModel: 'gpt-4o-2024-08-06' },
  },
  {
    what: 'an operation in another spelling',
    attributes: { 'gen_ai.operation.name': 'Text-Completion', 'gen_ai.request.model': 'm', ...usage },
    call: { operation: 'text_completion' },
  },
  {
    what: 'an operation of its own, of a client with a model and usage',
    attributes: { 'gen_ai.operation.name': 'summarize', 'gen_ai.request.model': 'm', ...usage },
    call: { operation: 'chat', inputTokens: 10 },
  },
  {
    what: 'all generations at once, with numbers as text',
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.system': 'openai',
      'gen_ai.provider.name': 'azure.ai.openai',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.usage.prompt_tokens': '900',
      'gen_ai.usage.input_tokens': '1000',
      'gen_ai.usage.completion_tokens': '1',
      'gen_ai.usage.output_tokens': '50',
      'gen_ai.usage.cache_creation.input_tokens': '100',
      'gen_ai.usage.cache_write.input_tokens': '100',
      'gen_ai.response.finish_reasons': json(['max_tokens']),
    },
    call: {
      provider: 'azure.ai.openai',
      inputTokens: 1_000,
      outputTokens: 50,
      cacheWriteTokens: 100,
      finishReason: 'length',
    },
  },
  {
    what: 'usage as one structured value',
    attributes: {
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.usage': map({
        prompt_tokens: 20,
        completion_tokens: 4,
        prompt_tokens_details: map({ cached_tokens: 8 }),
      }),
    },
    call: { inputTokens: 20, outputTokens: 4, cacheReadTokens: 8 },
  },
  {
    what: "usage as JSON text in the provider's own shape",
    attributes: {
      'gen_ai.provider.name': 'anthropic',
      'gen_ai.request.model': 'claude-sonnet-4-5',
      'llm.usage': json({ input_tokens: 20, output_tokens: 4, cache_read_input_tokens: 8 }),
    },
    call: { inputTokens: 28, outputTokens: 4, cacheReadTokens: 8 },
  },
  {
    what: 'everything in an event of the span',
    attributes: { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'm' },
    change: {
      ...content,
      events: [
        toEvent('gen_ai.client.inference.operation.details', {
          ...usage,
          'gen_ai.provider.name': 'openai',
          'gen_ai.response.id': 'r1',
          'gen_ai.response.finish_reasons': ['stop'],
          'gen_ai.input.messages': json([{ role: 'user', parts: [{ type: 'text', content: 'hi' }] }]),
          'gen_ai.output.messages': json([{ role: 'assistant', parts: [{ type: 'text', content: 'ho' }] }]),
        }),
      ],
    },
    call: {
      provider: 'openai',
      inputTokens: 10,
      outputTokens: 5,
      responseId: 'r1',
      finishReason: 'stop',
      content: { input: [{ role: 'user', text: 'hi' }], output: 'ho' },
    },
  },
  {
    what: 'no attribute at all, and an event of the span',
    attributes: {},
    change: {
      events: [toEvent('gen_ai.client.inference.operation.details', { 'gen_ai.request.model': 'gpt-4o', ...usage })],
    },
    call: { provider: 'openai', requestModel: 'gpt-4o', inputTokens: 10 },
  },
  {
    what: 'numbered prompts and answers alone',
    attributes: {
      'llm.prompts.0.role': 'user',
      'llm.prompts.0.content': 'hi',
      'llm.completions.0.content': 'ho',
      'llm.completions.0.finish_reason': 'length',
    },
    change: content,
    call: {
      source: 'traceloop',
      requestModel: null,
      usageSource: 'missing',
      finishReason: 'length',
      content: { input: [{ role: 'user', text: 'hi' }], output: 'ho' },
    },
  },
  {
    what: 'the names before there were conventions',
    attributes: {
      'llm.vendor': 'OpenAI',
      'llm.request.model': 'gpt-3.5-turbo',
      'llm.response.model': 'gpt-3.5-turbo-0613',
      'llm.usage.prompt_tokens': 9,
      'llm.usage.completion_tokens': 3,
      'llm.usage.total_tokens': 12,
    },
    call: { provider: 'openai', requestModel: 'gpt-3.5-turbo', inputTokens: 9, outputTokens: 3 },
  },
  {
    what: 'the vocabulary of OpenInference without its kind',
    attributes: { 'llm.model_name': 'gpt-4o', 'llm.token_count.prompt': '12', 'llm.token_count.completion': 3 },
    call: { source: 'openinference', provider: 'openai', inputTokens: 12, outputTokens: 3 },
  },
  {
    what: "the numbered prompts of OpenInference's completions",
    attributes: {
      'openinference.span.kind': 'LLM',
      'llm.model_name': 'davinci-002',
      'llm.prompts.0.prompt.text': 'Once upon',
      'llm.prompts.1.prompt.text': 'a time',
      'llm.choices.0.completion.text': 'there was',
    },
    change: content,
    call: {
      content: {
        input: [
          { role: 'user', text: 'Once upon' },
          { role: 'user', text: 'a time' },
        ],
        output: 'there was',
      },
    },
  },
  {
    what: 'a span that began and ended at once',
    attributes: { 'gen_ai.request.model': 'm', ...usage },
    change: { endTimeUnixNano: 1_780_000_000_000_000_000n },
    call: { latencyMs: 0, inputTokens: 10 },
  },
  {
    what: 'an error without a word',
    attributes: { 'gen_ai.request.model': 'm', 'gen_ai.system': '' },
    change: { statusCode: 2 },
    call: { status: 'error', errorType: 'other', usageSource: 'missing', provider: 'unknown' },
  },
]

describe('spans of emitters that nobody knows', () => {
  it.each(calls)('are read: $what', ({ attributes, change, call }) => {
    expect(readCall(attributes, { scope: 'acme.llm', ...change })).toMatchObject(call)
  })

  it('are steps of their trace where they name a tool or an agent and no model', () => {
    expect(readNode({ 'gen_ai.tool.name': 'search' })).toMatchObject({ kind: 'tool', toolName: 'search' })
    expect(readNode({ 'gen_ai.system': 'openai', 'gen_ai.agent.name': 'clerk', ...usage })).toMatchObject({
      kind: 'agent',
      agentName: 'clerk',
    })
    expect(readNode({ 'gen_ai.operation.name': 'dream', 'gen_ai.request.model': 'm' })).toMatchObject({ kind: 'span' })
    const inside = { 'gen_ai.operation.name': 'summarize', 'gen_ai.request.model': 'm', ...usage }
    expect(readNode(inside, { kind: 1 })).toMatchObject({ kind: 'span' })
  })

  it('are refused, by what is missing, where they have not ended', () => {
    const { rejected } = normalizeSpan({ 'gen_ai.request.model': 'm', ...usage }, { endTimeUnixNano: 0n })
    expect(rejected).toEqual([
      {
        reason: 'invalid_span',
        message: `span ${'b'.repeat(16)}: endTimeUnixNano is missing: send a span once it has ended`,
      },
    ])
  })

  it('are none of ours where they only lie on the way of a call', () => {
    const decorated = { 'http.request.method': 'POST', 'gen_ai.conversation.id': 'c1', 'gen_ai.agent.name': 'a' }
    expect([...normalizeSpan(decorated).ignored]).toEqual([['not_llm', 1]])
  })
})
