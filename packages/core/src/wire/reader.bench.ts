import { bench, describe } from 'vitest'
import { anthropicMessages } from './anthropic-messages.ts'
import { detectCall, findEndpoint } from './detect.ts'
import type { AnswerFormat } from './format.ts'
import { openaiChat } from './openai-chat.ts'
import { openaiResponses } from './openai-responses.ts'
import { openReader } from './reader.ts'

const encoder = new TextEncoder()
const headers = (name: string) => (name === 'content-type' ? 'text/event-stream' : null)

function chatChunks(count: number): Uint8Array[] {
  const head = `"id":"chatcmpl-${'x'.repeat(29)}","object":"chat.completion.chunk","created":1754324362,"model":"gpt-4o-mini-2024-07-18"`
  const chunk = (delta: string, finish: string, usage: string) =>
    `data: {${head},"service_tier":"default","system_fingerprint":"fp_62a23a81ef","choices":[{"index":0,"delta":${delta},"logprobs":null,"finish_reason":${finish}}],"usage":${usage},"obfuscation":"abcdef"}\n\n`
  const words = Array.from({ length: count }, (_, i) => chunk(`{"content":" word${i}"}`, 'null', 'null'))
  const all = [
    chunk('{"role":"assistant","content":"","refusal":null}', 'null', 'null'),
    ...words,
    chunk('{}', '"stop"', 'null'),
    `data: {${head},"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":${count},"total_tokens":${count + 9}}}\n\n`,
    'data: [DONE]\n\n',
  ]
  return all.map((text) => encoder.encode(text))
}

function anthropicChunks(count: number): Uint8Array[] {
  const event = (type: string, rest: string) => `event: ${type}\ndata: {"type":"${type}",${rest}}\n\n`
  const words = Array.from({ length: count }, (_, i) =>
    event('content_block_delta', `"index":0,"delta":{"type":"text_delta","text":" word${i}"}`),
  )
  const all = [
    event('message_start', '"message":{"id":"msg_1","model":"claude","usage":{"input_tokens":9,"output_tokens":1}}'),
    event('content_block_start', '"index":0,"content_block":{"type":"text","text":""}'),
    ...words,
    event('content_block_stop', '"index":0'),
    event('message_delta', '"delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":200}'),
    event('message_stop', '"x":0'),
  ]
  return all.map((text) => encoder.encode(text))
}

function responsesChunks(count: number): Uint8Array[] {
  const event = (type: string, rest: string) =>
    `event: ${type}\ndata: {"type":"${type}","sequence_number":1,${rest}}\n\n`
  const head = '"id":"resp_1","object":"response","model":"gpt-5"'
  const words = Array.from({ length: count }, (_, i) =>
    event(
      'response.output_text.delta',
      `"item_id":"msg_${'0'.repeat(48)}","output_index":0,"content_index":0,"delta":" word${i}","logprobs":[],"obfuscation":"abcdefgh"`,
    ),
  )
  const text = Array.from({ length: count }, (_, i) => ` word${i}`).join('')
  const all = [
    event('response.created', `"response":{${head},"status":"in_progress","output":[],"error":null}`),
    ...words,
    event(
      'response.completed',
      `"response":{${head},"status":"completed","error":null,"output":[{"type":"message","content":[{"type":"output_text","text":"${text}"}]}],"usage":{"input_tokens":9,"output_tokens":200}}`,
    ),
  ]
  return all.map((text) => encoder.encode(text))
}

function readAll(format: AnswerFormat, chunks: readonly Uint8Array[], content: boolean): void {
  const reader = openReader(format, { status: 200, headers }, { content, streaming: true })
  for (const chunk of chunks) reader.push(chunk)
  reader.end()
}

for (const [format, chunks] of [
  [openaiChat, chatChunks(200)],
  [anthropicMessages, anthropicChunks(200)],
  [openaiResponses, responsesChunks(200)],
] as const) {
  describe(`${format.name}, 200 chunks, ${chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0)} bytes`, () => {
    bench('without content', () => readAll(format, chunks, false))
    bench('with content', () => readAll(format, chunks, true))
  })
}

describe('detection', () => {
  const other = new URL('https://shop.example.com/api/v2/orders/17?expand=items')
  const chat = new URL('https://api.openai.com/v1/chat/completions')
  const body = JSON.stringify({
    model: 'gpt-4o',
    stream: true,
    messages: [{ role: 'user', content: 'x'.repeat(2000) }],
  })
  bench('findEndpoint, another POST', () => {
    findEndpoint('POST', other)
  })
  bench('findEndpoint, a model call', () => {
    findEndpoint('POST', chat)
  })
  bench('detectCall, 2 KB prompt', () => {
    detectCall({ method: 'POST', url: chat, headers, body })
  })
})
