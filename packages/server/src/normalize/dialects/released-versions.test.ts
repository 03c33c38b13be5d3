/** Versions and providers whose spans differ from those of the same emitter in the other tables. */
import { expect, test } from 'vitest'
import { type CallCase, readCall, readNode, toEvent } from '../spans.cases.ts'

const json = JSON.stringify
const inner = { 'ai.model.provider': 'anthropic.messages', 'ai.model.id': 'claude-sonnet-4-5' }

const calls: readonly CallCase[] = [
  {
    what: 'AI SDK v5: a stream with names of v6, and Anthropic beside the cache still',
    attributes: {
      ...inner,
      'ai.operationId': 'ai.streamText.doStream',
      'ai.usage.inputTokens': 20,
      'ai.usage.outputTokens': 7,
      'ai.usage.totalTokens': 27,
      'ai.usage.cachedInputTokens': 900,
      'ai.response.msToFirstChunk': 120,
      'ai.response.finishReason': 'tool-calls',
      'ai.response.toolCalls': json([{ toolCallId: 't1', toolName: 'look', input: '{}' }]),
      'ai.request.headers.user-agent': 'ai/5.0.277',
    },
    change: { scope: 'ai' },
    call: {
      inputTokens: 920,
      cacheReadTokens: 900,
      outputTokens: 7,
      ttftMs: 120,
      streaming: true,
      finishReason: 'tool_calls',
    },
  },
  {
    what: "AI SDK v5: Google's thoughts beside the output",
    attributes: {
      'ai.operationId': 'ai.generateText.doGenerate',
      'ai.model.provider': 'google.generative-ai',
      'ai.model.id': 'gemini-2.5-pro',
      'ai.usage.promptTokens': 10,
      'ai.usage.completionTokens': 5,
      'ai.response.providerMetadata': json({
        google: { usageMetadata: { promptTokenCount: 10, candidatesTokenCount: 5, thoughtsTokenCount: 40 } },
      }),
    },
    change: { scope: 'ai' },
    call: { provider: 'gcp.gemini', inputTokens: 10, outputTokens: 45, reasoningTokens: 40 },
  },
  {
    what: 'AI SDK v6: streamObject, first chunk under its own name, reasoning in the output',
    attributes: {
      ...inner,
      'ai.operationId': 'ai.streamObject.doStream',
      'ai.usage.inputTokens': 1_000,
      'ai.usage.inputTokenDetails.noCacheTokens': 100,
      'ai.usage.inputTokenDetails.cacheReadTokens': 900,
      'ai.usage.outputTokens': 60,
      'ai.usage.outputTokenDetails.reasoningTokens': 40,
      'ai.stream.msToFirstChunk': 80,
    },
    change: { scope: 'ai' },
    call: { inputTokens: 1_000, cacheReadTokens: 900, outputTokens: 60, reasoningTokens: 40, ttftMs: 80 },
  },
  {
    what: 'AI SDK: the tokens of an embedding',
    attributes: { 'ai.operationId': 'ai.embed.doEmbed', 'ai.model.id': 'text-embedding-3-small', 'ai.usage.tokens': 6 },
    change: { scope: 'ai' },
    call: { operation: 'embeddings', inputTokens: 6, outputTokens: null },
  },
  {
    what: "OpenAI's Agents SDK by OpenInference: an answer of the Responses API",
    attributes: {
      'openinference.span.kind': 'LLM',
      'llm.system': 'openai',
      'llm.model_name': 'gpt-5-2025-08-07',
      'llm.invocation_parameters': json({ model: 'gpt-5' }),
      'llm.token_count.prompt': 300,
      'llm.token_count.completion': 120,
      'llm.token_count.prompt_details.cache_read': 200,
      'llm.token_count.completion_details.reasoning': 64,
      'output.value': json({ id: 'resp_1', object: 'response', model: 'gpt-5-2025-08-07', status: 'completed' }),
    },
    change: { scope: 'openinference.instrumentation.openai_agents' },
    call: {
      requestModel: 'gpt-5',
      responseModel: 'gpt-5-2025-08-07',
      responseId: 'resp_1',
      inputTokens: 300,
      cacheReadTokens: 200,
      outputTokens: 120,
      reasoningTokens: 64,
      finishReason: 'stop',
    },
  },
  {
    what: 'Microsoft.Extensions.AI: the cache within the input, modalities aside',
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-4o-audio-preview',
      'gen_ai.usage.input_tokens': 100,
      'gen_ai.usage.output_tokens': 50,
      'gen_ai.usage.cache_read.input_tokens': 64,
      'gen_ai.usage.input_audio_tokens': 30,
      'gen_ai.usage.output_audio_tokens': 40,
      'error.type': 'System.Threading.Tasks.TaskCanceledException',
    },
    change: { scope: 'Experimental.Microsoft.Extensions.AI', statusCode: 2 },
    call: { inputTokens: 100, cacheReadTokens: 64, outputTokens: 50, status: 'cancelled', errorType: 'cancelled' },
  },
  {
    what: "Anthropic's own SDK: a stream that was broken off keeps what it knows",
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'anthropic',
      'gen_ai.request.model': 'claude-opus-4-1',
      'gen_ai.request.stream': true,
      'gen_ai.usage.input_tokens': 5_000,
      'gen_ai.usage.cache_write.input_tokens': 4_000,
      'gen_ai.response.time_to_first_chunk': 0.5,
    },
    change: { scope: 'com.anthropic.sdk.typescript.node' },
    call: { inputTokens: 5_000, cacheWriteTokens: 4_000, outputTokens: null, ttftMs: 500, status: 'success' },
  },
  {
    what: 'OpenLIT for JS: older names of the cache, Anthropic beside it, a stream flag of its own',
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.system': 'anthropic',
      'gen_ai.request.model': 'claude-sonnet-4-5',
      'gen_ai.request.is_stream': true,
      'gen_ai.usage.input_tokens': 20,
      'gen_ai.usage.output_tokens': 7,
      'gen_ai.usage.prompt_tokens_details.cache_read': 900,
      'gen_ai.usage.prompt_tokens_details.cache_write': 80,
      'gen_ai.server.time_to_first_token': 0.3,
      'gen_ai.request.user': 'u',
    },
    change: { scope: '@openlit/instrumentation-anthropic' },
    call: { inputTokens: 1_000, cacheReadTokens: 900, cacheWriteTokens: 80, ttftMs: 300, streaming: true, userId: 'u' },
  },
  {
    what: "Traceloop for Python: Bedrock's own numbers, chunks as events",
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.system': 'AWS',
      'gen_ai.request.model': 'us.anthropic.claude-sonnet-4-5-v1:0',
      'gen_ai.is_streaming': true,
      'gen_ai.usage.input_tokens': 20,
      'gen_ai.usage.output_tokens': 7,
      'gen_ai.usage.cache_read_input_tokens': 900,
    },
    change: {
      scope: 'opentelemetry.instrumentation.bedrock',
      events: [toEvent('llm.content.completion.chunk', {}, 90), toEvent('llm.content.completion.chunk', {}, 40)],
    },
    call: { provider: 'aws.bedrock', inputTokens: 920, cacheReadTokens: 900, ttftMs: 40, streaming: true },
  },
]

test.each(calls)('normalizeTraces() reads $what', ({ attributes, change, call }) => {
  expect(readCall(attributes, change)).toMatchObject(call)
})

test("OpenAI's Agents SDK: agents and handoffs are steps, whatever sums they carry", () => {
  const sums = { 'llm.token_count.prompt': 900, 'llm.token_count.completion': 300 }
  const agents = { scope: 'openinference.instrumentation.openai_agents' }
  expect(readNode({ 'openinference.span.kind': 'AGENT', ...sums }, agents).kind).toBe('agent')
  const handoff = { 'traceloop.span.kind': 'handoff', 'gen_ai.agent.name': 'clerk', 'gen_ai.usage.input_tokens': 900 }
  expect(readNode(handoff, { scope: 'opentelemetry.instrumentation.openai_agents' }).kind).toBe('step')
})
