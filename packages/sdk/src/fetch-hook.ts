import { type AnswerSink, tapAnswer } from './answer-tap.ts'
import { type AttemptWatch, isWhole } from './attempt-watch.ts'
import { checkRequest, refuse } from './block-call.ts'
import { findCallUrl } from './call-address.ts'
import { type Abort, classifyFailure } from './failure.ts'
import { type HeaderReader, noHeaders, readFetchHeaders } from './header-reader.ts'
import { readsThroughStream, tapResponse } from './response-tap.ts'
import type { Runtime } from './runtime.ts'
import type { BodySink } from './stream.ts'
import { addStreamUsage } from './stream-usage.ts'
import type { RequestStart } from './watcher.ts'

export type Fetch = typeof fetch
type FetchArguments = Parameters<Fetch>

const originalKey = Symbol.for('inferometer.original-fetch')

/** The fetch below a watched one, so that no call is watched twice. */
export function unwrapFetch(fetch: Fetch): Fetch {
  const original: unknown = Reflect.get(fetch, originalKey)
  return typeof original === 'function' ? unwrapFetch(original as Fetch) : fetch // put there by watchFetch
}

/**
 * A fetch that behaves as the given one does and lets the runtime see model calls. `readRuntime` is asked at each call:
 * null passes everything on.
 */
export function watchFetch(original: Fetch, readRuntime: () => Runtime | null): Fetch {
  let inside = false
  const watched = function (this: unknown, ...args: FetchArguments) {
    const runtime = inside ? null : readRuntime()
    const call = runtime === null ? null : prepare(runtime, args)
    if (runtime === null || call === null) return original.apply(this, args)
    const blocked = checkRequest(runtime, call)
    if (blocked instanceof Promise)
      return blocked.then((error) => (error === null ? send.call(this, runtime, call) : refuse(error, call.headers)))
    return blocked === null ? send.call(this, runtime, call) : refuse(blocked, call.headers)
  }
  const send = function (this: unknown, runtime: Runtime, call: WatchedCall) {
    // A fetch that the application composed may call the global one: one request, one attempt.
    inside = true
    runtime.seen.enter()
    let sent: Promise<Response> | null = null
    try {
      sent = original.apply(this, call.args)
    } finally {
      inside = false
      if (sent === null) runtime.seen.leave()
    }
    return follow(runtime, sent, call)
  }
  Object.defineProperties(watched, {
    name: { value: original.name, configurable: true },
    length: { value: original.length, configurable: true },
    [originalKey]: { value: original },
  })
  return watched
}

/** Replaces the global fetch. Returns the function that puts the original back, unless somebody replaced ours. */
export function installFetchHook(readRuntime: () => Runtime | null): () => void {
  const original = globalThis.fetch
  if (typeof original !== 'function') return () => undefined
  const watched = watchFetch(unwrapFetch(original), readRuntime)
  globalThis.fetch = watched
  return () => {
    if (globalThis.fetch === watched) globalThis.fetch = original
  }
}

interface WatchedCall extends RequestStart {
  readonly args: FetchArguments
  readonly signal: AbortSignal | null
}

function prepare(runtime: Runtime, args: FetchArguments): WatchedCall | null {
  let call: WatchedCall | null = null
  runtime.guard.run(() => {
    call = readCall(runtime, args)
  })
  return call
}

/** Only what must be read before the request goes out. Null: no model call. */
function readCall(runtime: Runtime, args: FetchArguments): WatchedCall | null {
  const [input, init] = args
  const request = isRequest(input) ? input : null
  const method = init?.method ?? request?.method
  if (method === undefined || (method !== 'POST' && method.toUpperCase() !== 'POST')) return null
  const address = request === null ? String(input) : request.url
  const url = findCallUrl(address)
  if (url === null) return null
  const { clock, config } = runtime
  const startMs = clock.nowMs()
  const startUs = clock.epochUs()
  const headers = chooseHeaders(init, request)
  const changed = config.includeStreamUsage ? addStreamUsage(url, init, headers) : null
  return {
    method: 'POST',
    url,
    headers,
    args: changed === null ? args : [input, changed],
    readBody: bodyReader(changed ?? init, request),
    signal: init?.signal ?? request?.signal ?? null,
    origin: { init: init ?? request, signal: init?.signal ?? request?.signal ?? null },
    startMs,
    startUs,
  }
}

