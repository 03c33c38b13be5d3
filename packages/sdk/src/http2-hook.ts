import http2 from 'node:http2'
import { syncBuiltinESMExports } from 'node:module'
import type { AttemptWatch } from './attempt-watch.ts'
import { checkText, HeldWrites, type TextStart } from './block-call.ts'
import { findCallUrl } from './call-address.ts'
import { classifyFailure } from './failure.ts'
import { readNodeHeaders } from './header-reader.ts'
import { tapNodeBody } from './node-body.ts'
import { RequestText } from './request-text.ts'
import type { Runtime } from './runtime.ts'

type Connect = typeof http2.connect
type Session = http2.ClientHttp2Session
type Stream = http2.ClientHttp2Stream

/**
 * Sees requests over node:http2. Node shows the session's class to nobody, so `connect` is replaced, as named import too, and
 * leads to it. Returns the function that takes it away.
 */
export function installHttp2Hook(readRuntime: () => Runtime | null): () => void {
  const original = http2.connect
  const watched = function (this: unknown, ...args: unknown[]) {
    const session = Reflect.apply(original, this, args) as Session // what connect gives
    readRuntime()?.guard.run(() => watchSession(session, readRuntime))
    return session
  } as Connect // takes and gives what the original does
  replaceConnect(watched)
  return () => {
    if (http2.connect === watched) replaceConnect(original)
  }
}

function replaceConnect(connect: Connect): void {
  http2.connect = connect
  syncBuiltinESMExports()
}

function watchSession(session: Session, readRuntime: () => Runtime | null): void {
  const { request } = session
  session.request = function (...args) {
    const runtime = readRuntime()
    const startMs = runtime?.clock.nowMs() ?? 0
    const stream = request.apply(this, args)
    if (runtime !== null) runtime.guard.run(() => watchStream({ runtime, session, stream, startMs }))
    return stream
  }
}

interface SessionRequest {
  readonly runtime: Runtime
  readonly session: Session
  readonly stream: Stream
  readonly startMs: number
}

function watchStream({ runtime, session, stream, startMs }: SessionRequest): void {
  const sent = stream.sentHeaders
  const url = sent[':method'] === 'POST' ? findCallUrl(readAddress(session, sent)) : null
  if (url === null) return
  const text = new RequestText()
  const { guard, clock, watcher } = runtime
  const startUs = clock.epochUs()
  let attempt: AttemptWatch | null = null
  const { write, end, emit, destroy, close } = stream
  const note = (args: readonly unknown[]) => guard.run(() => text.add(args[0], args[1]))
  const call = (method: unknown, args: unknown[]) => Reflect.apply(method as () => unknown, stream, args) // methods of the stream
  const held = runtime.config.safety?.blocks === true ? new HeldWrites() : null
  const toStart = (): TextStart => {
    return { method: 'POST', url, headers: readNodeHeaders(sent), readBody: () => text.read(), startMs, startUs }
  }
  stream.write = (...args: unknown[]) => {
    note(args)
    return held?.hold(args[0], () => call(write, args)) === true || Boolean(call(write, args))
  }
  stream.end = (...args: unknown[]) => {
    note(args)
    if (held?.isDropped === true) return stream
    const blocked = held === null || attempt !== null ? null : checkText(runtime, toStart())
    if (blocked !== null) {
      held?.drop()
      stream.destroy(blocked)
      return stream
    }
    held?.release()
    call(end, args)
    guard.run(() => {
      attempt ??= watcher.begin(toStart())
    })
    return stream
  }
  stream.emit = (...args: unknown[]) => {
    // The AWS SDK takes the first word for the reason, and a stream that is destroyed before its end says this first.
    if (held?.isDropped === true && args[0] === 'aborted') return false
    guard.run(() => noteEvent(runtime, stream, { attempt, event: args[0], value: args[1] }))
    return Boolean(call(emit, args))
  }
  stream.close = (...args) => {
    guard.run(() => endEarly(attempt, isConnected(session) ? null : brokenOff))
    return close.apply(stream, args)
  }
  stream.destroy = (...args) => {
    if (!stream.destroyed) guard.run(() => endEarly(attempt, args[0] ?? readReset(stream)))
    return destroy.apply(stream, args)
  }
}

/** Node closes the streams of a lost connection by the method that applications use, and destroys those that the other side reset. */
const brokenOff = new Error('the connection broke off')

function isConnected(session: Session): boolean {
  return !session.destroyed && !session.socket.destroyed
}

function readReset({ rstCode }: Stream): Error | null {
  return rstCode ? new Error(`the server reset the stream with code ${rstCode}`) : null
}

function readAddress(session: Session, sent: http2.OutgoingHttpHeaders): string {
  const scheme = String(sent[':scheme'] ?? (session.encrypted ? 'https' : 'http'))
  return `${scheme}://${String(sent[':authority'] ?? sent.host ?? '')}${String(sent[':path'] ?? '/')}`
}

interface StreamEvent {
  readonly attempt: AttemptWatch | null
  readonly event: unknown
  readonly value: unknown
}

function noteEvent(runtime: Runtime, stream: Stream, { attempt, event, value }: StreamEvent): void {
  if (attempt === null) return
  if (event === 'response' && typeof value === 'object' && value !== null) {
    const headers = readNodeHeaders({ ...value })
    attempt.onHeaders({ status: Number(headers.get(':status') ?? 0), headers })
    if (attempt.open) tapNodeBody(stream, attempt, { headers, run: runtime.guard.run })
  } else if (attempt.response === null && event === 'error') attempt.onEnd('failed', classifyFailure(value, 'nobody'))
  else if (attempt.response === null && event === 'close') endEarly(attempt, null)
}

/** The application gave up: before the answer, or in the middle of it. */
function endEarly(attempt: AttemptWatch | null, error: Error | null): void {
  if (attempt === null || attempt.outcome !== null) return
  const outcome = attempt.response === null ? 'failed' : 'broken'
  const failure =
    error === null
      ? ({ type: 'cancelled', code: null, message: 'closed by the application' } as const)
      : classifyFailure(error, 'nobody')
  attempt.onEnd(outcome, failure)
}
