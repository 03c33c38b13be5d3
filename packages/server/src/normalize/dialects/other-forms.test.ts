/** Forms of known dialects that no recording has: made by hand, by first versions, by one instrumentation on top of another. */
import type { AnyValue } from '@inferometer/core/otlp/model'
import { describe, expect, it } from 'vitest'
import { type CallCase, readCall, readNode } from '../spans.cases.ts'

const json = JSON.stringify
const chat = { 'gen_ai.operation.name': 'chat', 'gen_ai.provider.name': 'openai', 'gen_ai.request.model': 'gpt-4o' }
const usage = { 'gen_ai.usage.input_tokens': 10, 'gen_ai.usage.output_tokens': 5 }
const numbers = { inputTokens: 10, outputTokens: 5 }
const input = [{ role: 'user', parts: [{ type: 'text', content: 'Where is it?' }] }]
const output = [
  {
    role: 'assistant',
    parts: [
      { type: 'text', content: 'I look.' },
      { type: 'tool_call', id: 'c1', name: 'look', arguments: { at: 1 } },
    ],
    finish_reason: 'tool_call',
  },
]
const said = {
  finishReason: 'tool_calls',
  toolCalls: [{ id: 'c1', name: 'look', arguments: '{"at":1}' }],
  content: { input: [{ role: 'user', text: 'Where is it?' }], output: 'I look.' },
}
const events = json([
  { 'event.name': 'gen_ai.user.message', role: 'user', content: 'Where is it?' },
  {
    'event.name': 'gen_ai.choice',
    index: 0,
    finish_reason: 'tool_calls',
    message: {
      role: 'assistant',
      content: 'I look.',
      tool_calls: [{ id: 'c1', type: 'function', function: { name: 'look', arguments: '{"at":1}' } }],
    },
  },
])

