import { parentPort, workerData } from 'node:worker_threads'
import { ChunkLoader } from './chunk-loader.ts'
import { commitPages } from './commit-pages.ts'
import { closeDatabase, type Database, openDatabase, readColumns } from './database.ts'
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

/**
 * A database that a fatal error invalidated is given up with the whole worker: the main thread starts another, which
 * opens what is on disk. One way back for everything that can break.
 */
function giveUp(why: string): void {
  throw new Error(why)
}

function serve(database: Database): void {
  const loader = new ChunkLoader()
  let { lastSeq } = database

  async function commit(pages: readonly Page[]): Promise<void> {
    const startMs = performance.now()
    const firstSeq = lastSeq + 1
    try {
      const { recorded, duplicates } = await commitPages(pages, { database, loader, firstSeq })
      lastSeq += recorded
      const commitMs = performance.now() - startMs
      const diskBytes = database.files.diskBytes()
      send({ kind: 'committed', firstSeq, recorded, duplicates, commitMs, diskBytes, pages }, pages)
    } catch (cause) {
      const failure = toFailure(cause)
      send({ kind: 'notCommitted', failure, pages }, pages)
      if (failure.isFatal) giveUp(failure.message)
    }
    await database.files.tidy(Date.now()).catch((cause) => giveUp(messageOf(cause)))
  }

  async function query({ id, sql, values }: Extract<ToWorker, { kind: 'query' }>): Promise<void> {
    try {
      const columns = await readColumns(database.reader, sql, values)
      send({ kind: 'rows', id, columns })
    } catch (cause) {
      send({ kind: 'noRows', id, why: messageOf(cause) })
    }
  }

  // Commits one after another, and reads one after another beside them: each takes a thread of Node's pool of four,
  // which the rest of the process needs too.
  let commits = Promise.resolve()
  let reads = Promise.resolve()
  port.on('message', (message: ToWorker) => {
    switch (message.kind) {
      case 'commit':
        commits = commits.then(() => commit(message.pages))
        break
      case 'query':
        reads = reads.then(() => query(message))
        break
      case 'close':
        void Promise.all([commits, reads]).then(async () => {
          await closeDatabase(database)
          port.close()
        })
    }
  })
}

// The main thread starts the worker with these and nothing else.
const options = workerData as WorkerOptions
try {
  const database = await openDatabase(options, giveUp)
  const { lastSeq, rows, setAside } = database
  serve(database)
  send({ kind: 'ready', lastSeq, rows, diskBytes: database.files.diskBytes(), setAside })
} catch (cause) {
  send({ kind: 'notOpened', why: messageOf(cause) })
  port.close()
}
