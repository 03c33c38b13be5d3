import http from 'node:http'
import https from 'node:https'

/** Where to, with what headers. Credentials in the URL are sent as HTTP basic authentication. */
export interface Address {
  readonly endpoint: string
  readonly headers: Readonly<Record<string, string>>
}

export type PostAnswer =
  | { readonly kind: 'answered'; readonly status: number; readonly retryAfterMs: number | null; readonly body: Buffer }
  | { readonly kind: 'failed'; readonly reason: 'unreachable' | 'timeout' | 'stopped'; readonly message: string }

export interface Poster {
  /** Never rejects. */
  post(body: Uint8Array, request: PostRequest): Promise<PostAnswer>
  close(): void
}

export interface PostRequest {
  readonly headers: Readonly<Record<string, string>>
  /** Cuts the request off. */
  readonly signal: AbortSignal
}

export interface PosterOptions extends Address {
  readonly userAgent: string
  readonly timeoutMs?: number
}

const defaultTimeoutMs = 30_000
/** Answers are short; of a longer one the beginning is enough to see what is wrong. */
const answerBytes = 64 * 1024

/** One connection that is kept: batches of one destination go out one after the other. */
export function createPoster(options: PosterOptions): Poster {
  const url = new URL(options.endpoint)
  const client = url.protocol === 'https:' ? https : http
  const agent = new client.Agent({ keepAlive: true, maxSockets: 1 })
  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs

  const send = (body: Uint8Array, { headers, signal }: PostRequest, isSecond: boolean): Promise<PostAnswer> =>
    new Promise((resolve) => {
      const allHeaders = { 'user-agent': options.userAgent, ...options.headers, ...headers }
      const request = client.request(url, {
        method: 'POST',
        agent,
        headers: { ...allHeaders, 'content-length': body.byteLength },
      })
      let cutOff: Failed | null = null
      const cut = (why: Failed) => {
        cutOff = why
        request.destroy(new Error(why.message))
      }
      const stop = () => cut(stopped)
      const timer = setTimeout(() => cut(timedOut), timeoutMs)
      // By hand and taken off again: a signal made of two would stay with the long-lived one.
      signal.addEventListener('abort', stop)
      const settle = (answer: PostAnswer | Promise<PostAnswer>) => {
        clearTimeout(timer)
        signal.removeEventListener('abort', stop)
        resolve(answer)
      }
      const fail = (error: NodeJS.ErrnoException) => {
        // The destination closed an idle connection at the moment we used it: that is no outage.
        const wasIdle = cutOff === null && request.reusedSocket && error.code === 'ECONNRESET'
        if (wasIdle && !isSecond) settle(send(body, { headers, signal }, true))
        else settle(cutOff ?? toUnreachable(error))
      }
      request.on('error', fail)
      request.on('response', (response) => readAnswer(response).then(settle, fail))
      request.end(body)
    })
  return { post: (body, request) => send(body, request, false), close: () => agent.destroy() }
}

async function readAnswer(response: http.IncomingMessage): Promise<PostAnswer> {
  const kept: Buffer[] = []
  let bytes = 0
  for await (const chunk of response) {
    if (bytes < answerBytes) kept.push(chunk)
    bytes += chunk.length
  }
  return {
    kind: 'answered',
    status: response.statusCode ?? 0,
    retryAfterMs: readRetryAfterMs(response.headers['retry-after']),
    body: Buffer.concat(kept),
  }
}

/** Seconds, or a date. Source: RFC 9110, 10.2.3. */
function readRetryAfterMs(text: string | undefined): number | null {
  if (text === undefined || text.trim() === '') return null
  const seconds = Number(text)
  if (!Number.isNaN(seconds)) return seconds >= 0 ? seconds * 1_000 : null
  const date = Date.parse(text)
  return Number.isNaN(date) ? null : Math.max(0, date - Date.now())
}

type Failed = Extract<PostAnswer, { kind: 'failed' }>

const stopped: Failed = { kind: 'failed', reason: 'stopped', message: 'was cut off because the server stops' }
const timedOut: Failed = { kind: 'failed', reason: 'timeout', message: 'does not answer in time' }

function toUnreachable(error: NodeJS.ErrnoException): Failed {
  return { kind: 'failed', reason: 'unreachable', message: `cannot be reached (${error.code ?? error.name})` }
}
