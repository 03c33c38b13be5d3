import type { LlmCall } from '@inferometer/core/call'
import { detectCall } from '@inferometer/core/wire/detect'
import { type AttemptHost, AttemptWatch, type ObservedRequest, type RequestOrigin } from './attempt-watch.ts'
import { type AttemptFacts, AttemptMatcher, readRetryAfterMs, retryWindowMs } from './attempts.ts'
import { endpointOf } from './call-address.ts'
import { toCall } from './call-record.ts'
import { type Clock, startTimer } from './clock.ts'
import type { Config } from './config.ts'
import type { ContentKeeper } from './content-keeper.ts'
import type { ContextStore } from './context.ts'
import { type HeaderReader, noHeaders } from './header-reader.ts'
import type { Later } from './later.ts'
import { readParentSpan } from './parent-span.ts'
import { readMarks } from './request-marks.ts'

/** An answer that nobody reads, or a stream that stands still, for so long is given up. */
const idleMs = 5 * 60_000
const sweepMs = 1000
/** An answer with an error status says all that is needed; many clients do not read the rest. */
const idleErrorMs = 5000
const maxOpen = 10_000

export interface WatcherOptions {
  readonly config: Config
  readonly clock: Clock
  readonly later: Later<AttemptWatch>
  /** Runs the action when the application has had its turn. */
  readonly defer: (action: () => void) => void
  readonly run: (action: () => void) => void
  readonly content: ContentKeeper
  readonly context: ContextStore
  readonly onCall: (call: LlmCall) => void
}

/** Read when the request goes out, in the application's own flow. */
export interface RequestStart extends Omit<ObservedRequest, 'context' | 'parent' | 'marks'> {
  readonly headers: HeaderReader
  readonly origin?: RequestOrigin
}

type ReadFacts = (attempt: AttemptWatch) => AttemptFacts

class OpenCall {
  readonly attempts: AttemptWatch[]
  readonly #readFacts: ReadFacts
  #facts: AttemptFacts | null = null
  #last: AttemptWatch

  constructor(first: AttemptWatch, readFacts: ReadFacts) {
    this.attempts = [first]
    this.#last = first
    this.#readFacts = readFacts
  }

  get last(): AttemptWatch {
    return this.#last
  }

  /** Of the last attempt. Most calls never need them. */
  get facts(): AttemptFacts {
    this.#facts ??= this.#readFacts(this.#last)
    return this.#facts
  }

  get failedMs(): number {
    return this.#last.lastMs
  }

  add(attempt: AttemptWatch): void {
    this.attempts.push(attempt)
    this.#last = attempt
    this.#facts = null
  }
}

/** Follows requests to their calls: attempts come in, finished calls go out. */
export class Watcher {
  readonly #options: WatcherOptions
  readonly #host: AttemptHost
  readonly #readFacts: ReadFacts
  readonly #held = new AttemptMatcher<OpenCall>()
  readonly #calls = new Map<AttemptWatch, OpenCall>()
  readonly #open = new Set<AttemptWatch>()
  #stopSweep: (() => void) | null = null

