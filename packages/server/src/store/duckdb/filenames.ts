import { join } from 'node:path'

/** Every name the store has on disk. */

/** Held open as long as the store is, so its lock is the store's. */
export const lockFile = (dir: string): string => join(dir, 'store.duckdb')
export const walOf = (file: string): string => `${file}.wal`

export const snapshotPaths = (dir: string) => ({
  current: join(dir, 'totals.snapshot'),
  previous: join(dir, 'totals.previous.snapshot'),
  unfinished: join(dir, 'totals.unfinished.snapshot'),
})

/** A damaged file is kept, out of the way. */
export const setAside = (file: string, nowMs: number): string => `${file}.damaged-${nowMs}`

/**
 * The calls of a day are in two files, written in turn: while one is checkpointed, the other takes the appends.
 * The day is the UTC date of the commit.
 */
export type Half = 'a' | 'b'

export interface CallFile {
  /** 2026-11-23 */
  readonly day: string
  readonly half: Half
}

export const catalogOf = ({ day, half }: CallFile): string => `calls-${day}-${half}`
export const pathOf = (dir: string, file: CallFile): string => join(dir, `${catalogOf(file)}.duckdb`)

export function parseCallFile(name: string): CallFile | null {
  const match = /^calls-(\d{4}-\d\d-\d\d)-([ab])\.duckdb$/.exec(name)
  return match?.[1] && match[2] ? { day: match[1], half: match[2] === 'a' ? 'a' : 'b' } : null
}

export const dayOf = (nowMs: number): string => new Date(nowMs).toISOString().slice(0, 10)
