import { describe, expect, test } from 'vitest'
import { type CallCase, type Names, readCall, readNode, toEvent } from '../spans.cases.ts'

const json = JSON.stringify

const calls: readonly CallCase[] = [
  {
    what: 'Strands: its own name for the provider, milliseconds under the name of seconds, Bedrock counts beside the cache',
    attributes: {
      'gen_ai.system': 'strands-agents',
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': 'us.anthropic.claude-sonnet-4-20250514-v1:0',
      'gen_ai.usage.prompt_tokens': 100,
      'gen_ai.usage.input_tokens': 100,
      'gen_ai.usage.completion_tokens': 20,
      'gen_ai.usage.output_tokens': 20,
      'gen_ai.usage.total_tokens': 1_120,
      'gen_ai.usage.cache_read_input_tokens': 1_000,
      'gen_ai.usage.cache_write_input_tokens': 0,
      'gen_ai.server.time_to_first_token': 420,
    },
    change: {
      scope: 'strands.telemetry.tracer',
      content: true,
      events: [
        toEvent('gen_ai.user.message', { content: json([{ text: 'Hi' }]) }),
        toEvent('gen_ai.choice', {
          finish_reason: 'tool_use',
          message: json([{ text: 'Ho' }, { toolUse: { toolUseId: 't1', name: 'add', input: { a: 1 } } }]),
        }),
      ],
    },
    call: {
      source: 'strands',
      provider: 'aws.bedrock',
      inputTokens: 1_100,
      outputTokens: 20,
      cacheReadTokens: 1_000,
      ttftMs: 420,
      finishReason: 'tool_calls',
      toolCalls: [{ id: 't1', name: 'add', arguments: '{"a":1}' }],
      content: { input: [{ role: 'user', text: 'Hi' }], output: 'Ho' },
    },
  },
  {
    what: 'Google ADK: usage and answer in its own JSON, thoughts beside the candidates',
    attributes: {
      'gen_ai.system': 'gcp.vertex.agent',
      'gen_ai.request.model': 'gemini-2.5-flash',
      'gcp.vertex.agent.session_id': 's1',
      'gcp.vertex.agent.llm_request': json({
        model: 'gemini-2.5-flash',
        config: { system_instruction: 'Be brief' },
        contents: [{ role: 'user', parts: [{ text: 'Hi' }] }],
      }),
      'gcp.vertex.agent.llm_response': json({
        content: { role: 'model', parts: [{ function_call: { id: 'f1', name: 'look', args: { q: 1 } } }] },
        finish_reason: 'STOP',
        usage_metadata: {
          prompt_token_count: 10,
          candidates_token_count: 5,
          thoughts_token_count: 7,
          cached_content_token_count: 4,
          total_token_count: 22,
        },
      }),
      'gen_ai.usage.input_tokens': 10,
      'gen_ai.usage.output_tokens': 5,
    },
    change: { scope: 'gcp.vertex.agent', content: true },
    call: {
      source: 'google-adk',
      provider: 'gcp.gemini',
      inputTokens: 10,
      outputTokens: 12,
      cacheReadTokens: 4,
      reasoningTokens: 7,
      sessionId: 's1',
      toolCalls: [{ id: 'f1', name: 'look', arguments: '{"q":1}' }],
      content: {
        input: [
          { role: 'system', text: 'Be brief' },
          { role: 'user', text: 'Hi' },
        ],
      },
    },
  },
  {
    what: 'Spring AI: numbers and lists as text, `none` for what is not known',
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.system': 'openai',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.response.model': 'none',
      'gen_ai.response.finish_reasons': '["STOP"]',
      'gen_ai.usage.input_tokens': '10',
      'gen_ai.usage.output_tokens': '5',
      'gen_ai.usage.total_tokens': '15',
    },
    change: { scope: 'org.springframework.boot' },
    call: { provider: 'openai', responseModel: null, inputTokens: 10, outputTokens: 5, finishReason: 'stop' },
  },
  {
    what: 'CrewAI by OpenLLMetry: the provider in the name of the model',
    attributes: {
      'gen_ai.system': 'crewai',
      'llm.request.type': 'chat',
      'gen_ai.request.model': 'bedrock/us.anthropic.claude-3',
      'gen_ai.usage.prompt_tokens': 3,
    },
    change: { scope: 'opentelemetry.instrumentation.crewai' },
    call: { provider: 'aws.bedrock', inputTokens: 3, source: 'traceloop' },
  },
  {
    what: "OpenInference's LiteLLM instrumentation: the same",
    attributes: { 'openinference.span.kind': 'LLM', 'llm.model_name': 'openai/gpt-4o', 'llm.token_count.prompt': 3 },
    change: { scope: 'openinference.instrumentation.litellm' },
    call: { provider: 'openai', requestModel: 'openai/gpt-4o' },
  },
  {
    what: 'Mastra: the AI SDK name of the API, its own names of the details',
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.system': 'openai.responses',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.usage.input_tokens': 100,
      'gen_ai.usage.output_tokens': 10,
      'gen_ai.usage.cached_input_tokens': 64,
      'gen_ai.usage.reasoning_tokens': 3,
    },
    call: { provider: 'openai', inputTokens: 100, cacheReadTokens: 64, reasoningTokens: 3 },
  },
  {
    what: 'Sentry: names that end where others begin',
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.system': 'anthropic',
      'gen_ai.request.model': 'claude-sonnet-4-5',
      'gen_ai.usage.input_tokens': 100,
      'gen_ai.usage.input_tokens.cached': 64,
      'gen_ai.usage.input_tokens.cache_write': 5,
      'gen_ai.usage.output_tokens': 10,
      'gen_ai.usage.output_tokens.reasoning': 3,
    },
    call: { inputTokens: 100, cacheReadTokens: 64, cacheWriteTokens: 5, reasoningTokens: 3 },
  },
  {
    what: "Pydantic AI: Google's thoughts as a detail of an inclusive count",
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.system': 'google-gla',
      'gen_ai.request.model': 'gemini-2.5-pro',
      'gen_ai.usage.input_tokens': 10,
      'gen_ai.usage.output_tokens': 12,
      'gen_ai.usage.details.thoughts_tokens': 7,
    },
    change: { scope: 'pydantic-ai' },
    call: { provider: 'gcp.gemini', outputTokens: 12, reasoningTokens: 7 },
  },
  {
    what: "OpenLLMetry's Google instrumentation: thoughts are in the total alone",
    attributes: {
      'gen_ai.system': 'Google',
      'llm.request.type': 'completion',
      'gen_ai.request.model': 'gemini-2.5-pro',
      'gen_ai.usage.prompt_tokens': 10,
      'gen_ai.usage.completion_tokens': 5,
      'llm.usage.total_tokens': 22,
    },
    change: { scope: 'opentelemetry.instrumentation.google_generativeai' },
    call: { inputTokens: 10, outputTokens: 12, reasoningTokens: null },
  },
]

