// The other side of sdk-overhead: a chat completions server with prepared bytes, and an OTLP address that counts spans.
// Forked; sends its port, and answers 'spans' with the number received since the last time. Who asks for one token gets a stream of one.
import { createServer } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import { decodeTraces } from '@inferometer/core/otlp/traces'

const streamChunks = 200
const usage = { prompt_tokens: 20, completion_tokens: streamChunks, total_tokens: 20 + streamChunks }
const common = { id: 'chatcmpl-bench', created: 1, model: 'gpt-4o-mini-2024-07-18' }

const whole = JSON.stringify({
  ...common,
  object: 'chat.completion',
  choices: [{ index: 0, message: { role: 'assistant', content: 'word '.repeat(50) }, finish_reason: 'stop' }],
  usage,
})

function chunk(delta, finish = null) {
  const choices = [{ index: 0, delta, logprobs: null, finish_reason: finish }]
  return Buffer.from(
    `data: ${JSON.stringify({ ...common, object: 'chat.completion.chunk', choices, usage: null })}\n\n`,
  )
}
const chunks = [
  ...Array.from({ length: streamChunks }, (_, i) => chunk({ content: `word${i} ` })),
  chunk({}, 'stop'),
  Buffer.from(`data: ${JSON.stringify({ ...common, object: 'chat.completion.chunk', choices: [], usage })}\n\n`),
  Buffer.from('data: [DONE]\n\n'),
]

let spans = 0

function countSpans(body, encoding) {
  const { resourceSpans } = decodeTraces(encoding === 'gzip' ? gunzipSync(body) : body)
  for (const { scopeSpans } of resourceSpans) for (const scope of scopeSpans) spans += scope.spans.length
}

const server = createServer(async (request, response) => {
  const body = await buffer(request)
  if (request.url === '/v1/traces') {
    response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end()
    countSpans(body, request.headers['content-encoding'])
  } else if (body.includes('"stream":true')) {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    const parts = body.includes('"max_tokens":1') ? [...chunks.slice(0, 1), ...chunks.slice(-3)] : chunks
    for (const part of parts) {
      response.write(part)
      // Keeps the chunks apart on the line, as a model's tokens are.
      await new Promise(setImmediate)
    }
    response.end()
  } else response.writeHead(200, { 'content-type': 'application/json' }).end(whole)
})
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
process.on('message', () => {
  process.send({ spans })
  spans = 0
})
process.on('disconnect', () => process.exit())
