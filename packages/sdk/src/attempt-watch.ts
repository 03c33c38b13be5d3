import type { ErrorType } from '@inferometer/core/call'
import { parseJson } from '@inferometer/core/wire/json'
import type { DetectedCall, ResponseParts, ResponseReader } from '@inferometer/core/wire/wire'
import { watchAbort } from './abort-watch.ts'
import { isRetryableStatus } from './attempts.ts'
import { BodyWatch } from './body-watch.ts'
import type { Clock } from './clock.ts'
import type { CallContext } from './context.ts'
import type { Failure } from './failure.ts'
import type { HeaderReader } from './header-reader.ts'
import type { Later } from './later.ts'
import type { ParentSpan } from './parent-span.ts'
import type { RequestMarks } from './request-marks.ts'

/** What a client may hand to `fetch` again, as the same objects, when it repeats a request. */
export interface RequestOrigin {
  readonly init: object | null
  readonly signal: AbortSignal | null
}

/** A request to an address where models are called. Holds on to nothing that leads to the application's request or response. */
export interface ObservedRequest {
  readonly method: string
  readonly url: URL
  readonly marks: RequestMarks
  /** The request's text; null when it cannot be read. Called once, some time after the request went out. */
  readonly readBody: () => string | null | Promise<string | null>
  readonly startMs: number
  readonly startUs: number
  readonly context: CallContext
  readonly parent: ParentSpan | null
}

export interface ObservedResponse {
  readonly status: number
  readonly headers: HeaderReader
}

/** `broken`: the body ended early. `cancelled`: the application stopped reading. `failed`: no response. */
export type Outcome = 'complete' | 'broken' | 'cancelled' | 'failed'

/** What an attempt needs of its surroundings. */
export interface AttemptHost {
  readonly clock: Clock
  readonly later: Later<AttemptWatch>
  readonly run: (action: () => void) => void
  readonly stallThresholdMs: number
  readonly keepsContent: boolean
  /** Null: no model call. */
  detect(request: ObservedRequest, body: string | null): DetectedCall | null
  opened(attempt: AttemptWatch): void
  ignored(attempt: AttemptWatch): void
  /** It has a status or failure that is worth repeating: its repetition may come any time from now. */
  failedForNow(attempt: AttemptWatch): void
  closed(attempt: AttemptWatch): void
}

/** A stream only where one was asked for. */
const wholeTypes = /^application\/json/i

/** Says it is one JSON value, which an application gets at once if it does not ask for the stream. */
export function isWhole({ headers }: ObservedResponse): boolean {
  return wholeTypes.test(headers.get('content-type') ?? '')
}

/** A body that waits to be read is read at the latest when it holds so much. */
const maxWaitingBytes = 512 * 1024

/** One HTTP request that may be a model call, from its sending to the last byte of its answer. */
export class AttemptWatch {
  readonly request: ObservedRequest
  readonly #host: AttemptHost
  #state: 'new' | 'reading' | 'open' | 'ignored' | 'closed' = 'new'
  #reader: ResponseReader | null = null
  #mayStream = true
  bodyText: string | null = null
  detected: DetectedCall | null = null
  response: ObservedResponse | null = null
  /** Null until there is something in it. */
  body: BodyWatch | null = null
  /** The text of a whole answer that waits to be read. */
  #text: string | null = null
  failure: Failure | null = null
  outcome: Outcome | null = null
  parts: ResponseParts | null = null
  lastMs: number
  /** Null once it is clear that nobody repeats the request: it leads to much of what the application made for it. */
  origin: RequestOrigin | null
  abortedByTimer = false
  #stopAbortWatch: (() => void) | null = null

  constructor(request: ObservedRequest, origin: RequestOrigin | null, host: AttemptHost) {
    this.request = request
    this.origin = origin
    this.#host = host
    this.lastMs = request.startMs
  }

  get httpStatus(): number | null {
    return this.response?.status ?? null
  }

  get open(): boolean {
    return this.#state !== 'closed' && this.#state !== 'ignored'
  }

  /** Null: it worked. */
  get errorType(): ErrorType | null {
    if (this.failure !== null) return this.failure.type
    if (this.outcome === 'cancelled' && this.parts?.status !== 'error' && this.parts?.streamComplete !== true)
      return 'cancelled'
    return this.parts?.errorType ?? null
  }

  get isRetryable(): boolean {
    if (this.response === null) return this.failure !== null && this.#isRetryableFailure(this.failure)
    const { status, headers } = this.response
    if (status >= 400) return isRetryableStatus(status, headers.get('x-should-retry'))
    return this.outcome === 'broken' && this.detected?.streaming === false && this.failure?.type !== 'cancelled'
  }

