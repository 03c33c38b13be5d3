import { encodeEventStreamMessage } from '../../packages/cli/src/demo/formats/aws-event-stream.ts'
import { eventStream, type Plant, sse, toArguments, type WireCase } from './wire-case.ts'

export function anthropicCases(plant: Plant): Readonly<Record<string, WireCase>> {
  const p = (place: string) => plant(`anthropic ${place}`)
  const request = {
    model: 'claude-haiku-4-5',
    max_tokens: 100,
    system: [{ type: 'text', text: p('system') }],
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: p('text') },
          { type: 'document', source: { type: 'text', data: p('document'), media_type: 'text/plain' } },
        ],
      },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: p('thinking') },
          { type: 'tool_use', id: 't', name: 'write', input: { note: p('tool input') } },
        ],
      },
      {
        role: 'user',
        content: [{ type: 'tool_result', tool_use_id: 't', content: [{ type: 'text', text: p('tool result') }] }],
      },
    ],
  }
  const content = [
    { type: 'thinking', thinking: p('thought') },
    { type: 'text', text: p('answer') },
    { type: 'tool_use', id: 't', name: 'write', input: { note: p('tool call') } },
  ]
  const usage = { input_tokens: 9, output_tokens: 5 }
  const answer = {
    id: 'm',
    type: 'message',
    role: 'assistant',
    model: 'claude-haiku-4-5',
    content,
    stop_reason: 'tool_use',
    usage,
  }
  const delta = (index: number, body: object) => ({ type: 'content_block_delta', index, delta: body })
  return {
    anthropic: { path: '/v1/messages', request, answer },
    'anthropic stream': {
      path: '/v1/messages',
      request: { ...request, stream: true },
      answer: sse(
        [
          { type: 'message_start', message: { ...answer, content: [] } },
          { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
          delta(0, { type: 'text_delta', text: p('text delta') }),
          {
            type: 'content_block_start',
            index: 1,
            content_block: { type: 'tool_use', id: 't', name: 'write', input: {} },
          },
          delta(1, { type: 'input_json_delta', partial_json: toArguments(p('json delta')) }),
          delta(2, { type: 'thinking_delta', thinking: p('thinking delta') }),
          { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage },
          { type: 'message_stop' },
        ],
        true,
      ),
      contentType: eventStream,
    },
    'bedrock invoke': {
      path: '/model/us.anthropic.claude-haiku-4-5-v1:0/invoke',
      request: { ...request, anthropic_version: 'bedrock-2023-05-31' },
      answer,
    },
  }
}

export function googleCases(plant: Plant): Readonly<Record<string, WireCase>> {
  const p = (place: string) => plant(`gemini ${place}`)
  const request = {
    systemInstruction: { parts: [{ text: p('system') }] },
    contents: [
      {
        role: 'user',
        parts: [
          { text: p('text') },
          { inlineData: { mimeType: 'text/plain', data: Buffer.from(p('inline')).toString('base64') } },
        ],
      },
      { role: 'model', parts: [{ functionCall: { name: 'write', args: { note: p('call') } } }] },
      { role: 'user', parts: [{ functionResponse: { name: 'write', response: { note: p('result') } } }] },
    ],
  }
  const parts = (place: string) => [
    { text: p(`${place} thought`), thought: true },
    { text: p(`${place} answer`) },
    { functionCall: { name: 'write', args: { note: p(`${place} function`) } } },
  ]
  const answer = (place: string) => ({
    candidates: [{ content: { role: 'model', parts: parts(place) }, finishReason: 'STOP' }],
    modelVersion: 'gemini-2.5-flash',
    usageMetadata: { promptTokenCount: 9, candidatesTokenCount: 5, totalTokenCount: 14 },
  })
  const path = (method: string) => `/v1beta/models/gemini-2.5-flash:${method}`
  return {
    gemini: { path: path('generateContent'), request, answer: answer('whole') },
    'gemini stream': {
      path: `${path('streamGenerateContent')}?alt=sse`,
      request,
      answer: sse([answer('chunk')]),
      contentType: eventStream,
    },
  }
}

