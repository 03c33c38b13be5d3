import http from 'node:http'
import type { AttemptWatch } from './attempt-watch.ts'
import { checkText, HeldWrites, type TextStart } from './block-call.ts'
import { findCallUrl } from './call-address.ts'
import { classifyFailure } from './failure.ts'
import { readNodeHeaders } from './header-reader.ts'
import { tapNodeBody } from './node-body.ts'
import { RequestText } from './request-text.ts'
import type { Runtime } from './runtime.ts'

const { ClientRequest } = http
type ClientRequest = http.ClientRequest

const watchKey = Symbol('inferometer.request')

/** A request to an address where models are called. */
interface RequestWatch {
  readonly runtime: Runtime
  readonly url: URL
  readonly text: RequestText
  readonly startMs: number
  readonly startUs: number
  attempt: AttemptWatch | null
  /** Null: nothing is held back. */
  readonly held: HeldWrites | null
}

interface Watched {
  [watchKey]?: RequestWatch | null
}

/**
 * Sees requests over node:http and https by way of the prototype that all of them share, so that it makes no difference how and when
 * a client took hold of `request`. Returns the function that takes it away.
 */
export function installHttpHook(readRuntime: () => Runtime | null): () => void {
  const prototype: object = ClientRequest.prototype
  const hooks: Record<string, (original: Method) => Method> = {
    write: (original) =>
      function (this: ClientRequest, ...args) {
        noteBody(this, readRuntime, args)
        const held = watchOf(this)?.held?.hold(args[0], () => original.apply(this, args))
        return held === true || original.apply(this, args)
      },
    end: (original) =>
      function (this: ClientRequest, ...args) {
        noteBody(this, readRuntime, args)
        if (!mayLeave(this)) return this
        const result = original.apply(this, args)
        noteSent(this)
        return result
      },
    emit: (original) =>
      function (this: ClientRequest, ...args) {
        noteEvent(this, args[0], args[1])
        return original.apply(this, args)
      },
    destroy: (original) =>
      function (this: ClientRequest, ...args) {
        if (!this.destroyed) noteDestroy(this, args[0])
        return original.apply(this, args)
      },
  }
  const undo = Object.entries(hooks).map(([name, make]) => replaceMethod(prototype, name, make))
  return () => {
    for (const action of undo) action()
  }
}

type Method = (this: ClientRequest, ...args: unknown[]) => unknown

function replaceMethod(prototype: object, name: string, make: (original: Method) => Method): () => void {
  const own = Object.getOwnPropertyDescriptor(prototype, name)
  const hook = make(Reflect.get(prototype, name) as Method) // a method that every request has
  Object.defineProperty(prototype, name, { value: hook, writable: true, configurable: true, enumerable: false })
  return () => {
    if (Reflect.get(prototype, name) !== hook) return
    if (own === undefined) Reflect.deleteProperty(prototype, name)
    else Object.defineProperty(prototype, name, own)
  }
}

function watchOf(request: ClientRequest): RequestWatch | null | undefined {
  return (request as Watched)[watchKey] // a symbol of ours
}

function noteBody(request: ClientRequest, readRuntime: () => Runtime | null, args: readonly unknown[]): void {
  const known = watchOf(request)
  if (known === null) return
  const runtime = known?.runtime ?? readRuntime()
  runtime?.guard.run(() => {
    const watch = known === undefined ? openWatch(request, runtime) : known
    if (watch?.attempt === null) watch.text.add(args[0], args[1])
  })
}

function openWatch(request: ClientRequest, runtime: Runtime): RequestWatch | null {
  const url = request.method === 'POST' ? findCallUrl(readAddress(request)) : null
  const watch =
    url === null
      ? null
      : {
          runtime,
          url,
          text: new RequestText(),
          startMs: runtime.clock.nowMs(),
          startUs: runtime.clock.epochUs(),
          attempt: null,
          held: runtime.config.safety?.blocks === true ? new HeldWrites() : null,
        }
  Object.defineProperty(request, watchKey, { value: watch })
  return watch
}

function readAddress(request: ClientRequest): string {
  return `${request.protocol}//${String(request.getHeader('host') ?? request.host)}${request.path}`
}

/** The whole prompt is here: lets it go, or ends the request with the policy's error, as if the connection had failed with it. */
function mayLeave(request: ClientRequest): boolean {
  const watch = watchOf(request)
  if (!watch?.held || watch.attempt !== null) return true
  // Some call `end` more than once.
  if (watch.held.isDropped) return false
  const blocked = checkText(watch.runtime, toStart(request, watch))
  if (blocked === null) {
    watch.held.release()
    return true
  }
  watch.held.drop()
  request.destroy(blocked)
  return false
}

function toStart(request: ClientRequest, { url, text, startMs, startUs }: RequestWatch): TextStart {
  const headers = readNodeHeaders(request.getHeaders())
  return { method: 'POST', url, headers, readBody: () => text.read(), startMs, startUs }
}

function noteSent(request: ClientRequest): void {
  const watch = watchOf(request)
  if (!watch || watch.attempt !== null) return
  const { runtime } = watch
  runtime.guard.run(() => {
    watch.attempt = runtime.watcher.begin(toStart(request, watch))
  })
}

function noteEvent(request: ClientRequest, event: unknown, value: unknown): void {
  const watch = watchOf(request)
  const attempt = watch?.attempt
  if (!watch || !attempt) return
  watch.runtime.guard.run(() => {
    if (event === 'response' && value instanceof http.IncomingMessage) {
      const headers = readNodeHeaders(value.headers)
      attempt.onHeaders({ status: value.statusCode ?? 0, headers })
      if (attempt.open) tapNodeBody(value, attempt, { headers, run: watch.runtime.guard.run })
    } else if (attempt.response === null && event === 'error')
      attempt.onEnd('failed', classifyFailure(value, request.destroyed && isHangUp(value) ? 'application' : 'nobody'))
    else if (attempt.response === null && event === 'close') attempt.onEnd('failed', cancelled)
  })
}

const cancelled = { type: 'cancelled', code: null, message: 'destroyed by the application' } as const

/** The error of a request that the application destroyed is the one of a connection that broke. */
function isHangUp(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ECONNRESET'
}

/** With a response the application gives up its body; without one an `error` or `close` event follows. */
function noteDestroy(request: ClientRequest, error: unknown): void {
  const watch = watchOf(request)
  const attempt = watch?.attempt
  if (!watch || !attempt || attempt.response === null) return
  watch.runtime.guard.run(() => {
    if (error instanceof Error) attempt.onEnd('broken', classifyFailure(error, 'nobody'))
    else attempt.onEnd('cancelled', null)
  })
}
