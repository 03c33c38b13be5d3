import { describe, expect, test } from 'vitest'
import { type Names, normalizeSpan, readNode, type SpanChange } from '../spans.cases.ts'

const nodes: readonly (readonly [what: string, attributes: Names, change: SpanChange, node: object])[] = [
  [
    'gen_ai agents with sums',
    { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'a', 'gen_ai.usage.input_tokens': 9 },
    {},
    { kind: 'agent', agentName: 'a' },
  ],
  [
    'gen_ai tools',
    { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'look', 'gen_ai.tool.call.id': 'c1' },
    {},
    { kind: 'tool', toolName: 'look', toolCallId: 'c1', source: 'gen_ai' },
  ],
  ['gen_ai retrievals', { 'gen_ai.operation.name': 'retrieval' }, {}, { kind: 'retrieval' }],
  ['gen_ai workflows', { 'gen_ai.operation.name': 'invoke_workflow' }, {}, { kind: 'workflow' }],
  [
    'fetched responses, which must not count',
    { 'gen_ai.operation.name': 'fetch_response', 'gen_ai.request.model': 'm' },
    {},
    { kind: 'span' },
  ],
  [
    'steps of the AI SDK v7',
    { 'gen_ai.operation.name': 'agent_step' },
    { scope: 'gen_ai' },
    { kind: 'step', source: 'vercel-ai' },
  ],
  [
    'outer spans of the AI SDK with usage',
    { 'ai.operationId': 'ai.generateText', 'ai.usage.inputTokens': 5, 'ai.telemetry.functionId': 'f' },
    { scope: 'ai' },
    { kind: 'wrapper', agentName: 'f' },
  ],
  [
    'outer embeddings of the AI SDK',
    { 'ai.operationId': 'ai.embed', 'ai.usage.tokens': 5 },
    { scope: 'ai' },
    { kind: 'wrapper' },
  ],
  [
    'tools of the AI SDK',
    { 'ai.operationId': 'ai.toolCall', 'ai.toolCall.name': 'look' },
    { scope: 'ai' },
    { kind: 'tool', toolName: 'look' },
  ],
  [
    'Traceloop workflows',
    { 'traceloop.span.kind': 'workflow', 'traceloop.entity.name': 'w' },
    { scope: 'traceloop.tracer' },
    { kind: 'workflow', source: 'traceloop' },
  ],
  [
    'Traceloop tools',
    { 'traceloop.span.kind': 'tool', 'traceloop.entity.name': 'look' },
    { scope: '@traceloop/node-server-sdk' },
    { kind: 'tool', toolName: 'look' },
  ],
  [
    'handoffs of OpenAI Agents by Traceloop',
    { 'traceloop.span.kind': 'handoff', 'gen_ai.agent.name': 'b' },
    { scope: 'opentelemetry.instrumentation.openai_agents' },
    { kind: 'step', agentName: 'b' },
  ],
  [
    'OpenInference chains with sums',
    { 'openinference.span.kind': 'CHAIN', 'llm.token_count.prompt': 5 },
    { scope: 'openinference.instrumentation.langchain' },
    { kind: 'chain' },
  ],
  [
    'OpenInference agents',
    { 'openinference.span.kind': 'AGENT', 'llm.token_count.prompt': 5 },
    { scope: 'openinference.instrumentation.openai_agents' },
    { kind: 'agent' },
  ],
  [
    'OpenInference tools',
    { 'openinference.span.kind': 'TOOL', 'tool.name': 'look' },
    {},
    { kind: 'tool', toolName: 'look' },
  ],
  ['OpenInference guardrails', { 'openinference.span.kind': 'GUARDRAIL' }, {}, { kind: 'guardrail' }],
  ['Langfuse spans', { 'langfuse.observation.type': 'span' }, { scope: 'langfuse-sdk' }, { kind: 'span' }],
  [
    'Langfuse tools',
    { 'langfuse.observation.type': 'tool' },
    { scope: 'langfuse-sdk', name: 'look' },
    { kind: 'tool', toolName: 'look' },
  ],
  [
    'LangSmith retrievers, which call themselves embeddings',
    { 'langsmith.span.kind': 'retriever', 'gen_ai.operation.name': 'embeddings', 'gen_ai.request.model': 'm' },
    {},
    { kind: 'retrieval', source: 'langsmith' },
  ],
  [
    'LangSmith prompts, which call themselves chats',
    { 'langsmith.span.kind': 'prompt', 'gen_ai.operation.name': 'chat' },
    {},
    { kind: 'prompt' },
  ],
  [
    'agents of old pydantic-ai with usage',
    { agent_name: 'a', 'gen_ai.usage.input_tokens': 5, 'gen_ai.usage.output_tokens': 5 },
    { scope: 'pydantic-ai', name: 'agent run' },
    { kind: 'agent', agentName: 'a' },
  ],
  [
    'tools of old pydantic-ai',
    { 'gen_ai.tool.name': 'look' },
    { scope: 'pydantic-ai', name: 'running tool' },
    { kind: 'tool', toolName: 'look' },
  ],
  [
    "Logfire's log after a stream",
    {
      'logfire.span_type': 'log',
      request_data: '{"model":"gpt-4o"}',
      response_data: '{"combined_chunk_content":"x"}',
      duration: 1.5,
    },
    { scope: 'logfire.openai' },
    { kind: 'span' },
  ],
  [
    'raw requests of LiteLLM',
    { 'llm.openai.model': 'gpt-4o', 'gen_ai.system': 'openai' },
    { scope: 'litellm', name: 'raw_gen_ai_request' },
    { kind: 'wrapper', source: 'litellm' },
  ],
  ['roots of the LiteLLM proxy', {}, { scope: 'litellm', name: 'Received Proxy Server Request' }, { kind: 'span' }],
  [
    'tool loops of Microsoft.Extensions.AI',
    { 'gen_ai.operation.name': 'orchestrate_tools' },
    { scope: 'Experimental.Microsoft.Extensions.AI' },
    { kind: 'step' },
  ],
  [
    'threads of Azure AI',
    { 'az.namespace': 'Microsoft.CognitiveServices', 'gen_ai.operation.name': 'create_thread' },
    {},
    { kind: 'span', source: 'azure-ai' },
  ],
  [
    'answers that Laminar had cached',
    { 'lmnr.span.type': 'CACHED', 'gen_ai.usage.input_tokens': 5 },
    { scope: 'lmnr.tracer' },
    { kind: 'wrapper' },
  ],
  ['tools of Laminar', { 'lmnr.span.type': 'TOOL' }, { scope: 'lmnr.tracer' }, { kind: 'tool' }],
  [
    "token counts of Anthropic's SDK",
    { 'gen_ai.provider.name': 'anthropic', 'gen_ai.request.model': 'm' },
    { scope: 'com.anthropic.sdk.typescript', name: 'anthropic.messages.count_tokens' },
    { kind: 'span' },
  ],
  [
    "tool runs of Anthropic's SDK",
    { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.usage.input_tokens': 5 },
    { scope: 'com.anthropic.sdk.typescript' },
    { kind: 'agent' },
  ],
  [
    'answers of a Mistral conversation',
    { 'gen_ai.operation.name': 'chat', 'gen_ai.provider.name': 'mistral_ai', 'gen_ai.response.model': 'm' },
    { scope: 'mistralai_sdk_tracer' },
    { kind: 'step' },
  ],
  [
    'MCP tools',
    { 'mcp.method.name': 'tools/call', 'gen_ai.tool.name': 'look' },
    {},
    { kind: 'tool', toolName: 'look', source: 'mcp' },
  ],
  ['other MCP requests', { 'mcp.method.name': 'initialize' }, {}, { kind: 'span', source: 'mcp' }],
]

describe('findDialect() and what it reads as nodes', () => {
  test.each(nodes)('normalizeTraces() keeps %s as nodes', (_what, attributes, change, node) => {
    expect(readNode(attributes, change)).toMatchObject(node)
  })

  test('normalizeTraces() gives a node its place, times and failure', () => {
    const change = {
      parentSpanId: 'c'.repeat(16),
      name: 'execute_tool look',
      statusCode: 2,
      statusMessage: 'boom',
    } as const
    expect(readNode({ 'gen_ai.operation.name': 'execute_tool' }, change)).toMatchObject({
      parentSpanId: 'c'.repeat(16),
      name: 'execute_tool look',
      startTimeUs: 1_780_000_000_000_000,
      durationMs: 750,
      status: 'error',
      errorType: 'other',
      serviceName: 'shop',
    })
  })
})

test.each<[string, SpanChange]>([
  ['other AWS services', { scope: '@opentelemetry/instrumentation-aws-sdk' }],
  ["plain spans of an application's tracer called ai", { scope: 'ai' }],
  ['databases that Traceloop instruments', { scope: '@traceloop/instrumentation-pinecone' }],
  ["Logfire's plain spans", { scope: 'logfire' }],
])('normalizeTraces() ignores %s', (_what, change) => {
  expect([...normalizeSpan({ 'db.system': 'x' }, change).ignored]).toEqual([['not_llm', 1]])
})
