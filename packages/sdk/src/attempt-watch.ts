import type { ErrorType } from '@inferometer/core/call'
import type { DetectedCall, ResponseParts } from '@inferometer/core/wire/wire'
import { isRetryableStatus } from './attempts.ts'
import { BodyWatch } from './body-watch.ts'
import type { Clock } from './clock.ts'
import type { CallContext } from './context.ts'
import type { Failure } from './failure.ts'
import type { HeaderReader } from './header-reader.ts'
import type { Later } from './later.ts'
import type { ParentSpan } from './parent-span.ts'

/** A request to an address where models are called. */
export interface ObservedRequest {
  readonly method: string
  readonly url: URL
  readonly headers: HeaderReader
  /** The request's text; null when it cannot be read. Called once, after the request went out. */
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
  readonly later: Later
  readonly run: (action: () => void) => void
  readonly stallThresholdMs: number
  readonly keepsContent: boolean
  /** Null: no model call. */
  detect(request: ObservedRequest, body: string | null): DetectedCall | null
  opened(attempt: AttemptWatch): void
  /** It has a status or failure that is worth repeating: its repetition may come any time from now. */
  failedForNow(attempt: AttemptWatch): void
  closed(attempt: AttemptWatch): void
}

const streamTypes = /event-stream|ndjson|jsonl|eventstream|stream\+json/i

/** One HTTP request that may be a model call, from its sending to the last byte of its answer. */
export class AttemptWatch {
  readonly request: ObservedRequest
  readonly #host: AttemptHost
  #state: 'new' | 'reading' | 'open' | 'ignored' | 'closed' = 'new'
  #readerOpen = false
  bodyText: string | null = null
  detected: DetectedCall | null = null
  response: ObservedResponse | null = null
  body: BodyWatch | null = null
  failure: Failure | null = null
  outcome: Outcome | null = null
  parts: ResponseParts | null = null
  lastMs: number

  constructor(request: ObservedRequest, host: AttemptHost) {
    this.request = request
    this.#host = host
    this.lastMs = request.startMs
    host.later.add(() => this.settle())
  }

  get httpStatus(): number | null {
    return this.response?.status ?? null
  }

  /** Known to be no model call: nothing more needs to be told. */
  get ignored(): boolean {
    return this.#state === 'ignored'
  }

  get open(): boolean {
    return this.#state !== 'closed' && this.#state !== 'ignored'
  }

  /** Null: it worked. */
  get errorType(): ErrorType | null {
    if (this.failure !== null) return this.failure.type
    if (this.outcome === 'cancelled' && this.parts?.status !== 'error') return 'cancelled'
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
    return failure.type !== 'cancelled' || this.retryHeader !== null || this.identity !== null
  }

  /** Source: openai, @anthropic-ai/sdk and other clients made by Stainless. */
  get retryHeader(): number | null {
    const text = this.request.headers.get('x-stainless-retry-count')
    return text !== null && /^\d{1,3}$/.test(text) ? Number(text) : null
  }

  get durationMs(): number {
    return this.lastMs - this.request.startMs
  }

  /** It took the whole seconds that the client says it waits at most. Same source. */
  get exceededTimeout(): boolean {
    const seconds = Number(this.request.headers.get('x-stainless-timeout') ?? 0)
    return seconds > 0 && this.durationMs >= seconds * 1000
  }

  get identity(): string | null {
    const { headers } = this.request
    return headers.get('amz-sdk-invocation-id') ?? headers.get('idempotency-key')
  }

  onHeaders(response: ObservedResponse): void {
    this.lastMs = this.#host.clock.nowMs()
    this.settle()
    if (!this.open) return
    this.response = response
    this.body = this.#createBody(response)
    this.settle()
  }

  /** `askedMs`: when the application asked for the chunk. */
  onChunk(chunk: Uint8Array, askedMs: number): void {
    if (this.body !== null && this.open) this.lastMs = this.body.push(chunk, askedMs)
  }

  /** The first end counts. */
  onEnd(outcome: Outcome, failure: Failure | null): void {
    if (this.outcome !== null) return
    this.outcome = outcome
    this.failure = failure
    this.lastMs = this.#host.clock.nowMs()
    if (outcome === 'failed') this.settle()
    else this.#host.later.add(() => this.settle())
  }

  /** The process or the instrument stops, or nobody reads the answer: what has arrived is the call. */
  abandon(): void {
    this.outcome ??= 'cancelled'
    this.settle()
  }

  /** Takes every step that what is known by now allows. */
  settle(): void {
    if (this.#state === 'new') this.#identify()
    if (this.#state !== 'open') return
    if (this.response !== null) this.#openReader(this.response)
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
  }

  #createBody(response: ObservedResponse): BodyWatch {
    const { clock, run, stallThresholdMs } = this.#host
    const type = response.headers.get('content-type') ?? ''
    const timed = streamTypes.test(type) || (this.detected?.streaming ?? !type.includes('json'))
    return new BodyWatch({ clock, timed, stallThresholdMs, run })
  }

  #openReader(response: ObservedResponse): void {
    if (this.#readerOpen || this.detected === null || this.body === null) return
    this.#readerOpen = true
    const wireResponse = { status: response.status, headers: response.headers.get }
    this.body.attach(this.detected.openResponse(wireResponse, { content: this.#host.keepsContent }))
    if (response.status >= 400 && this.isRetryable) this.#host.failedForNow(this)
  }

  #close(): void {
    this.#state = 'closed'
    this.parts = this.body?.end() ?? null
    this.#host.closed(this)
  }
}
