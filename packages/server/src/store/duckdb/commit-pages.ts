import type { ChunkLoader } from './chunk-loader.ts'
import { type Database, findRecorded } from './database.ts'
import { findDuplicates } from './find-duplicates.ts'
import { appendNodes, type NodeRow } from './node-rows.ts'
import { keepRows, type Page } from './page.ts'

export interface CommitTarget {
  readonly database: Database
  readonly loader: ChunkLoader
  /** The seq of the first row that is recorded, and that of the first node. */
  readonly firstSeq: number
  readonly firstNodeSeq: number
}

export interface PagesCommitted {
  readonly recorded: number
  /** Rows over all pages, ascending. */
  readonly duplicates: readonly number[]
}

export interface Batch {
  readonly pages: readonly Page[]
  readonly nodes: readonly NodeRow[]
}

/**
 * Records the nodes and what is new in the pages in one transaction, which is durable when this resolves. Throws and records
 * nothing.
 */
export async function commitPages({ pages, nodes }: Batch, target: CommitTarget): Promise<PagesCommitted> {
  const { database, loader, firstSeq, firstNodeSeq } = target
  const { writer, index, files } = database
  const total = pages.reduce((sum, page) => sum + page.rows, 0)
  const duplicates = await findDuplicates(pages, {
    index,
    firstSeq,
    findRecorded: (ids, range) => findRecorded(writer, ids, range),
  })
  if (duplicates.length > 0) dropRows(pages, duplicates)
  const recorded = total - duplicates.length
  if (recorded === 0 && nodes.length === 0) return { recorded, duplicates }
  const appenders = await files.appendersAt(Date.now())
  await writer.run('BEGIN')
  try {
    let seq = firstSeq
    for (const page of pages) {
      if (page.rows === 0) continue
      loader.load(page, seq)
      appenders.calls.appendDataChunk(loader.chunk)
      seq += page.rows
    }
    appenders.calls.flushSync()
    if (nodes.length > 0) appendNodes(appenders.nodes, nodes, firstNodeSeq)
    await writer.run('COMMIT')
  } catch (cause) {
    files.forgetAppenders()
    // A COMMIT that failed has ended the transaction already; then this says so, and nothing is left to undo.
    await writer.run('ROLLBACK').catch(() => undefined)
    throw cause
  }
  return { recorded, duplicates }
}

function dropRows(pages: readonly Page[], dropped: readonly number[]): void {
  const rowsToDrop = new Set(dropped)
  let firstRow = 0
  for (const page of pages) {
    const { rows } = page
    const kept: number[] = []
    for (let row = 0; row < rows; row++) if (!rowsToDrop.has(firstRow + row)) kept.push(row)
    if (kept.length < rows) keepRows(page, kept)
    firstRow += rows
  }
}