describe('frameworks', () => {
  test.each(calls)('normalizeTraces() reads $what', ({ attributes, change, call }) => {
    expect(readCall(attributes, change)).toMatchObject(call)
  })

  const cycle: Names = { 'event_loop.cycle_id': 'x' }
  test.each<[string, Names, string, string]>([
    [
      'a cycle of Strands',
      { ...cycle, 'gen_ai.operation.name': 'execute_event_loop_cycle' },
      'strands.telemetry.tracer',
      'step',
    ],
    ['an older cycle of Strands', cycle, 'strands.telemetry.tracer', 'step'],
    [
      'an agent of Strands with the sum of its calls',
      { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.usage.input_tokens': 5 },
      'strands.telemetry.tracer',
      'agent',
    ],
    ['a tool of ADK', { 'gcp.vertex.agent.tool_call_args': '{}' }, 'gcp.vertex.agent', 'tool'],
    ['an invocation of ADK', {}, 'gcp.vertex.agent', 'span'],
    [
      'the chat client of Spring AI',
      { 'gen_ai.operation.name': 'framework', 'gen_ai.system': 'spring_ai' },
      'org.springframework.boot',
      'span',
    ],
  ])('normalizeTraces() keeps %s as a node', (_what, attributes, scope, kind) => {
    expect(readNode(attributes, { scope }).kind).toBe(kind)
  })

  test('costs that emitters computed are not taken for ours', () => {
    const cost = { 'gen_ai.usage.cost': 1, 'operation.cost': 2, 'llm.cost.total': 3, 'gen_ai.cost.total_cost': 4 }
    expect(readCall({ 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'm', ...cost }).costNanoUsd).toBeNull()
  })
})
