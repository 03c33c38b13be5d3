/** The one place that asks the server. Every answer is JSON of the same origin; every failure is an `ApiError`. */

export interface Problem {
  readonly path: string
  readonly message: string
}

/** `status` 0: there was no answer. */
export class ApiError extends Error {
  readonly status: number
  readonly code: string
  readonly problems: readonly Problem[]

  constructor(message: string, details: { status: number; code: string; problems?: readonly Problem[] }) {
    super(message)
    this.name = 'ApiError'
    this.status = details.status
    this.code = details.code
    this.problems = details.problems ?? []
  }
}

/** Heard on `window` when the server asks for a key. */
export const signInNeeded = 'inferometer:sign-in-needed'

export interface Session {
  readonly asks_for_key: boolean
  /** Name of the key; null: nobody is signed in. */
  readonly name: string | null
}

const sessionPath = '/v1/session'

/** From then on a cookie that no script can read stands for the key, which is kept nowhere. */
export const signIn = (key: string): Promise<Session> => postJson<Session>(sessionPath, { key })

export async function signOut(): Promise<void> {
  await ask<Session>(sessionPath, { method: 'DELETE' })
  window.dispatchEvent(new Event(signInNeeded))
}

export const readSession = (signal?: AbortSignal): Promise<Session> => getJson<Session>(sessionPath, signal)

/** `T` is what the schema of the address promises; nothing is checked again here. */
export function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  return ask<T>(path, { method: 'GET', ...(signal && { signal }) })
}

export function postJson<T>(path: string, body: unknown, signal?: AbortSignal): Promise<T> {
  return ask<T>(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    ...(signal && { signal }),
  })
}

/** Server-sent events until the server ends them. Not an EventSource: that can send no header. */
export async function readEvents(
  path: string,
  onEvent: (name: string, data: unknown) => void,
  signal: AbortSignal,
): Promise<void> {
  const response = await send(path, { method: 'GET', signal })
  if (!response.ok) throw toError(response.status, await response.json().catch(() => null))
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) {
    const blocks = (text + read.value).split('\n\n')
    text = blocks.pop() ?? ''
    for (const block of blocks) {
      const [, name, data] = /^event: (\w+)\ndata: (.*)$/.exec(block) ?? []
      if (name !== undefined && data !== undefined) onEvent(name, JSON.parse(data))
    }
  }
}

function send(path: string, options: RequestInit): Promise<Response> {
  // No page of another origin can send this header, so the server knows by it that the cookie was not borrowed.
  const headers = { accept: 'application/json', 'x-inferometer-console': '1', ...options.headers }
  return fetch(path, { ...options, headers }).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new ApiError('The server does not answer. It may be restarting, or stopped: inferometer status', {
      status: 0,
      code: 'no_answer',
    })
  })
}

async function ask<T>(path: string, options: RequestInit): Promise<T> {
  const response = await send(path, options)
  const body: unknown = await response.json().catch(() => null)
  if (!response.ok) throw toError(response.status, body)
  // The server's schema holds the answer to T.
  return body as T
}

function toError(status: number, body: unknown): ApiError {
  if (status === 401) window.dispatchEvent(new Event(signInNeeded))
  const error = isErrorBody(body) ? body.error : { code: 'unknown', message: `The server answered ${status}` }
  return new ApiError(error.message, { status, code: error.code, problems: error.problems ?? [] })
}

interface ErrorBody {
  readonly error: { readonly code: string; readonly message: string; readonly problems?: readonly Problem[] }
}

function isErrorBody(body: unknown): body is ErrorBody {
  return typeof body === 'object' && body !== null && 'error' in body && typeof body.error === 'object'
}

export const isAbort = (error: unknown): boolean => error instanceof DOMException && error.name === 'AbortError'