  constructor(options: WatcherOptions) {
    this.#options = options
    this.#readFacts = (attempt) => readFacts(attempt, options.context.perFlow)
    this.#host = {
      clock: options.clock,
      later: options.later,
      run: options.run,
      stallThresholdMs: options.config.stallThresholdMs,
      keepsContent: options.content.readsAnswers,
      detect: (request, body) =>
        detectCall({ method: request.method, url: request.url, headers: noHeaders.get, body }, endpointOf(request.url)),
      opened: (attempt) => this.#join(attempt),
      ignored: (attempt) => this.#ignore(attempt),
      failedForNow: (attempt) => this.#hold(attempt),
      closed: (attempt) => this.#close(attempt),
    }
  }

  /** A request went out in the current flow. */
  begin(start: RequestStart): AttemptWatch {
    const { context, defer, run } = this.#options
    const { method, url, headers, readBody, startMs, startUs } = start
    const marks = readMarks(headers)
    const parent = readParentSpan()
    const request = { method, url, marks, readBody, startMs, startUs, context: context.get(), parent }
    const attempt = new AttemptWatch(request, start.origin ?? null, this.#host)
    this.#open.add(attempt)
    if (this.#open.size > maxOpen) this.#abandonOldest()
    // A call that waits may be repeated by this: it has to know before its time is over.
    if (this.#held.size > 0) defer(() => run(() => attempt.settle()))
    this.#armSweep()
    return attempt
  }

  #abandonOldest(): void {
    const [oldest] = this.#open
    oldest?.abandon()
  }

  /** Requests under way that are, or may turn out to be, model calls. */
  get openCalls(): number {
    return this.#open.size
  }

  get heldCalls(): number {
    return this.#held.size
  }

  /** Ends every call that only waits for a repetition. */
  releaseHeld(): void {
    for (const call of this.#held.release()) this.#finish(call)
  }

  /** Ends every call whose stream is here as far as it matters, though the application has not read to its very end. */
  endDelivered(): void {
    for (const attempt of [...this.#open]) attempt.endIfDelivered()
  }

  /** Ends every call with what has arrived. */
  abandonAll(): void {
    for (const attempt of [...this.#open]) attempt.abandon()
    this.releaseHeld()
  }

  #join(attempt: AttemptWatch): void {
    const call = this.#held.size === 0 ? null : this.#held.claim(this.#readFacts(attempt), attempt.request.startMs)
    const before = call?.last
    call?.add(attempt)
    this.#calls.set(attempt, call ?? new OpenCall(attempt, this.#readFacts))
    if (before?.open) before.abandon()
    // A client that has given up once by its timer may do so again, and repetitions are rare enough to listen to.
    if (call !== null) attempt.listenForAbort()
  }

  #ignore(attempt: AttemptWatch): void {
    this.#open.delete(attempt)
  }

  #hold(attempt: AttemptWatch): void {
    const call = this.#calls.get(attempt)
    if (call === undefined || this.#held.isHeld(call) || call.last !== attempt) return
    const { clock, config } = this.#options
    const headers = attempt.response?.headers
    const retryAfterMs = headers ? readRetryAfterMs(headers.get, clock.epochUs() / 1000) : null
    const windowMs = retryWindowMs(config.retryWindowMs, call.attempts.length, retryAfterMs)
    const pushedOut = this.#held.hold(call, clock.nowMs() + windowMs)
    if (pushedOut !== null) this.#finish(pushedOut)
    this.#armSweep()
  }

  #close(attempt: AttemptWatch): void {
    this.#open.delete(attempt)
    const call = this.#calls.get(attempt)
    if (call === undefined || call.last !== attempt) return
    if (this.#held.isHeld(call)) return
    if (attempt.isRetryable) this.#hold(attempt)
    else this.#finish(call)
  }

  #finish(call: OpenCall): void {
    for (const attempt of call.attempts) this.#calls.delete(attempt)
    if (call.last.open) call.last.abandon()
    this.#options.run(() => {
      const { config, content, onCall } = this.#options
      const record = toCall(call.attempts, { serviceName: config.serviceName, content })
      if (record !== null) onCall(record)
    })
    for (const attempt of call.attempts) attempt.release()
  }

  #armSweep(): void {
    this.#stopSweep ??= startTimer(sweepMs, () => {
      this.#stopSweep = null
      this.#options.run(() => this.#sweep())
    })
  }

  #sweep(): void {
    const nowMs = this.#options.clock.nowMs()
    for (const call of this.#held.expire(nowMs)) this.#finish(call)
    for (const attempt of [...this.#open]) {
      const quietMs = nowMs - attempt.lastMs
      const isError = (attempt.httpStatus ?? 0) >= 400
      if (quietMs > (isError ? idleErrorMs : idleMs)) attempt.abandon()
      else if (quietMs > sweepMs) attempt.endIfDelivered()
      attempt.listenForAbort()
    }
    if (this.#held.size > 0 || this.#open.size > 0) this.#armSweep()
  }
}

function readFacts(attempt: AttemptWatch, perFlow: boolean): AttemptFacts {
  const { request, bodyText, origin } = attempt
  return {
    method: request.method,
    url: request.url.href,
    body: bodyText,
    identity: request.marks.identity,
    origin,
    retryHeader: request.marks.retryHeader,
    flow: perFlow ? request.context : null,
    traceId: request.parent?.traceId ?? null,
    userId: request.context.userId ?? request.marks.userId,
    sessionId: request.context.sessionId ?? request.marks.sessionId,
  }
}