const calls: readonly CallCase[] = [
  {
    what: 'messages as structured values',
    attributes: {
      ...chat,
      'gen_ai.input.messages': input as AnyValue,
      'gen_ai.output.messages': output as AnyValue,
    },
    change: { content: true },
    call: said,
  },
  {
    what: 'messages as a list of JSON texts',
    attributes: {
      ...chat,
      'gen_ai.input.messages': input.map((message) => json(message)),
      'gen_ai.output.messages': output.map((message) => json(message)),
    },
    change: { content: true },
    call: said,
  },
  {
    what: 'messages as JSON that was encoded twice',
    attributes: {
      ...chat,
      'gen_ai.input.messages': json(json(input)),
      'gen_ai.output.messages': json(json(output)),
    },
    change: { content: true },
    call: said,
  },
  {
    what: "details of usage in OpenAI's names, dotted",
    attributes: {
      ...chat,
      ...usage,
      'gen_ai.usage.input_tokens_details.cached_tokens': 4,
      'gen_ai.usage.output_tokens_details.reasoning_tokens': 2,
    },
    call: { ...numbers, cacheReadTokens: 4, reasoningTokens: 2 },
  },
  {
    what: 'details of usage as JSON text',
    attributes: {
      ...chat,
      ...usage,
      'gen_ai.usage.prompt_tokens_details': json({ cached_tokens: 4 }),
      'gen_ai.usage.completion_tokens_details': json({ reasoning_tokens: 2 }),
    },
    call: { ...numbers, cacheReadTokens: 4, reasoningTokens: 2 },
  },
  {
    what: "details of usage in LangChain's names",
    attributes: {
      ...chat,
      ...usage,
      'gen_ai.usage.input_token_details': json({ cache_read: 4, cache_creation: 1 }),
      'gen_ai.usage.output_token_details': json({ reasoning: 2 }),
    },
    call: { ...numbers, cacheReadTokens: 4, cacheWriteTokens: 1, reasoningTokens: 2 },
  },
  {
    what: "Semantic Kernel's first usage",
    attributes: {
      'gen_ai.operation.name': 'chat.completions',
      'gen_ai.system': 'openai',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.response.prompt_tokens': 10,
      'gen_ai.response.completion_tokens': 5,
      'gen_ai.response.finish_reason': 'FinishReason.STOP',
    },
    change: { scope: 'semantic_kernel.utils.telemetry.model_diagnostics.decorators' },
    call: { source: 'semantic-kernel', ...numbers, finishReason: 'stop' },
  },
  {
    what: "Microsoft.Extensions.AI's first usage",
    attributes: { ...chat, 'gen_ai.response.input_tokens': 10, 'gen_ai.response.output_tokens': 5 },
    change: { scope: 'Experimental.Microsoft.Extensions.AI' },
    call: { source: 'microsoft-extensions-ai', ...numbers },
  },
  {
    what: "OpenLIT's first embeddings",
    attributes: {
      'gen_ai.type': 'embedding',
      'gen_ai.system': 'openai',
      'gen_ai.request.model': 'text-embedding-3-small',
      'gen_ai.usage.prompt_tokens': 10,
    },
    change: { scope: 'openlit.otel.tracing' },
    call: { source: 'openlit', operation: 'embeddings', inputTokens: 10 },
  },
  {
    what: 'a Langfuse generation of which only the type is in its own names',
    attributes: {
      'langfuse.observation.type': 'generation',
      'gen_ai.system': 'openai',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.response.model': 'gpt-4o-2024-08-06',
      'gen_ai.response.id': 'r1',
      'gen_ai.response.finish_reasons': ['stop'],
      ...usage,
    },
    call: {
      source: 'langfuse',
      provider: 'openai',
      requestModel: 'gpt-4o',
      responseModel: 'gpt-4o-2024-08-06',
      responseId: 'r1',
      finishReason: 'stop',
      ...numbers,
    },
  },
  {
    what: 'an OpenInference call whose usage is in the answer alone, counted as its provider counts',
    attributes: {
      'openinference.span.kind': 'LLM',
      'llm.provider': 'anthropic',
      'llm.model_name': 'claude-sonnet-4-5',
      'output.value': json({ id: 'm1', usage: { input_tokens: 10, output_tokens: 5, cache_read_input_tokens: 100 } }),
    },
    call: { inputTokens: 110, outputTokens: 5, cacheReadTokens: 100, responseId: 'm1' },
  },
  {
    what: 'an OpenInference cost in two parts',
    attributes: {
      'openinference.span.kind': 'LLM',
      'llm.model_name': 'gpt-4o',
      'llm.cost.prompt': 0.000_1,
      'llm.cost.completion': 0.000_2,
    },
    call: { reportedCostNanoUsd: 300_000 },
  },
  {
    what: "LangSmith's kind in capitals",
    attributes: { 'langsmith.span.kind': 'LLM', 'gen_ai.system': 'openai', 'gen_ai.request.model': 'gpt-4o', ...usage },
    call: { source: 'langsmith', ...numbers },
  },
  {
    what: "Logfire's client with an operation: the cache stands in the provider's own usage",
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.system': 'anthropic',
      'gen_ai.request.model': 'claude-sonnet-4-5',
      'gen_ai.usage.input_tokens': 130,
      'gen_ai.usage.output_tokens': 5,
      request_data: json({ model: 'claude-sonnet-4-5' }),
      response_data: json({
        usage: { input_tokens: 10, output_tokens: 5, cache_read_input_tokens: 100, cache_creation_input_tokens: 20 },
      }),
    },
    change: { scope: 'logfire.anthropic' },
    call: { inputTokens: 130, outputTokens: 5, cacheReadTokens: 100, cacheWriteTokens: 20 },
  },
  {
    what: "Logfire's embeddings before it named operations",
    attributes: {
      'logfire.msg_template': 'Embedding Creation with {request_data[model]!r}',
      'gen_ai.system': 'openai',
      request_data: json({ model: 'text-embedding-3-small' }),
      response_data: json({ usage: { prompt_tokens: 10, total_tokens: 10 } }),
    },
    change: { scope: 'logfire.openai' },
    call: { operation: 'embeddings', inputTokens: 10 },
  },
  {
    what: "Pydantic AI's first format: messages as events in one attribute",
    attributes: { ...chat, ...usage, events },
    change: { scope: 'pydantic-ai', content: true },
    call: { source: 'pydantic-ai', ...numbers, ...said },
  },
  {
    what: "OpenAI's Agents SDK through Logfire",
    attributes: { ...chat, ...usage, response_id: 'resp_1', events },
    change: { scope: 'logfire.openai_agents', content: true },
    call: { source: 'openai-agents', responseId: 'resp_1', ...numbers, ...said },
  },
]

