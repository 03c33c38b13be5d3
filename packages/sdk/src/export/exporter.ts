import type { LlmCall } from '@inferometer/core/call'
import { type Clock, startTimer } from '../clock.ts'
import { CallQueue } from './queue.ts'
import { backoffMs, type SendResult, type Transport } from './retry.ts'

/** An encoded batch. */
export interface Batch {
  readonly body: Uint8Array
  readonly calls: number
}

/** Batches that wait on disk, oldest first. Nothing throws; what goes wrong is in `drops`. */
export interface Spool {
  /** False: it could not be written. */
  write(batch: Batch): boolean
  /** Takes the oldest batch that no other process has. */
  claim(): ClaimedBatch | null
  readonly waitingCalls: number
}

export interface ClaimedBatch extends Batch {
  /** Delivered, or of no use: gone for good. */
  remove(): void
  /** Waits again. */
  release(): void
}

interface MemoryBatch extends Batch {
  readonly source: readonly LlmCall[]
}

/** Counts what is lost, by reason. */
export type CountDrop = (reason: string, calls: number) => void

export interface ExporterOptions {
  readonly transport: Transport
  readonly spool: Spool | null
  readonly encode: (calls: readonly LlmCall[]) => Uint8Array
  readonly clock: Clock
  readonly run: (action: () => void) => void
  readonly onDrop: CountDrop
  readonly queueCalls: number
  readonly queueBytes: number
  readonly flushIntervalMs: number
}

const batchCalls = 512
/** A batch that makes the server fail so often is not sent again. */
const maxServerErrors = 5

/** Takes finished calls and brings them to the server: from memory while it answers, by way of the spool while it does not. */
export class Exporter {
  readonly #options: ExporterOptions
  readonly #queue: CallQueue
  #sending: MemoryBatch | null = null
  #pumping: Promise<void> | null = null
  #stopTimer: (() => void) | null = null
  #failures = 0
  #serverErrors = 0
  #blockedUntilMs = 0
  #exported = 0

  constructor(options: ExporterOptions) {
    this.#options = options
    this.#queue = new CallQueue(options.queueCalls, options.queueBytes)
  }

  get exportedCalls(): number {
    return this.#exported
  }

  get queuedCalls(): number {
    return this.#queue.size + (this.#sending?.calls ?? 0)
  }

  get spooledCalls(): number {
    return this.#options.spool?.waitingCalls ?? 0
  }

  record(call: LlmCall): void {
    if (!this.#queue.push(call)) this.#options.onDrop('queue_full', 1)
    else if (this.#stopTimer === null && this.#pumping === null) this.#arm(this.#options.flushIntervalMs)
    else if (this.#queue.size === batchCalls) this.#arm(0)
  }

  /** Looks for what an earlier process left behind. */
  start(): void {
    if (this.spooledCalls > 0) this.#arm(this.#options.flushIntervalMs)
  }

  /** Sends everything that waits; what cannot be sent is in the spool, or still in memory where there is none. */
  async flush(): Promise<void> {
    while (this.#pumping !== null) await this.#pumping
    this.#blockedUntilMs = 0
    await this.#pump()
  }

  /** At exit, when nothing can be awaited: everything to the spool. A batch under way may arrive twice; the server knows it by its ids. */
  spillNow(): void {
    this.#stop()
    if (this.#sending !== null) this.#spill(this.#sending)
    this.#sending = null
    for (let batch = this.#takeBatch(); batch !== null; batch = this.#takeBatch()) this.#spill(batch)
  }

  #arm(delayMs: number): void {
    this.#stop()
    this.#stopTimer = startTimer(delayMs, () => {
      this.#stopTimer = null
      this.#options.run(() => void this.#pump())
    })
  }

  #stop(): void {
    this.#stopTimer?.()
    this.#stopTimer = null
  }

  #pump(): Promise<void> {
    this.#pumping ??= this.#sendAll().finally(() => {
      this.#pumping = null
      if (this.#queue.size > 0 || this.spooledCalls > 0) this.#arm(this.#nextDelayMs())
    })
    return this.#pumping
  }

  #nextDelayMs(): number {
    const blockedMs = this.#blockedUntilMs - this.#options.clock.nowMs()
    // While the server is away, what is in memory goes to disk as often as it would go out.
    if (this.#queue.size > 0 && this.#options.spool !== null) return this.#options.flushIntervalMs
    return Math.max(blockedMs, this.#options.flushIntervalMs)
  }

  async #sendAll(): Promise<void> {
    const { clock, spool } = this.#options
    for (;;) {
      if (clock.nowMs() < this.#blockedUntilMs) return this.#keepQueue()
      const claimed = spool?.claim() ?? null
      const batch = claimed ?? this.#takeBatch()
      if (batch === null) return
      this.#sending = 'source' in batch ? batch : null
      const result = await this.#options.transport(batch.body)
      // At exit the batch was spilled while it was under way.
      if (claimed === null && this.#sending === null) return
      this.#sending = null
      this.#settle(batch, result)
    }
  }

  #settle(batch: MemoryBatch | ClaimedBatch, result: SendResult): void {
    const { clock, onDrop } = this.#options
    const verdict = this.#judge(result)
    if (verdict.kind === 'retry') {
      this.#failures += 1
      this.#blockedUntilMs = clock.nowMs() + backoffMs(this.#failures, verdict.retryAfterMs, Math.random)
      if ('source' in batch) this.#keep(batch)
      else batch.release()
      return
    }
    this.#failures = 0
    this.#serverErrors = 0
    if ('remove' in batch) batch.remove()
    if (verdict.kind === 'ok') this.#exported += batch.calls
    else onDrop(verdict.reason, batch.calls)
  }

  #judge(result: SendResult): SendResult {
    if (result.kind !== 'retry' || result.reason !== 'http_500') return result
    this.#serverErrors += 1
    return this.#serverErrors < maxServerErrors ? result : { kind: 'drop', reason: result.reason }
  }

  #takeBatch(): MemoryBatch | null {
    const source = this.#queue.take(batchCalls)
    return source.length === 0 ? null : { body: this.#options.encode(source), calls: source.length, source }
  }

  /** While the server is away: to disk where there is one, so that a crash loses little. */
  #keepQueue(): void {
    if (this.#options.spool === null) return
    for (let batch = this.#takeBatch(); batch !== null; batch = this.#takeBatch()) {
      if (!this.#keep(batch)) return
    }
  }

  /** False: it went back into memory. */
  #keep(batch: MemoryBatch): boolean {
    if (this.#options.spool?.write(batch) === true) return true
    const lost = this.#queue.putBack(batch.source)
    if (lost > 0) this.#options.onDrop('queue_full', lost)
    return false
  }

  #spill(batch: Batch): void {
    if (this.#options.spool?.write(batch) !== true) this.#options.onDrop('unreachable', batch.calls)
  }
}
