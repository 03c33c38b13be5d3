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
      const timeout = AbortSignal.timeout(timeoutMs)
      const request = client.request(url, {
        method: 'POST',
        agent,
        headers: { 'user-agent': options.userAgent, ...options.headers, ...headers, 'content-length': body.byteLength },
        signal: AbortSignal.any([signal, timeout]),
      })
      const fail = (error: NodeJS.ErrnoException) => {
        // The destination closed an idle connection at the moment we used it: that is no outage.
        const wasIdle = request.reusedSocket && error.code === 'ECONNRESET'
        if (wasIdle && !isSecond) resolve(send(body, { headers, signal }, true))
        else resolve(describeFailure(error, { isTimeout: timeout.aborted, isStopped: signal.aborted }))
      }
      request.on('error', fail)
      request.on('response', (response) => readAnswer(response).then(resolve, fail))
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
  if (seconds >= 0) return seconds * 1_000
  const date = Date.parse(text)
  return Number.isNaN(date) ? null : Math.max(0, date - Date.now())
}

interface Cause {
  readonly isTimeout: boolean
  readonly isStopped: boolean
}

function describeFailure(error: NodeJS.ErrnoException, { isTimeout, isStopped }: Cause): PostAnswer {
  if (isStopped) return { kind: 'failed', reason: 'stopped', message: 'was cut off because the server stops' }
  if (isTimeout) return { kind: 'failed', reason: 'timeout', message: 'does not answer in time' }
  return { kind: 'failed', reason: 'unreachable', message: `cannot be reached (${error.code ?? error.name})` }
}
