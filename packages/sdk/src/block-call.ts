/** Calls that the policy does not let out: known before anything of them leaves, and recorded as calls that failed at once. */
import { detectCall } from '@inferometer/core/wire/detect'
import { type BlockedError, blockedCode } from './blocked-error.ts'
import { endpointOf } from './call-address.ts'
import { type HeaderReader, noHeaders } from './header-reader.ts'
import { maxTextBytes } from './request-text.ts'
import type { Runtime } from './runtime.ts'
import type { RequestStart } from './watcher.ts'

/** A request whose text is here. */
export interface TextStart extends RequestStart {
  readonly readBody: () => string | null
}

/** Null: it may leave. What cannot be read (a stream, a form) leaves. */
export function checkText(runtime: Runtime, start: TextStart): BlockedError | null {
  return checkBody(runtime, start, start.readBody())
}

/** The same where the text may take time to read. */
export function checkRequest(
  runtime: Runtime,
  start: RequestStart,
): BlockedError | null | Promise<BlockedError | null> {
  if (runtime.config.safety?.blocks !== true) return null
  const body = start.readBody()
  if (body instanceof Promise) return body.then((text) => checkBody(runtime, start, text))
  return checkBody(runtime, start, body)
}

function checkBody(runtime: Runtime, start: RequestStart, body: string | null): BlockedError | null {
  let error: BlockedError | null = null
  runtime.guard.run(() => {
    const request = { method: start.method, url: start.url, headers: noHeaders.get, body }
    const call = detectCall(request, endpointOf(start.url))
    error = call === null ? null : (runtime.config.safety?.check(call.readInput()) ?? null)
    if (error !== null) recordBlocked(runtime, start, error)
  })
  return error
}

function recordBlocked({ watcher }: Runtime, start: RequestStart, error: BlockedError): void {
  watcher.begin(start).onEnd('failed', { type: 'blocked', code: error.code, message: error.message })
}

/** Writes that wait until the whole prompt is known. What is too long to be read is let out as it comes. */
export class HeldWrites {
  #writes: (() => void)[] = []
  #bytes = 0
  #open = false
  isDropped = false

  /** False: write it now. */
  hold(chunk: unknown, write: () => void): boolean {
    if (this.#open) return false
    if (this.isDropped) return true
    this.#writes.push(write)
    this.#bytes += typeof chunk === 'string' || chunk instanceof Uint8Array ? chunk.length : 0
    if (this.#bytes > maxTextBytes) this.release()
    return true
  }

  release(): void {
    this.#open = true
    for (const write of this.#writes.splice(0)) write()
  }

  drop(): void {
    this.isDropped = true
    this.#writes = []
  }
}

/**
 * What fetch answers in the place of the provider. Clients made by Stainless (openai, @anthropic-ai/sdk, groq-sdk …) take any error that fetch throws for a
 * lost connection, come back twice after seconds and then throw an error of their own. They look at the headers of a response first,
 * though, outside of what they catch; so they get one that throws there, and their caller gets our error at once. A client that
 * should not look there finds a 403 that says that it must not come back.
 */
export function refuse(error: BlockedError, headers: HeaderReader): Promise<Response> {
  if (headers.get('x-stainless-retry-count') === null) return Promise.reject(error)
  const body = JSON.stringify({ error: { type: 'blocked', code: blockedCode, message: error.message } })
  const response = new Response(body, {
    status: error.status,
    headers: { 'content-type': 'application/json', 'x-should-retry': 'false' },
  })
  for (const name of ['headers', 'ok', 'status'])
    Object.defineProperty(response, name, {
      get() {
        throw error
      },
    })
  return Promise.resolve(response)
}