  /** A client that counts its attempts aborts one that takes too long as an application would: only a repetition tells. */
  #isRetryableFailure(failure: Failure): boolean {
    if (failure.type === 'blocked') return false
    const { retryHeader, identity } = this.request.marks
    return failure.type !== 'cancelled' || retryHeader !== null || identity !== null
  }

  get durationMs(): number {
    return this.lastMs - this.request.startMs
  }

  /**
   * It took the whole seconds that the client says it waits at most. Of less than a second it says 0: who allows so little hardly
   * aborts by hand before that, so every abort of such a call is taken for the client's timer.
   */
  get exceededTimeout(): boolean {
    const { timeoutSeconds } = this.request.marks
    return timeoutSeconds !== null && this.durationMs >= timeoutSeconds * 1000
  }

  /** Everything the model wrote. Null when it is not known. */
  readOutput(): string | null {
    return this.#reader?.readOutput() ?? null
  }

  onHeaders(response: ObservedResponse): void {
    this.lastMs = this.#host.clock.nowMs()
    this.response = response
    // Its repetition may come any time from now.
    if (response.status >= 400) this.settle()
  }

  /** The text of the whole answer. */
  onText(text: string): void {
    if (this.outcome !== null || !this.open) return
    this.#text = text
    this.onEnd('complete', null)
  }

  /** The whole answer as somebody parsed it, before anybody can change it. */
  onWhole(value: unknown): void {
    if (this.outcome !== null || !this.open) return
    this.settle()
    if (this.#reader !== null) this.#reader.readWhole(value)
    // Its request is a Request whose body is not read yet.
    else this.#text = JSON.stringify(value)
    this.onEnd('complete', null)
  }

  /** The call is recorded: what its answer was read from is needed no more. */
  release(): void {
    this.body?.release()
    this.#reader = null
  }

  /** `askedMs`: when the application asked for the chunk. */
  onChunk(chunk: Uint8Array, askedMs: number): void {
    if (this.response === null || !this.open) return
    this.body ??= new BodyWatch(this.#host.clock, this.#host.stallThresholdMs)
    this.lastMs = this.body.push(chunk, askedMs)
    if (this.body.waitingBytes > maxWaitingBytes) this.settle()
  }

  /** The first end counts. */
  onEnd(outcome: Outcome, failure: Failure | null): void {
    if (this.outcome !== null) return
    this.outcome = outcome
    this.failure = failure
    this.lastMs = this.#host.clock.nowMs()
    this.#stopAbortWatch?.()
    if (failure === null && this.response !== null && this.response.status < 400) this.origin = null
    if (failure === null) this.#host.later.add(this)
    else this.settle()
  }

  /**
   * Many clients leave a stream there when they have read its last event, or an error, without cancelling it: no end would ever be
   * told. The call ended with its last chunk.
   */
  endIfDelivered(): void {
    if (this.body === null || this.outcome !== null) return
    this.settle()
    if (this.#reader?.hasEnded() !== true) return
    this.outcome = 'complete'
    this.settle()
  }

  /** Whoever waits this long may be given up by a timer. Only for those, as to listen costs more than anything else in a call. */
  listenForAbort(): void {
    const signal = this.origin?.signal
    if (!signal || this.#stopAbortWatch !== null || this.outcome !== null) return
    this.#stopAbortWatch = watchAbort(signal, () => {
      this.abortedByTimer = true
    })
  }

  /** The process or the instrument stops, or nobody reads the answer: what has arrived is the call. */
  abandon(): void {
    this.#stopAbortWatch?.()
    this.outcome ??= 'cancelled'
    this.settle()
  }

  /** Takes every step that what is known by now allows. */
  settle(): void {
    if (this.#state === 'new') this.#identify()
    if (this.#state !== 'open') return
    if (this.response !== null) this.#read(this.response)
    if (this.outcome !== null) this.#close()
  }

  #identify(): void {
    const body = this.request.readBody()
    if (body === null || typeof body === 'string') {
      this.#setBody(body)
      return
    }
    this.#state = 'reading'
    const set = (text: string | null) =>
      this.#host.run(() => {
        this.#setBody(text)
        this.settle()
      })
    body.then(set, () => set(null))
  }

  #setBody(text: string | null): void {
    this.bodyText = text
    this.detected = this.#host.detect(this.request, text)
    this.#state = this.detected === null ? 'ignored' : 'open'
    if (this.detected !== null) this.#host.opened(this)
    else this.#host.ignored(this)
  }

  #read(response: ObservedResponse): void {
    const { detected, body } = this
    if (detected === null) return
    if (this.#reader === null) {
      const wireResponse = { status: response.status, headers: response.headers.get }
      this.#mayStream = detected.streaming || !isWhole(response)
      this.#reader = detected.openResponse(wireResponse, { content: this.#host.keepsContent })
      if (response.status >= 400 && this.isRetryable) this.#host.failedForNow(this)
    }
    body?.drain(this.#reader, this.#mayStream)
    if (this.#text !== null) this.#readText(this.#reader, this.#text)
  }

  #readText(reader: ResponseReader, text: string): void {
    this.#text = null
    const value = parseJson(text)
    if (value === undefined) reader.push(new TextEncoder().encode(text))
    else reader.readWhole(value)
  }

  #close(): void {
    this.#state = 'closed'
    this.parts = this.#reader?.end() ?? null
    this.#host.closed(this)
  }
}
