import { expect, test } from 'vitest'
import { type CallCase, readCall } from '../spans.cases.ts'

const json = JSON.stringify

const calls: readonly CallCase[] = [
  {
    what: 'AI SDK v4: Anthropic exclusive, the cache in the metadata only',
    attributes: {
      'ai.operationId': 'ai.generateText.doGenerate',
      'ai.model.provider': 'anthropic.messages',
      'ai.model.id': 'claude-3-5-sonnet-latest',
      'ai.usage.promptTokens': 400,
      'ai.usage.completionTokens': 10,
      'gen_ai.usage.input_tokens': 400,
      'gen_ai.usage.output_tokens': 10,
      'ai.response.finishReason': 'tool-calls',
      'ai.response.id': 'msg_1',
      'ai.response.toolCalls': json([{ toolCallType: 'function', toolCallId: 'c1', toolName: 'look', args: '{}' }]),
      'ai.response.providerMetadata': json({
        anthropic: { cacheCreationInputTokens: 100, cacheReadInputTokens: 200 },
      }),
      'ai.telemetry.metadata.userId': 'u-3',
    },
    change: { scope: 'ai' },
    call: {
      source: 'vercel-ai',
      provider: 'anthropic',
      inputTokens: 700,
      cacheReadTokens: 200,
      cacheWriteTokens: 100,
      finishReason: 'tool_calls',
      toolCalls: [{ id: 'c1', name: 'look', arguments: null }],
      userId: 'u-3',
    },
  },
  {
    what: 'AI SDK v4: a stream, in milliseconds, with a tracer of another name',
    attributes: {
      'ai.operationId': 'ai.streamObject.doStream',
      'ai.model.provider': 'google.generative-ai',
      'ai.model.id': 'gemini-2.5-pro',
      'ai.usage.promptTokens': 10,
      'ai.usage.completionTokens': 5,
      'ai.stream.msToFirstChunk': 120.5,
      'ai.response.providerMetadata': json({
        google: {
          usageMetadata: { promptTokenCount: 10, candidatesTokenCount: 5, thoughtsTokenCount: 40, totalTokenCount: 55 },
        },
      }),
    },
    change: { scope: 'my-tracer' },
    call: { provider: 'gcp.gemini', outputTokens: 45, reasoningTokens: 40, ttftMs: 120.5, streaming: true },
  },
  {
    what: 'AI SDK v6: inclusive, with details',
    attributes: {
      'ai.operationId': 'ai.streamText.doStream',
      'ai.model.provider': 'anthropic.messages',
      'ai.model.id': 'claude-sonnet-4-6',
      'ai.usage.inputTokens': 1_146,
      'ai.usage.inputTokenDetails.noCacheTokens': 3,
      'ai.usage.inputTokenDetails.cacheWriteTokens': 1_143,
      'ai.usage.outputTokens': 101,
      'ai.usage.outputTokenDetails.reasoningTokens': 22,
    },
    change: { scope: 'ai' },
    call: { inputTokens: 1_146, cacheWriteTokens: 1_143, outputTokens: 101, reasoningTokens: 22 },
  },
  {
    what: 'AI SDK v6: generateObject without details is inclusive by its version',
    attributes: {
      'ai.operationId': 'ai.generateObject.doGenerate',
      'ai.model.provider': 'amazon-bedrock',
      'ai.model.id': 'anthropic.claude-sonnet-4',
      'ai.request.headers.user-agent': 'ai/6.0.326',
      'ai.usage.promptTokens': 900,
      'ai.usage.completionTokens': 9,
      'ai.response.providerMetadata': json({ bedrock: { usage: { cacheWriteInputTokens: 800 } } }),
    },
    change: { scope: 'ai' },
    call: { provider: 'aws.bedrock', inputTokens: 900, cacheWriteTokens: 800 },
  },
  {
    what: 'AI SDK v7: scope gen_ai',
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'anthropic',
      'gen_ai.request.model': 'claude-sonnet-4-6',
      'gen_ai.client.operation.time_to_first_chunk': 0.25,
      'gen_ai.response.finish_reasons': ['tool-calls'],
      'gen_ai.usage.input_tokens': 100,
      'gen_ai.usage.output_tokens': 10,
      'gen_ai.usage.cache_read.input_tokens': 90,
    },
    change: { scope: 'gen_ai' },
    call: { source: 'vercel-ai', inputTokens: 100, ttftMs: 250, streaming: true, finishReason: 'tool_calls' },
  },
]

test.each(calls)('vercelAi reads $what', ({ attributes, change, call }) => {
  expect(readCall(attributes, change)).toMatchObject(call)
})