export function otherCases(plant: Plant): Readonly<Record<string, WireCase>> {
  const p = (place: string) => plant(place)
  const converse = {
    system: [{ text: p('converse system') }],
    messages: [
      {
        role: 'user',
        content: [
          { text: p('converse text') },
          { document: { name: 'd', format: 'txt', source: { text: p('converse document') } } },
        ],
      },
      {
        role: 'assistant',
        content: [{ toolUse: { toolUseId: 't', name: 'write', input: { note: p('converse tool') } } }],
      },
      {
        role: 'user',
        content: [{ toolResult: { toolUseId: 't', content: [{ json: { note: p('converse result') } }] } }],
      },
    ],
  }
  const usage = { inputTokens: 9, outputTokens: 5, totalTokens: 14 }
  const event = (name: string, payload: object) =>
    encodeEventStreamMessage(
      { ':event-type': name, ':message-type': 'event', ':content-type': 'application/json' },
      payload,
    )
  const cohere = {
    model: 'command-r-plus',
    stream: false,
    messages: [
      { role: 'system', content: p('cohere system') },
      { role: 'user', content: p('cohere text') },
    ],
    documents: [{ data: { text: p('cohere document') } }],
  }
  const ollama = { model: 'llama3.2', stream: false, messages: [{ role: 'user', content: p('ollama text') }] }
  const said = (place: string) => ({
    role: 'assistant',
    content: p(`ollama ${place}`),
    thinking: p(`ollama ${place} thinking`),
    tool_calls: [{ function: { name: 'write', arguments: { note: p(`ollama ${place} tool`) } } }],
  })
  const counts = { done: true, done_reason: 'stop', prompt_eval_count: 9, eval_count: 5 }
  return {
    'bedrock converse': {
      path: '/model/us.amazon.nova-lite-v1:0/converse',
      request: converse,
      answer: {
        output: {
          message: {
            role: 'assistant',
            content: [
              { text: p('converse answer') },
              { toolUse: { toolUseId: 't', name: 'write', input: { note: p('converse call') } } },
            ],
          },
        },
        stopReason: 'tool_use',
        usage,
      },
    },
    'bedrock converse stream': {
      path: '/model/us.amazon.nova-lite-v1:0/converse-stream',
      request: converse,
      answer: Buffer.concat([
        event('messageStart', { role: 'assistant' }),
        event('contentBlockDelta', { contentBlockIndex: 0, delta: { text: p('converse delta') } }),
        event('messageStop', { stopReason: 'end_turn' }),
        event('metadata', { usage }),
      ]),
      contentType: 'application/vnd.amazon.eventstream',
    },
    'cohere v2': {
      path: '/v2/chat',
      request: cohere,
      answer: {
        id: 'c',
        finish_reason: 'COMPLETE',
        message: {
          role: 'assistant',
          tool_plan: p('cohere plan'),
          content: [{ type: 'text', text: p('cohere answer') }],
          tool_calls: [
            { id: 't', type: 'function', function: { name: 'write', arguments: toArguments(p('cohere tool')) } },
          ],
        },
        usage: { tokens: { input_tokens: 9, output_tokens: 5 } },
      },
    },
    'cohere v1': {
      path: '/v1/chat',
      request: {
        model: 'command-r',
        stream: false,
        message: p('cohere message'),
        preamble: p('cohere preamble'),
        chat_history: [{ role: 'USER', message: p('cohere history') }],
      },
      answer: {
        generation_id: 'g',
        text: p('cohere v1 answer'),
        finish_reason: 'COMPLETE',
        meta: { tokens: { input_tokens: 9, output_tokens: 5 } },
      },
    },
    'ollama chat': {
      path: '/api/chat',
      request: ollama,
      answer: { model: 'llama3.2', message: said('whole'), ...counts },
    },
    'ollama chat stream': {
      path: '/api/chat',
      request: { ...ollama, stream: true },
      answer: [
        { model: 'llama3.2', message: said('line'), done: false },
        { model: 'llama3.2', message: { role: 'assistant', content: '' }, ...counts },
      ]
        .map((line) => `${JSON.stringify(line)}\n`)
        .join(''),
      contentType: 'application/x-ndjson',
    },
    'ollama generate': {
      path: '/api/generate',
      request: { model: 'llama3.2', stream: false, prompt: p('ollama prompt'), system: p('ollama system') },
      answer: { model: 'llama3.2', response: p('ollama response'), thinking: p('ollama thinking'), ...counts },
    },
  }
}
