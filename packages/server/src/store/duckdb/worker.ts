import { parentPort, workerData } from 'node:worker_threads'
import { ChunkLoader } from './chunk-loader.ts'
import { type Batch, commitPages } from './commit-pages.ts'
import { closeDatabase, type Database, loadIds, openDatabase, readColumns } from './database.ts'
import { dropOld } from './drop-old.ts'
import { messageOf, toFailure } from './failure.ts'
import type { FromWorker, ToWorker, WorkerOptions } from './messages.ts'
import type { Page } from './page.ts'

/** The worker's program: everything that touches DuckDB happens here, so that nothing of it stops the main thread. */

if (!parentPort) throw new Error('BUG: worker.ts runs in a worker')
const port = parentPort

function send(message: FromWorker, pages: readonly Page[] = []): void {
  port.postMessage(
    message,
    pages.map(({ buffer }) => buffer),
  )
}

/** The disk may be full. */
const addAgainAfterMs = 60_000

class Server {
  readonly #database: Database
  readonly #loader = new ChunkLoader()
  #lastSeq: number
  #lastNodeSeq: number
  #rows: number
  // Commits one after another, and reads one after another beside them: each takes a thread of Node's pool of four,
  // which the rest of the process needs too.
  #commits: Promise<void>
  #reads = Promise.resolve()
  /** Closed ranges are added up beside both, one at a time. */
  #adding: Promise<void> | null = null
  #addNotBeforeMs = 0
  #isOver = false
  /** While calls are dropped, and from the end on, nothing is added up. */
  #isAddingHeld = false
  #isEnding = false

  constructor(database: Database) {
    this.#database = database
    this.#lastSeq = database.lastSeq
    this.#lastNodeSeq = database.lastNodeSeq
    this.#rows = database.rows
    database.files.onFatal = (why) => this.#giveUp(why)
    // Reads need no ids, so they do not wait for this; commits do.
    this.#commits = loadIds(database).catch((cause) => this.#giveUp(messageOf(cause)))
    void this.#commits.then(() => this.#addUp())
  }

  receive(message: ToWorker): void {
    switch (message.kind) {
      case 'commit':
        this.#commits = this.#commits.then(() => this.#commit(message))
        break
      case 'query':
        this.#reads = this.#reads.then(() => this.#query(message))
        break
      case 'drop':
        // Alone: a file must not go while it is read.
        this.#commits = Promise.all([this.#commits, this.#reads]).then(() => this.#drop(message))
        this.#reads = this.#commits
        break
      case 'close':
        void this.#end()
    }
  }

  async #commit({ pages, nodes }: Batch): Promise<void> {
    if (this.#isOver) return
    const startMs = performance.now()
    const firstSeq = this.#lastSeq + 1
    const { files } = this.#database
    try {
      const { recorded, duplicates } = await commitPages(
        { pages, nodes },
        { database: this.#database, loader: this.#loader, firstSeq, firstNodeSeq: this.#lastNodeSeq + 1 },
      )
      this.#lastSeq += recorded
      this.#lastNodeSeq += nodes.length
      this.#rows += recorded
      const [commitMs, diskBytes] = [performance.now() - startMs, files.diskBytes(Date.now())]
      const sums = { firstSeq, recorded, duplicates, nodes: nodes.length }
      send({ kind: 'committed', ...sums, commitMs, diskBytes, pages }, pages)
    } catch (cause) {
      const failure = toFailure(cause)
      send({ kind: 'notCommitted', failure, pages }, pages)
      if (failure.isFatal) this.#giveUp(failure.message)
    }
    await files.tidy(Date.now())
    this.#addUp()
  }

  /** Adds up the next closed range, if there is one. What fails is tried again later. */
  #addUp(): void {
    const { files, sums } = this.#database
    if (this.#isAddingHeld || this.#isOver || this.#adding || performance.now() < this.#addNotBeforeMs) return
    const range = sums.findNext(files.closedRanges)
    if (!range) return
    const added = sums.add(range, files.filesOf(range))
    this.#adding = added
      .catch((cause) => {
        this.#addNotBeforeMs = performance.now() + addAgainAfterMs
        if (toFailure(cause).isFatal) this.#giveUp(messageOf(cause))
      })
      .then(() => {
        this.#adding = null
        // The views change between two commits; the next range comes after that.
        this.#commits = this.#commits.then(() => this.#showSums())
      })
  }

  async #showSums(): Promise<void> {
    if (this.#isEnding || this.#isOver) return
    try {
      await this.#database.files.createViews()
      this.#addUp()
    } catch (cause) {
      this.#giveUp(messageOf(cause))
    }
  }

  async #query({ id, fromCalls, fromSums }: Extract<ToWorker, { kind: 'query' }>): Promise<void> {
    if (this.#isOver) return
    const { reader, sums } = this.#database
    try {
      const { sql, values } = fromSums !== null && sums.isBetterFor(fromSums.window, Date.now()) ? fromSums : fromCalls
      const columns = await readColumns(reader, sql, values)
      send({ kind: 'rows', id, columns })
    } catch (cause) {
      // Unanswered, it is asked again at the next worker.
      if (toFailure(cause).isFatal) this.#giveUp(messageOf(cause))
      else send({ kind: 'noRows', id, why: messageOf(cause) })
    }
  }

  async #drop({ id, bounds }: Extract<ToWorker, { kind: 'drop' }>): Promise<void> {
    if (this.#isOver) return
    const { files } = this.#database
    this.#isAddingHeld = true
    await this.#adding
    try {
      const dropped = await dropOld(this.#database, bounds)
      this.#rows -= dropped.aged + dropped.oversized
      send({ kind: 'dropped', id, dropped, rows: this.#rows, diskBytes: files.diskBytes(Date.now()) })
    } catch (cause) {
      // Half of it may be done: what is open must be what is on disk.
      this.#giveUp(messageOf(cause))
    }
    this.#isAddingHeld = this.#isEnding
  }

  /**
   * A database that a fatal error invalidated is given up with the whole worker: the main thread starts another, which
   * opens what is on disk. One way back for everything that can break.
   */
  #giveUp(why: string): void {
    if (this.#isOver) return
    this.#isOver = true
    send({ kind: 'givingUp', why })
    void this.#end()
  }

  /** A thread must not end while DuckDB works for it: its addon would abort the process. */
  async #end(): Promise<void> {
    this.#isEnding = true
    this.#isAddingHeld = true
    await Promise.all([this.#commits, this.#reads])
    await this.#adding
    this.#isOver = true
    await closeDatabase(this.#database)
    port.close()
  }
}

// The main thread starts the worker with these and nothing else.
const options = workerData as WorkerOptions
try {
  const database = await openDatabase(options)
  const server = new Server(database)
  const { lastSeq, lastNodeSeq, rows, setAside, files } = database
  send({ kind: 'ready', lastSeq, lastNodeSeq, rows, diskBytes: files.diskBytes(Date.now()), setAside })
  port.on('message', (message: ToWorker) => server.receive(message))
} catch (cause) {
  send({ kind: 'notOpened', why: messageOf(cause) })
  port.close()
}
