/**
 * Brings the committed calls, or nodes, to one destination, in their order, each at least once. The store is the queue: what is kept
 * here is a cursor, and in memory no more than the batch under way. While the destination is away not even that.
 */
import type { FastifyBaseLogger } from 'fastify'
import type { Committed, CommittedItems, Forwardable, Measures } from './committed-calls.ts'
import type { CursorFile } from './cursor-file.ts'
import { Pause } from './pause.ts'
import type { RefusedFile } from './refused-file.ts'
import { type BatchLimits, defaultBatch, splitBatch } from './split-batch.ts'
import { type Backoff, backoffMs, defaultBackoff, type Refused, type Retry, type Verdict } from './verdict.ts'

/** Counts of one destination. */
export interface DestinationMeter {
  /** Calls that were taken. */
  forwarded(count: number): void
  /** A send that failed and will be repeated. */
  failed(reason: string): void
  /** Calls that the destination will never take. */
  poisoned(reason: string, count: number): void
}

export interface Pacing {
  /** How often a destination that has everything looks for new calls. */
  readonly pollMs: number
  /** How long a cursor may be unsaved: what was sent within it is sent again after a crash. */
  readonly saveMs: number
  readonly backoff: Backoff
}

export const defaultPacing: Pacing = { pollMs: 500, saveMs: 1_000, backoff: defaultBackoff }

export interface OutboxOptions<T extends Forwardable> {
  readonly name: string
  /** Where to begin: after this call. */
  readonly seq: number
  readonly cursor: CursorFile
  readonly calls: CommittedItems<T>
  readonly measures: Measures<T>
  /** Never rejects. */
  readonly send: (calls: readonly T[], signal: AbortSignal) => Promise<Verdict>
  readonly refusedFile: RefusedFile
  readonly meter: DestinationMeter
  readonly logger: FastifyBaseLogger
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number
  readonly batch?: BatchLimits
  readonly pacing?: Pacing
}

export interface OutboxState {
  /** Calls committed and not yet handed over. */
  readonly pendingCalls: number
  /** How long ago the oldest of them ended, seconds; 0 when there are none. */
  readonly lagSeconds: number
  /** Why it does not get on, or null. */
  readonly problem: string | null
}

interface Failing {
  readonly message: string
  readonly since: string
}

export class Outbox<T extends Forwardable> {
  readonly #options: OutboxOptions<T>
  readonly #batch: BatchLimits
  readonly #pacing: Pacing
  readonly #pause = new Pause()
  readonly #stop = new AbortController()
  readonly #saidReasons = new Set<string>()
  readonly #running: Promise<void>
  #seq: number
  #savedSeq: number
  #savedAtMs: number
  /** When the first call of the batch under way ended; null before the first batch. */
  #reachedMs: number | null = null
  #failing: Failing | null = null
  #failures = 0
  #isClosing = false

  constructor(options: OutboxOptions<T>) {
    this.#options = options
    this.#batch = options.batch ?? defaultBatch
    this.#pacing = options.pacing ?? defaultPacing
    this.#seq = options.seq
    this.#savedSeq = options.seq
    this.#savedAtMs = performance.now()
    this.#running = this.#run()
  }

