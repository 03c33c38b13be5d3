import type { DuckDBConnection } from '@duckdb/node-api'
import type { Dropped } from '../store.ts'
import type { CallFiles } from './call-files.ts'
import type { Database } from './database.ts'
import { toFailure } from './failure.ts'
import { type CallFile, type CallRange, catalogOf } from './filenames.ts'
import type { DropBounds } from './messages.ts'

const dayMs = 86_400_000

interface Found {
  readonly rows: number
  readonly lastSeq: number
  /** Rows that another reader has not passed. */
  readonly unread: number
}

/** Drops closed ranges, oldest first, until one must stay. Throws when a file cannot be deleted. */
export async function dropOld(database: Database, bounds: DropBounds): Promise<Dropped> {
  const { files, sums, writer, index } = database
  let dropped: Dropped = { aged: 0, oversized: 0, unread: 0, heldBy: null }
  for (const range of files.closedRanges) {
    const reason = reasonToDrop(files, range, bounds)
    if (reason === null) break
    const found = await lookInto(writer, files.filesOf(range), bounds.keepAfterSeq)
    if (found.lastSeq > bounds.savedSeq) return { ...dropped, heldBy: 'totals' }
    if (found.unread > 0 && reason === 'aged') return { ...dropped, heldBy: 'reader' }
    try {
      await sums.markDropped(range, files.filesOf(range))
    } catch (cause) {
      if (toFailure(cause).isFatal) throw cause
      return { ...dropped, heldBy: 'sums' }
    }
    await files.remove(range)
    index.dropThrough(found.lastSeq)
    dropped = {
      ...dropped,
      [reason]: dropped[reason] + found.rows,
      unread: dropped.unread + found.unread,
    }
  }
  return dropped
}

/** Size comes first: what must go for it goes even when another reader waits for it. */
function reasonToDrop(files: CallFiles, { day }: CallRange, bounds: DropBounds): 'aged' | 'oversized' | null {
  if (files.bytesOf(files.all) > bounds.maxBytes) return 'oversized'
  return Date.parse(day) + dayMs <= bounds.beforeMs ? 'aged' : null
}

async function lookInto(writer: DuckDBConnection, files: readonly CallFile[], keepAfterSeq: number): Promise<Found> {
  let found: Found = { rows: 0, lastSeq: 0, unread: 0 }
  for (const file of files) {
    const read = await writer.runAndReadAll(
      `SELECT count(*)::DOUBLE, coalesce(max(seq), 0)::DOUBLE, count(*) FILTER (seq > $1)::DOUBLE
       FROM "${catalogOf(file)}".calls`,
      [keepAfterSeq],
    )
    const [rows = 0, lastSeq = 0, unread = 0] = (read.getRows()[0] ?? []).map(Number)
    found = {
      rows: found.rows + rows,
      lastSeq: Math.max(found.lastSeq, lastSeq),
      unread: found.unread + unread,
    }
  }
  return found
}
