import { expect, test } from 'vitest'
import { type CallCase, readCall, toEvent } from '../spans.cases.ts'

const json = JSON.stringify

const calls: readonly CallCase[] = [
  {
    what: 'Semantic Kernel: operation names of its own and one finish reason',
    attributes: {
      'gen_ai.operation.name': 'chat.streaming_completions',
      'gen_ai.system': 'openai',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.response.finish_reason': 'FinishReason.STOP',
      'gen_ai.usage.input_tokens': 4,
      'gen_ai.usage.output_tokens': 2,
    },
    change: { scope: 'semantic_kernel.utils.telemetry.model_diagnostics' },
    call: { source: 'semantic-kernel', operation: 'chat', finishReason: 'stop' },
  },
  {
    what: 'Microsoft.Extensions.AI',
    attributes: {
      'gen_ai.operation.name': 'embeddings',
      'gen_ai.provider.name': 'az.ai.openai',
      'gen_ai.request.model': 'text-embedding-3-large',
      'gen_ai.usage.input_tokens': 8,
    },
    change: { scope: 'Experimental.Microsoft.Extensions.AI' },
    call: {
      source: 'microsoft-extensions-ai',
      operation: 'embeddings',
      provider: 'azure.ai.openai',
      outputTokens: null,
    },
  },
  {
    what: 'Azure AI: text for numbers, messages in events',
    attributes: {
      'az.namespace': 'Microsoft.CognitiveServices',
      'gen_ai.operation.name': 'chat',
      'gen_ai.system': 'az.ai.inference',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.request.temperature': '0.5',
      'gen_ai.usage.input_tokens': '31',
      'gen_ai.usage.output_tokens': '7',
    },
    change: {
      scope: 'azure.ai.inference.tracing',
      content: true,
      events: [
        toEvent('gen_ai.input.messages', {
          'gen_ai.event.content': json([{ role: 'user', parts: [{ type: 'text', content: 'q' }] }]),
        }),
        toEvent('gen_ai.output.messages', {
          'gen_ai.event.content': json([
            { role: 'assistant', parts: [{ type: 'text', content: 'a' }], finish_reason: 'stop' },
          ]),
        }),
      ],
    },
    call: {
      source: 'azure-ai',
      provider: 'azure.ai.inference',
      inputTokens: 31,
      content: { input: [{ role: 'user', text: 'q' }], output: 'a' },
    },
  },
  {
    what: 'Azure AI: the run of a hosted agent is the only span of its calls',
    attributes: {
      'az.namespace': 'Microsoft.CognitiveServices',
      'gen_ai.operation.name': 'process_thread_run',
      'gen_ai.provider.name': 'azure.ai.agents',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.usage.input_tokens': 900,
      'gen_ai.usage.output_tokens': 90,
      'gen_ai.thread.id': 'th-1',
    },
    call: { source: 'azure-ai', provider: 'azure.ai.agents', inputTokens: 900, sessionId: 'th-1' },
  },
  {
    what: 'Laminar: Traceloop names for the cache, another for reasoning',
    attributes: {
      'lmnr.span.type': 'LLM',
      'gen_ai.system': 'openai',
      'gen_ai.request.model': 'gpt-5',
      'gen_ai.usage.input_tokens': 100,
      'gen_ai.usage.output_tokens': 60,
      'llm.usage.total_tokens': 160,
      'gen_ai.usage.cache_read_input_tokens': 64,
      'gen_ai.usage.reasoning_output_tokens': 32,
      'gen_ai.response.finish_reason': 'tool-calls',
      'lmnr.association.properties.user_id': 'u-6',
      'lmnr.association.properties.session_id': 's-6',
      'lmnr.association.properties.tags': ['p'],
    },
    change: { scope: 'lmnr.tracer' },
    call: {
      source: 'laminar',
      cacheReadTokens: 64,
      reasoningTokens: 32,
      finishReason: 'tool_calls',
      userId: 'u-6',
      sessionId: 's-6',
      tags: ['p'],
    },
  },
  {
    what: 'Laminar decorates spans of Traceloop, which count in their own way',
    attributes: {
      'lmnr.span.path': ['a'],
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'anthropic',
      'gen_ai.usage.input_tokens': 50,
      'gen_ai.usage.output_tokens': 5,
      'gen_ai.usage.cache_read.input_tokens': 40,
    },
    change: { scope: '@traceloop/instrumentation-anthropic' },
    call: { source: 'traceloop', inputTokens: 90 },
  },
  {
    what: "Anthropic's own SDK: stop reason and resends of its own",
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'anthropic',
      'gen_ai.request.model': 'claude-sonnet-4-5',
      'gen_ai.response.model': 'claude-sonnet-4-5-20250929',
      'gen_ai.usage.input_tokens': 1_000,
      'gen_ai.usage.output_tokens': 100,
      'gen_ai.usage.cache_read.input_tokens': 300,
      'gen_ai.usage.cache_write.input_tokens': 600,
      'gen_ai.usage.reasoning.output_tokens': 50,
      'anthropic.message.stop_reason': 'pause_turn',
      'gen_ai.response.time_to_first_chunk': 0.5,
      'http.request.resend_count': 2,
      'http.response.status_code': 200,
    },
    change: { scope: 'com.anthropic.sdk.typescript.bedrock', name: 'anthropic.messages.create' },
    call: {
      source: 'anthropic-sdk',
      inputTokens: 1_000,
      cacheWriteTokens: 600,
      finishReason: 'other',
      finishReasonRaw: 'pause_turn',
      retryCount: 2,
      ttftMs: 500,
      httpStatus: 200,
    },
  },
  {
    what: "Mistral's own SDK: a conversation is a request of operation invoke_agent",
    attributes: {
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.provider.name': 'mistral_ai',
      'http.request.method': 'POST',
      'url.full': 'https://api.mistral.ai/v1/conversations',
      'gen_ai.usage.input_tokens': 10,
      'gen_ai.usage.output_tokens': 5,
      'gen_ai.conversation.id': 'conv-1',
    },
    change: { scope: 'mistralai_sdk_tracer', kind: 1 },
    call: { source: 'mistral-sdk', operation: 'chat', inputTokens: 10, sessionId: 'conv-1' },
  },
  {
    what: 'vLLM: a server, seconds, old names',
    attributes: {
      'gen_ai.response.model': 'meta-llama/Llama-3.1-8B',
      'gen_ai.request.id': 'cmpl-1',
      'gen_ai.usage.prompt_tokens': 12,
      'gen_ai.usage.completion_tokens': 34,
      'gen_ai.latency.time_to_first_token': 0.03,
      'gen_ai.latency.e2e': 0.7,
      'gen_ai.latency.time_in_queue': 0.001,
    },
    change: { scope: 'vllm.llm_engine', kind: 2 },
    call: { source: 'vllm', provider: 'vllm', inputTokens: 12, outputTokens: 34, ttftMs: 30, responseId: 'cmpl-1' },
  },
]

test.each(calls)('normalizeTraces() reads $what', ({ attributes, change, call }) => {
  expect(readCall(attributes, change)).toMatchObject(call)
})