  state(): OutboxState {
    const pendingCalls = Math.max(0, this.#options.calls.state().lastSeq - this.#seq)
    const waitedMs = pendingCalls === 0 || this.#reachedMs === null ? 0 : this.#options.now() - this.#reachedMs
    const problem = this.#failing === null ? null : `${this.#failing.message} since ${this.#failing.since}`
    return { pendingCalls, lagSeconds: Math.max(0, waitedMs / 1_000), problem }
  }

  /** What is up to here is never asked for again. */
  get savedSeq(): number {
    return this.#savedSeq
  }

  /** Hands over what is left where the destination takes it, for at most `graceMs`, and saves the cursor. */
  async close(graceMs: number): Promise<void> {
    this.#isClosing = true
    this.#pause.end()
    const timer = setTimeout(() => this.#stop.abort(), graceMs)
    await this.#running
    clearTimeout(timer)
    await this.#save()
  }

  async #run(): Promise<void> {
    for (;;) {
      const pauseMs = await this.#drain()
      await this.#saveIfDue()
      const isStuck = this.#failing !== null || this.#stop.signal.aborted
      if (this.#isClosing && (isStuck || this.state().pendingCalls === 0)) return
      await this.#pause.wait(pauseMs)
      if (this.#isClosing && isStuck) return
    }
  }

  /** Sends until there is nothing left or the destination fails. Answers how long to wait then. */
  async #drain(): Promise<number> {
    const { calls } = this.#options
    // Only a damaged store goes back. Its next calls have seqs that were used before.
    const { lastSeq } = calls.state()
    this.#seq = Math.min(this.#seq, lastSeq)
    if (this.#seq === lastSeq) return this.#pacing.pollMs
    const failure = await this.#sendAfter(this.#seq)
    if (this.#stop.signal.aborted) return this.#pacing.pollMs
    if (failure !== null) return this.#failed(failure)
    // Seqs at the end may be of calls that are gone.
    this.#seq = Math.max(this.#seq, lastSeq)
    return this.#pacing.pollMs
  }

  async #sendAfter(seq: number): Promise<Retry | null> {
    const failures: Retry[] = []
    try {
      await this.#options.calls.readAfter(seq, async (batch) => {
        for (const part of splitBatch(batch, this.#batch, this.#options.measures.textChars)) {
          const failure = await this.#deliver(part)
          if (failure !== null) failures.push(failure)
          if (failure !== null || this.#stop.signal.aborted) return 'stop'
          await this.#saveIfDue()
        }
        return undefined
      })
      return failures[0] ?? null
    } catch (error) {
      this.#options.logger.debug({ err: error }, 'cannot read the calls to forward')
      return { kind: 'retry', reason: 'store', message: 'waits because the store cannot be read', retryAfterMs: null }
    }
  }

  /** A part that is refused is halved until the calls at fault stand alone. Answers why it could not go on, if so. */
  async #deliver(part: readonly Committed<T>[]): Promise<Retry | null> {
    const [first] = part
    if (first === undefined || this.#stop.signal.aborted) return null
    this.#reachedMs = first.call.startTimeUs / 1_000 + this.#options.measures.durationMs(first.call)
    const verdict = await this.#options.send(
      part.map(({ call }) => call),
      this.#stop.signal,
    )
    if (verdict.kind === 'retry') return verdict
    this.#recovered()
    if (verdict.kind === 'taken') this.#taken(part, verdict.rejected)
    else if (part.length === 1) await this.#setAside(first, verdict)
    else {
      const middle = part.length >> 1
      return (await this.#deliver(part.slice(0, middle))) ?? this.#deliver(part.slice(middle))
    }
    return null
  }

  #taken(part: readonly Committed<T>[], rejected: number): void {
    const { meter } = this.#options
    const left = Math.min(rejected, part.length)
    meter.forwarded(part.length - left)
    if (left > 0) {
      meter.poisoned('partial_success', left)
      this.#warnOnce('partial_success', 'took a batch and says it left items out')
    }
    this.#seq = part.at(-1)?.seq ?? this.#seq
  }

  async #setAside(refused: Committed<T>, verdict: Refused): Promise<void> {
    const { meter, refusedFile, logger, name } = this.#options
    meter.poisoned(verdict.reason, 1)
    this.#warnOnce(verdict.reason, `refuses calls (${verdict.reason}); which and why is in ${refusedFile.path}`)
    await refusedFile.add(refused, verdict).catch((error: unknown) => {
      logger.warn({ err: error, destination: name }, 'cannot write down a call that was refused')
    })
    this.#seq = refused.seq
  }

  #warnOnce(reason: string, what: string): void {
    if (this.#saidReasons.has(reason)) return
    this.#saidReasons.add(reason)
    this.#options.logger.warn({ destination: this.#options.name }, `the destination ${what}`)
  }

  #failed({ reason, message, retryAfterMs }: Retry): number {
    const { meter, logger, name, now } = this.#options
    this.#failures += 1
    meter.failed(reason)
    if (this.#failing?.message !== message) {
      const since = this.#failing?.since ?? new Date(now()).toISOString()
      this.#failing = { message, since }
      logger.warn({ destination: name }, `the destination ${message}; calls wait in the store`)
    }
    return backoffMs(this.#failures, retryAfterMs, this.#pacing.backoff)
  }

  #recovered(): void {
    this.#failures = 0
    if (this.#failing === null) return
    this.#options.logger.info({ destination: this.#options.name, since: this.#failing.since }, 'forwarding goes on')
    this.#failing = null
  }

  async #saveIfDue(): Promise<void> {
    if (performance.now() - this.#savedAtMs >= this.#pacing.saveMs) await this.#save()
  }

  async #save(): Promise<void> {
    const seq = this.#seq
    if (seq === this.#savedSeq) return
    this.#savedAtMs = performance.now()
    try {
      await this.#options.cursor.save(seq)
      this.#savedSeq = seq
    } catch (error) {
      // A full disk: after a restart the calls since the last cursor are sent once more.
      this.#options.logger.debug({ err: error, destination: this.#options.name }, 'cannot save the cursor')
      this.#warnOnce('cursor', 'has a cursor that cannot be saved')
    }
  }
}
