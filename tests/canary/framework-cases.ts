import { call, type DialectCase, json, system } from './dialect-case.ts'
import type { Plant } from './wire-case.ts'

export function frameworkCases(plant: Plant): Readonly<Record<string, DialectCase>> {
  const p = plant
  const ask = (place: string) => json([{ role: 'user', content: p(place) }])
  const tool = (place: string) => json([{ toolCallId: 't', toolName: 'write', args: { note: p(place) } }])
  return {
    traceloop: {
      scope: 'opentelemetry.instrumentation.openai.v1',
      attributes: { ...system, 'llm.request.type': 'chat' },
      content: {
        'gen_ai.prompt.0.role': 'user',
        'gen_ai.prompt.0.content': p('traceloop prompt'),
        'gen_ai.completion.0.content': p('traceloop completion'),
        'gen_ai.completion.0.tool_calls.0.name': 'write',
        'gen_ai.completion.0.tool_calls.0.arguments': json({ note: p('traceloop tool') }),
        'llm.request.functions.0.description': p('traceloop function'),
      },
    },
    'traceloop step': {
      scope: 'traceloop.tracer',
      attributes: { 'traceloop.span.kind': 'tool', 'traceloop.entity.name': 'write' },
      content: {
        'traceloop.entity.input': json({ note: p('traceloop input') }),
        'traceloop.entity.output': json({ note: p('traceloop output') }),
      },
      isNode: true,
    },
    openinference: {
      scope: 'openinference.instrumentation.openai',
      attributes: {
        'openinference.span.kind': 'LLM',
        'llm.model_name': 'gpt-4o',
        'llm.provider': 'openai',
        'llm.token_count.prompt': 9,
        'llm.token_count.completion': 5,
      },
      content: {
        'input.value': json({ messages: [{ role: 'user', content: p('openinference input') }] }),
        'output.value': json({ choices: [{ message: { content: p('openinference output') } }] }),
        'llm.input_messages.0.message.role': 'user',
        'llm.input_messages.0.message.content': p('openinference message'),
        'llm.output_messages.0.message.content': p('openinference answer'),
        'llm.output_messages.0.message.tool_calls.0.tool_call.function.name': 'write',
        'llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments': json({
          note: p('openinference tool'),
        }),
        'llm.prompt_template.variables': json({ who: p('openinference variable') }),
      },
    },
    'openinference retriever': {
      scope: 'openinference.instrumentation.langchain',
      attributes: { 'openinference.span.kind': 'RETRIEVER' },
      content: {
        'input.value': p('retriever input'),
        'retrieval.documents.0.document.content': p('retriever document'),
      },
      isNode: true,
    },
    'vercel ai': {
      scope: 'ai',
      attributes: {
        'ai.operationId': 'ai.generateText.doGenerate',
        'ai.model.id': 'gpt-4o',
        'ai.model.provider': 'openai.chat',
        'ai.usage.promptTokens': 9,
        'ai.usage.completionTokens': 5,
        'ai.response.finishReason': 'stop',
      },
      content: {
        'ai.prompt.messages': ask('vercel prompt'),
        'ai.response.text': p('vercel text'),
        'ai.response.toolCalls': tool('vercel tool'),
        'ai.response.reasoning': p('vercel reasoning'),
      },
    },
    'vercel ai tool': {
      scope: 'ai',
      attributes: { 'ai.operationId': 'ai.toolCall', 'ai.toolCall.name': 'write' },
      content: {
        'ai.toolCall.args': json({ note: p('vercel arguments') }),
        'ai.toolCall.result': json({ note: p('vercel result') }),
      },
      isNode: true,
    },
    langfuse: {
      scope: 'langfuse-sdk',
      attributes: {
        'langfuse.observation.type': 'generation',
        'langfuse.observation.model.name': 'gpt-4o',
        'langfuse.observation.usage_details': json({ input: 9, output: 5 }),
        'langfuse.observation.level': 'ERROR',
        'langfuse.observation.status_message': p('langfuse status'),
      },
      content: {
        'langfuse.observation.input': ask('langfuse input'),
        'langfuse.observation.output': json({ role: 'assistant', content: p('langfuse output') }),
        'langfuse.observation.metadata.note': p('langfuse metadata'),
        'langfuse.trace.input': p('langfuse trace input'),
      },
    },
    langsmith: {
      scope: 'langsmith',
      attributes: { ...system, 'langsmith.span.kind': 'llm', 'langsmith.metadata.ls_provider': 'openai' },
      content: {
        'gen_ai.prompt': json({ messages: [{ role: 'user', content: p('langsmith prompt') }] }),
        'gen_ai.completion': json({
          choices: [{ message: { role: 'assistant', content: p('langsmith completion') } }],
        }),
        'langsmith.metadata.note': p('langsmith metadata'),
      },
    },
    laminar: {
      scope: 'lmnr.tracer',
      attributes: { ...system, 'lmnr.span.type': 'LLM' },
      content: {
        'lmnr.span.input': ask('laminar input'),
        'lmnr.span.output': json([{ role: 'assistant', content: p('laminar output') }]),
      },
    },
    'pydantic ai': {
      scope: 'pydantic-ai',
      attributes: call,
      content: {
        'gen_ai.input.messages': json([{ role: 'user', parts: [{ type: 'text', content: p('pydantic input') }] }]),
        'gen_ai.output.messages': json([
          { role: 'assistant', parts: [{ type: 'text', content: p('pydantic output') }] },
        ]),
        'logfire.msg': p('pydantic message'),
      },
    },
    logfire: {
      scope: 'logfire.openai',
      attributes: { 'gen_ai.request.model': 'gpt-4o', 'gen_ai.system': 'openai' },
      content: {
        request_data: json({ model: 'gpt-4o', messages: [{ role: 'user', content: p('logfire request') }] }),
        response_data: json({
          message: { role: 'assistant', content: p('logfire response') },
          usage: { prompt_tokens: 9, completion_tokens: 5 },
        }),
        'logfire.msg': p('logfire message'),
      },
    },
    'google adk': {
      scope: 'gcp.vertex.agent',
      attributes: {
        'gen_ai.operation.name': 'generate_content',
        'gen_ai.system': 'gcp.vertex.agent',
        'gen_ai.request.model': 'gemini-2.5-flash',
      },
      content: {
        'gcp.vertex.agent.llm_request': json({
          model: 'gemini-2.5-flash',
          config: { system_instruction: p('adk system') },
          contents: [{ role: 'user', parts: [{ text: p('adk request') }] }],
        }),
        'gcp.vertex.agent.llm_response': json({
          content: {
            role: 'model',
            parts: [{ text: p('adk response') }, { function_call: { name: 'write', args: { note: p('adk tool') } } }],
          },
          usage_metadata: { prompt_token_count: 9, candidates_token_count: 5 },
        }),
      },
    },
    inferometer: {
      scope: '@inferometer/sdk',
      attributes: { ...call, 'inferometer.source': 'inferometer-sdk' },
      content: {
        'gen_ai.input.messages': json([{ role: 'user', parts: [{ type: 'text', content: p('native input') }] }]),
        'gen_ai.output.messages': json([{ role: 'assistant', parts: [{ type: 'text', content: p('native output') }] }]),
        'inferometer.tool_calls': json([{ id: 't', name: 'write', arguments: json({ note: p('native tool') }) }]),
        'inferometer.error.message': p('native error'),
        'inferometer.error.code': p('native code'),
        'inferometer.finish_reason.raw': p('native finish'),
      },
    },
  }
}
