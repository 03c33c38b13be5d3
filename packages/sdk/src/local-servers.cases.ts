/** Real servers on 127.0.0.1 for the tests: one that models are called at, and one that takes exports. */
import http from 'node:http'
import zlib from 'node:zlib'
import type { LlmCall } from '@inferometer/core/call'
import { fromSpan } from '@inferometer/core/call-span'
import { decodeTraces } from '@inferometer/core/otlp/traces'

export interface LocalServer {
  readonly url: string
  readonly port: number
  close(): Promise<void>
}

export type Handler = (
  request: http.IncomingMessage,
  response: http.ServerResponse,
  body: string,
) => void | Promise<void>

export async function serve(handler: Handler, port = 0): Promise<LocalServer> {
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => void handler(request, response, Buffer.concat(chunks).toString('latin1')))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('BUG: no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

export interface Collector extends LocalServer {
  readonly calls: LlmCall[]
  readonly requests: http.IncomingHttpHeaders[]
  /** What is answered from now on. */
  answer: { status: number; headers?: Record<string, string> }
  waitFor(count: number): Promise<LlmCall[]>
}

export async function collect(port = 0): Promise<Collector> {
  const calls: LlmCall[] = []
  const requests: http.IncomingHttpHeaders[] = []
  const state: { answer: Collector['answer'] } = { answer: { status: 200 } }
  const server = await serve((request, response, text) => {
    requests.push(request.headers)
    if (state.answer.status === 200) calls.push(...decode(request, Buffer.from(text, 'latin1')))
    response.writeHead(state.answer.status, state.answer.headers).end()
  }, port)
  return Object.assign(state, server, {
    calls,
    requests,
    async waitFor(count: number) {
      for (let tries = 0; calls.length < count && tries < 500; tries += 1) await sleep(20)
      return calls
    },
  })
}

function decode(request: http.IncomingMessage, body: Buffer): LlmCall[] {
  const bytes = request.headers['content-encoding'] === 'gzip' ? zlib.gunzipSync(body) : body
  return decodeTraces(bytes).resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map((span) => {
        const result = fromSpan(span, resource)
        if (!result.ok) throw new Error(`BUG: ${result.field} ${result.reason}`)
        return result.call
      }),
    ),
  )
}

export type Fetch = typeof globalThis.fetch

export const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

export const chatPath = '/v1/chat/completions'

export function chatRequest(fields: Record<string, unknown> = {}): string {
  return JSON.stringify({ model: 'model-a', messages: [{ role: 'user', content: 'Name a river.' }], ...fields })
}

export const chatAnswer = JSON.stringify({
  id: 'chat-1',
  object: 'chat.completion',
  created: 1,
  model: 'model-a-2026',
  choices: [{ index: 0, message: { role: 'assistant', content: 'The Mondego.' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 12, completion_tokens: 4, total_tokens: 16 },
})

function event(data: unknown): string {
  return `data: ${JSON.stringify({ id: 'chat-2', object: 'chat.completion.chunk', created: 1, model: 'model-a-2026', ...(data as object) })}\n\n`
}

/** The events of a streamed chat: a role, then words, then the finish, then usage. */
export function chatEvents(words: readonly string[], options: { readonly usage?: boolean } = {}): string[] {
  const choice = (delta: unknown, finish: string | null = null) => ({
    choices: [{ index: 0, delta, finish_reason: finish }],
  })
  return [
    event(choice({ role: 'assistant', content: '' })),
    ...words.map((word) => event(choice({ content: word }))),
    event(choice({}, 'stop')),
    ...(options.usage === false
      ? []
      : [event({ choices: [], usage: { prompt_tokens: 12, completion_tokens: words.length, total_tokens: 12 } })]),
    'data: [DONE]\n\n',
  ]
}

/** Sends the pieces with a pause before each. */
export async function sendPieces(
  response: http.ServerResponse,
  pieces: readonly string[],
  pauseMs: number | ((index: number) => number) = 0,
): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'x-request-id': 'request-7' })
  response.flushHeaders()
  for (const [index, piece] of pieces.entries()) {
    const ms = typeof pauseMs === 'number' ? pauseMs : pauseMs(index)
    if (ms > 0) await sleep(ms)
    if (response.destroyed) return
    response.write(piece)
  }
  response.end()
}

export function sendJson(response: http.ServerResponse, body: string, status = 200, headers = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', 'x-request-id': 'request-7', ...headers }).end(body)
}