describe('normalizeTraces() of forms that no recording has', () => {
  it.each(calls)('reads $what', ({ attributes, change, call }) => {
    expect(readCall(attributes, change)).toMatchObject(call)
  })

  it.each([
    ["['stop']", 'stop', 'stop'],
    ["('length',)", 'length', 'length'],
    ["['tool_calls', 'stop']", 'tool_calls', 'tool_calls'],
    ['<FinishReason.MAX_TOKENS: 2>', 'length', 'FinishReason.MAX_TOKENS'],
    ['FINISH_REASON_SAFETY', 'content_filter', 'FINISH_REASON_SAFETY'],
    ['toolUse', 'tool_calls', 'toolUse'],
    ['ContentFilter', 'content_filter', 'ContentFilter'],
    [['["stop"]'], 'stop', 'stop'],
    ['stop_sequence', 'stop', 'stop_sequence'],
    ['FINISH_REASON_UNSPECIFIED', null, null],
  ])('reads the finish reason %j as %s', (reasons, finishReason, finishReasonRaw) => {
    const attributes = { ...chat, 'gen_ai.response.finish_reasons': reasons }
    expect(readCall(attributes)).toMatchObject({ finishReason, finishReasonRaw })
  })

  it.each([
    ['litellm.ContentPolicyViolationError', '', 'content_filter'],
    ['aiohttp.client_exceptions.ClientConnectorError', '', 'connection'],
    ['NoSuchModelError', '', 'invalid_request'],
    ['google.genai.errors.ClientError', '429 RESOURCE_EXHAUSTED. {}', 'rate_limit'],
    ['Azure.RequestFailedException', 'Status: 401 (Unauthorized)', 'auth'],
  ])('reads the error %s %s as %s', (type, statusMessage, errorType) => {
    expect(readCall({ ...chat, 'error.type': type }, { statusCode: 2, statusMessage }).errorType).toBe(errorType)
  })

  it.each([
    ['traceloop.association.properties.userId', 'traceloop.association.properties.chat_id'],
    ['traceloop.association.properties.user_id', 'traceloop.association.properties.session_id'],
    ['langfuse.user.id', 'langfuse.session.id'],
    ['lmnr.association.properties.user_id', 'lmnr.association.properties.session_id'],
    ['langsmith.metadata.user_id', 'langsmith.metadata.thread_id'],
  ])("reads %s and %s on another instrumentation's span", (user, session) => {
    const call = readCall(
      { ...chat, [user]: 'u-1', [session]: 's-1' },
      { scope: '@opentelemetry/instrumentation-openai' },
    )
    expect(call).toMatchObject({ userId: 'u-1', sessionId: 's-1' })
  })

  it('takes a word for nothing for no user, and asks on', () => {
    const litellm = { ...chat, 'llm.user': 'None', 'metadata.user_api_key_user_id': 'u-1' }
    expect(readCall(litellm, { scope: 'litellm' }).userId).toBe('u-1')
    expect(readCall({ ...chat, 'user.id': 'undefined' }).userId).toBeNull()
  })

  it.each([
    ['Agent run: {name!r}', { kind: 'agent', agentName: 'triage' }],
    ['Function: {name}', { kind: 'tool', toolName: 'triage' }],
    ['Handoff: {from_agent} → {to_agent}', { kind: 'step' }],
    ['OpenAI Agents trace: {name}', { kind: 'workflow' }],
  ])("keeps Logfire's %s of the Agents SDK as a node", (template, node) => {
    const attributes = { 'logfire.msg_template': template, name: 'triage' }
    expect(readNode(attributes, { scope: 'logfire.openai_agents' })).toMatchObject({ source: 'openai-agents', ...node })
  })
})
