import type { Worker } from 'node:worker_threads'
import { messageOf } from './failure.ts'
import type { Committed, DropBounds, FromWorker, ToWorker, WorkerOptions } from './messages.ts'
import type { NodeRow } from './node-rows.ts'
import type { Page } from './page.ts'
import type { Query } from './queries.ts'
import type { ResultColumns } from './read-rows.ts'
import { startWorker } from './start-worker.ts'
import type { SummedQuery } from './sums-query.ts'

export type Ready = Extract<FromWorker, { kind: 'ready' }>

export interface LinkEvents {
  readonly onCommitted: (committed: Committed) => void
  readonly onNotCommitted: (message: Extract<FromWorker, { kind: 'notCommitted' }>) => void
  /** The worker is gone without having been closed. */
  readonly onLost: (why: string) => void
}

export type DropDone = Extract<FromWorker, { kind: 'dropped' }>

interface PendingDrop {
  readonly resolve: (done: DropDone) => void
  readonly reject: (cause: Error) => void
}

/** A question in one form or two: the worker knows which is the better one. */
interface Reading {
  readonly fromCalls: Query
  readonly fromSums: SummedQuery | null
}

interface PendingRead {
  readonly reading: Reading
  /** Asked a second worker already: a read that ends workers must not go round for ever. */
  isRepeated: boolean
  readonly resolve: (columns: ResultColumns) => void
  readonly reject: (cause: Error) => void
}

/** The main thread's end of the line to the worker. It outlives a worker that gave up: reads go to the next one. */
export class WorkerLink {
  readonly #events: LinkEvents
  readonly #reads = new Map<number, PendingRead>()
  #worker: Worker | null = null
  readonly #drops = new Map<number, PendingDrop>()
  #lastRead = 0
  #onClosed: (() => void) | null = null

  constructor(events: LinkEvents) {
    this.#events = events
  }

  /** Starts a worker. Rejects with why it could not open the store. */
  start(options: WorkerOptions): Promise<Ready> {
    const worker = startWorker(options)
    return new Promise((resolve, reject) => {
      let why = 'its worker ended'
      worker.on('error', (cause) => {
        why = messageOf(cause)
      })
      worker.on('exit', () => {
        reject(new Error(why))
        this.#rejectDrops(why)
        if (this.#worker !== worker) return
        this.#worker = null
        if (this.#onClosed) this.#onClosed()
        else this.#events.onLost(why)
      })
      worker.on('message', (message: FromWorker) => {
        if (message.kind === 'notOpened' || message.kind === 'givingUp') {
          why = message.why
        } else if (message.kind === 'ready') {
          this.#worker = worker
          this.#repeatReads()
          resolve(message)
        } else {
          this.#receive(message)
        }
      })
    })
  }

  commit(pages: readonly Page[], nodes: readonly NodeRow[]): void {
    this.#send(
      { kind: 'commit', pages, nodes },
      pages.map(({ buffer }) => buffer),
    )
  }

  read(fromCalls: Query, fromSums: SummedQuery | null = null): Promise<ResultColumns> {
    return new Promise((resolve, reject) => {
      const id = ++this.#lastRead
      const reading = { fromCalls, fromSums }
      this.#reads.set(id, { reading, resolve, reject, isRepeated: false })
      this.#send({ kind: 'query', id, ...reading })
    })
  }

  /** Rejects when the worker is lost: what of it was done shows when the next one opens the files. */
  drop(bounds: DropBounds): Promise<DropDone> {
    if (!this.#worker) return Promise.reject(new Error('Cannot drop old calls: the store is not open'))
    return new Promise((resolve, reject) => {
      const id = ++this.#lastRead
      this.#drops.set(id, { resolve, reject })
      this.#send({ kind: 'drop', id, bounds })
    })
  }

  /** Resolves when the worker has let go of the files; at once when there is none. */
  async close(): Promise<void> {
    if (this.#worker) {
      const closed = new Promise<void>((resolve) => {
        this.#onClosed = resolve
      })
      this.#send({ kind: 'close' })
      await closed
    }
    for (const { reject } of this.#reads.values()) reject(new Error('Cannot read the store: it is closed'))
    this.#reads.clear()
  }

  #send(message: ToWorker, transfer: ArrayBuffer[] = []): void {
    this.#worker?.postMessage(message, transfer)
  }

  #receive(message: Exclude<FromWorker, { kind: 'ready' | 'notOpened' | 'givingUp' }>): void {
    switch (message.kind) {
      case 'committed':
        this.#events.onCommitted(message)
        break
      case 'notCommitted':
        this.#events.onNotCommitted(message)
        break
      case 'dropped':
        this.#drops.get(message.id)?.resolve(message)
        this.#drops.delete(message.id)
        break
      case 'rows':
        this.#takeRead(message.id).resolve(message.columns)
        break
      case 'noRows':
        this.#takeRead(message.id).reject(new Error(`Cannot read the store: ${message.why}`))
    }
  }

  #rejectDrops(why: string): void {
    for (const { reject } of this.#drops.values()) reject(new Error(`Cannot drop old calls: ${why}`))
    this.#drops.clear()
  }

  #repeatReads(): void {
    for (const [id, read] of this.#reads) {
      if (read.isRepeated) {
        this.#reads.delete(id)
        read.reject(new Error('Cannot read the store: it failed twice'))
      } else {
        read.isRepeated = true
        this.#send({ kind: 'query', id, ...read.reading })
      }
    }
  }

  #takeRead(id: number): PendingRead {
    const read = this.#reads.get(id)
    if (!read) throw new Error('BUG: the worker answered a read that nobody asked for')
    this.#reads.delete(id)
    return read
  }
}
