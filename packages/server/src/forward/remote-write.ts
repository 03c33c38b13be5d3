/**
 * Writes the registry to a Prometheus-compatible store every few seconds, for servers that cannot be scraped. What is
 * written are totals, so a write that fails costs resolution and never a count: the next one holds everything.
 */
import type { FastifyBaseLogger } from 'fastify'
import type { Poster } from './http-post.ts'
import type { OutboxState } from './outbox.ts'
import { Pause } from './pause.ts'
import { frameSnappy } from './snappy.ts'
import { type Backoff, backoffMs, defaultBackoff, judgeAnswer, type Retry, type Verdict } from './verdict.ts'
import { encodeWriteRequest, type Label, type Sample } from './write-request.ts'

export interface RemoteWriteOptions {
  readonly name: string
  readonly poster: Poster
  readonly listSamples: () => readonly Sample[]
  readonly labels: readonly Label[]
  readonly intervalMs: number
  readonly meter: { failed(reason: string): void }
  readonly logger: FastifyBaseLogger
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number
  readonly backoff?: Backoff
}

const samplesPerRequest = 2_000
const headers = {
  'content-type': 'application/x-protobuf',
  'content-encoding': 'snappy',
  'x-prometheus-remote-write-version': '0.1.0',
}

export class RemoteWrite {
  /** It needs no calls. */
  readonly savedSeq = Number.POSITIVE_INFINITY
  readonly #options: RemoteWriteOptions
  readonly #pause = new Pause()
  readonly #stop = new AbortController()
  readonly #running: Promise<void>
  #failing: { readonly message: string; readonly sinceMs: number } | null = null
  #failures = 0
  #isClosing = false
  #lastWriteMs: number

  constructor(options: RemoteWriteOptions) {
    this.#options = options
    this.#lastWriteMs = options.now()
    this.#running = this.#run()
  }

  /** The lag is the age of the last whole write while they fail. */
  state(): OutboxState {
    if (this.#failing === null) return { pendingCalls: 0, lagSeconds: 0, problem: null }
    const { message, sinceMs } = this.#failing
    const lagSeconds = Math.max(0, (this.#options.now() - this.#lastWriteMs) / 1_000)
    return { pendingCalls: 0, lagSeconds, problem: `${message} since ${new Date(sinceMs).toISOString()}` }
  }

  /** Writes once more, so that what was counted last is there, for at most `graceMs`. */
  async close(graceMs: number): Promise<void> {
    this.#isClosing = true
    this.#pause.end()
    const timer = setTimeout(() => this.#stop.abort(), graceMs)
    await this.#running
    clearTimeout(timer)
  }

  async #run(): Promise<void> {
    for (;;) {
      const isLast = this.#isClosing
      if (isLast && this.#failing !== null) return
      const pauseMs = await this.#write()
      if (isLast) return
      await this.#pause.wait(pauseMs)
    }
  }

  /** Answers how long to wait then. */
  async #write(): Promise<number> {
    const { listSamples, now, labels, intervalMs } = this.#options
    const samples = listSamples()
    const startMs = now()
    let isWhole = true
    for (let start = 0; start < samples.length; start += samplesPerRequest) {
      const part = samples.slice(start, start + samplesPerRequest)
      const verdict = await this.#send(encodeWriteRequest(part, { timestampMs: startMs, labels }))
      if (verdict.kind === 'retry') return this.#failed(verdict)
      if (verdict.kind === 'taken') continue
      // The specification forbids to send it again; the other samples may be fine.
      this.#note(verdict.reason, `refuses samples (${verdict.reason})`)
      isWhole = false
    }
    this.#failures = 0
    if (isWhole) this.#written(startMs)
    return Math.max(0, intervalMs - (now() - startMs))
  }

  async #send(body: Uint8Array): Promise<Verdict> {
    const answer = await this.#options.poster.post(frameSnappy(body), { headers, signal: this.#stop.signal })
    return judgeAnswer(answer)
  }

  #failed({ reason, message, retryAfterMs }: Retry): number {
    this.#failures += 1
    this.#note(reason, message)
    return backoffMs(this.#failures, retryAfterMs, this.#options.backoff ?? defaultBackoff)
  }

  #note(reason: string, message: string): void {
    const { meter, logger, name, now } = this.#options
    if (this.#stop.signal.aborted) return
    meter.failed(reason)
    if (this.#failing?.message === message) return
    this.#failing = { message, sinceMs: this.#failing?.sinceMs ?? now() }
    logger.warn({ destination: name }, `the destination ${message}`)
  }

  #written(startMs: number): void {
    this.#lastWriteMs = startMs
    if (this.#failing === null) return
    this.#options.logger.info({ destination: this.#options.name }, 'forwarding goes on')
    this.#failing = null
  }
}