function isRequest(input: FetchArguments[0]): input is Request {
  return typeof input === 'object' && 'headers' in input
}

function chooseHeaders(init: RequestInit | undefined, request: Request | null): HeaderReader {
  if (init?.headers) return readFetchHeaders(init.headers)
  return request === null ? noHeaders : readFetchHeaders(request.headers)
}

/** A Request's body can only be read from a copy made before it is used; bytes may be changed once they are sent. */
function bodyReader(init: RequestInit | undefined, request: Request | null): WatchedCall['readBody'] {
  const body: unknown = init?.body
  if (typeof body === 'string') return keepText(body)
  if (body instanceof ArrayBuffer || ArrayBuffer.isView(body)) return keepText(new TextDecoder().decode(body))
  if (body !== undefined && body !== null) return keepText(null)
  if (request === null || request.body === null || request.bodyUsed) return keepText(null)
  const known = (read: string | null) => {
    text = read
    return read
  }
  let text: ReturnType<WatchedCall['readBody']> = request
    .clone()
    .text()
    .then(known, () => known(null))
  return () => text
}

function keepText(text: string | null): () => string | null {
  return () => text
}

/**
 * The caller gets a promise that follows the original: to listen to the original alone would count as handling its rejection,
 * and an application that does not handle it would no longer be told.
 */
function follow(runtime: Runtime, promise: Promise<Response>, call: WatchedCall): Promise<Response> {
  const { watcher, guard, clock, seen } = runtime
  let attempt: AttemptWatch | null = null
  guard.run(() => {
    attempt = watcher.begin(call)
  })
  const onResponse = (response: Response) => {
    seen.leave()
    if (attempt === null) return
    attempt.onHeaders({ status: response.status, headers: readFetchHeaders(response.headers) })
    if (!attempt.open) return
    const options = { sink: new ResponseSink(attempt, call.signal), nowMs: clock.nowMs, guard }
    if (attempt.response !== null && isWhole(attempt.response) && readsThroughStream()) tapAnswer(response, options)
    else tapResponse(response, options)
  }
  const onFailure = (error: unknown) => {
    seen.leave()
    if (attempt === null) return
    attempt.onEnd('failed', classifyFailure(error, readAbort(attempt, call.signal)))
  }
  return promise.then(
    (response) => {
      guard.call(onResponse, response)
      return response
    },
    (error: unknown) => {
      guard.call(onFailure, error)
      throw error
    },
  )
}

function readAbort(attempt: AttemptWatch, signal: AbortSignal | null): Abort {
  if (signal?.aborted !== true) return 'nobody'
  return attempt.abortedByTimer ? 'timer' : 'application'
}

class ResponseSink implements BodySink, AnswerSink {
  readonly #attempt: AttemptWatch
  readonly #signal: AbortSignal | null

  constructor(attempt: AttemptWatch, signal: AbortSignal | null) {
    this.#attempt = attempt
    this.#signal = signal
  }

  onChunk(chunk: Uint8Array, askedMs: number): void {
    this.#attempt.onChunk(chunk, askedMs)
  }

  onText(text: string): void {
    this.#attempt.onText(text)
  }

  onWhole(value: unknown): void {
    this.#attempt.onWhole(value)
  }

  onEnd(): void {
    this.#attempt.onEnd('complete', null)
  }

  onCancel(): void {
    this.#attempt.onEnd('cancelled', null)
  }

  onBroken(error: unknown): void {
    this.#attempt.onEnd('broken', classifyFailure(error, readAbort(this.#attempt, this.#signal)))
  }
}
