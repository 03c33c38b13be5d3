import { call, type DialectCase, json, type Names, system } from './dialect-case.ts'
import type { Plant } from './wire-case.ts'

export function genAiCases(plant: Plant): Readonly<Record<string, DialectCase>> {
  const p = (place: string) => plant(`gen_ai ${place}`)
  const parts = (role: string, place: string) =>
    json([
      {
        role,
        parts: [
          { type: 'text', content: p(place) },
          { type: 'tool_call', id: 't', name: 'write', arguments: { note: p(`${place} tool`) } },
          { type: 'tool_call_response', id: 't', response: p(`${place} response`) },
          { type: 'reasoning', content: p(`${place} reasoning`) },
        ],
      },
    ])
  const messages = (place: string) => ({
    'gen_ai.input.messages': parts('user', `${place} input`),
    'gen_ai.output.messages': parts('assistant', `${place} output`),
    'gen_ai.system_instructions': json([{ type: 'text', content: p(`${place} instructions`) }]),
    'gen_ai.tool.definitions': json([{ name: 'write', description: p(`${place} definition`) }]),
  })
  const plain = (scope: string, place: string, attributes: Names = call): DialectCase => ({
    scope,
    attributes,
    content: messages(place),
  })
  return {
    'gen_ai now': plain('some.tracer', 'now'),
    'gen_ai text': {
      scope: 'some.tracer',
      attributes: system,
      content: { 'gen_ai.prompt': p('prompt'), 'gen_ai.completion': p('completion') },
    },
    'gen_ai events': {
      scope: 'other.tracer',
      attributes: call,
      content: {},
      events: [
        { name: 'gen_ai.system.message', attributes: { content: p('event system') } },
        { name: 'gen_ai.user.message', attributes: { content: p('event user') } },
        { name: 'gen_ai.tool.message', attributes: { id: 't', content: p('event tool') } },
        {
          name: 'gen_ai.choice',
          attributes: {
            finish_reason: 'stop',
            message: json({
              content: p('event choice'),
              tool_calls: [{ id: 't', function: { name: 'write', arguments: json({ note: p('event call') }) } }],
            }),
          },
        },
        { name: 'gen_ai.content.prompt', attributes: { 'gen_ai.prompt': p('event prompt') } },
        { name: 'gen_ai.content.completion', attributes: { 'gen_ai.completion': p('event completion') } },
        { name: 'gen_ai.client.inference.operation.details', attributes: messages('details') },
      ],
    },
    'semantic kernel': plain('semantic_kernel.utils.telemetry', 'kernel', {
      ...system,
      'gen_ai.operation.name': 'chat.completions',
    }),
    'microsoft extensions': plain('Experimental.Microsoft.Extensions.AI', 'microsoft'),
    'azure ai': {
      scope: 'azure.ai.inference',
      attributes: { ...system, 'az.namespace': 'Microsoft.CognitiveServices', 'gen_ai.operation.name': 'chat' },
      content: {},
      events: [
        {
          name: 'gen_ai.user.message',
          attributes: { 'gen_ai.event.content': json({ role: 'user', content: p('azure user') }) },
        },
        {
          name: 'gen_ai.choice',
          attributes: {
            'gen_ai.event.content': json({ message: { content: p('azure choice') }, finish_reason: 'stop' }),
          },
        },
      ],
    },
    'aws sdk': plain('@opentelemetry/instrumentation-aws-sdk', 'aws', {
      ...call,
      'gen_ai.provider.name': 'aws.bedrock',
    }),
    'anthropic sdk': plain('com.anthropic.sdk.typescript', 'anthropic'),
    'mistral sdk': plain('mistralai_sdk_tracer', 'mistral', { ...call, 'http.request.method': 'POST' }),
    vllm: plain('vllm.entrypoints', 'vllm', { ...system, 'gen_ai.latency.e2e': 0.5 }),
    strands: plain('strands.telemetry.tracer', 'strands'),
    litellm: plain('litellm', 'litellm', { ...call, 'litellm.call_id': '1' }),
    openlit: plain('openlit.otel.tracing', 'openlit'),
    'agent step': {
      scope: 'some.tracer',
      attributes: { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': `agent for ${plant('agent name')}` },
      content: { ...messages('agent'), 'gen_ai.agent.description': p('agent description') },
      spanName: `invoke_agent ${plant('agent span name')}`,
      isNode: true,
    },
    'tool step': {
      scope: 'some.tracer',
      attributes: { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'write' },
      content: {
        'gen_ai.tool.call.arguments': json({ note: p('tool arguments') }),
        'gen_ai.tool.call.result': json({ note: p('tool result') }),
        'gen_ai.tool.description': p('tool description'),
      },
      isNode: true,
    },
    mcp: {
      scope: 'some.tracer',
      attributes: {
        'mcp.method.name': 'tools/call',
        'gen_ai.tool.name': 'write',
        'mcp.resource.uri': `file:///${encodeURIComponent(plant('mcp uri'))}`,
      },
      content: { 'gen_ai.tool.call.arguments': json({ note: p('mcp arguments') }) },
      spanName: `tools/call ${encodeURIComponent(plant('mcp span name'))}`,
      isNode: true,
    },
  }
}
