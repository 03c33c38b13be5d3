import { rmSync } from 'node:fs'
import { join } from 'node:path'

/** Every name the store has on disk. */

/** Held open as long as the store is, so its lock is the store's. */
export const lockFile = (dir: string): string => join(dir, 'store.duckdb')
/** What closed ranges add up to. */
export const sumsFile = (dir: string): string => join(dir, 'sums.duckdb')
export const walOf = (file: string): string => `${file}.wal`

export const snapshotPaths = (dir: string) => ({
  current: join(dir, 'totals.snapshot'),
  previous: join(dir, 'totals.previous.snapshot'),
  unfinished: join(dir, 'totals.unfinished.snapshot'),
})

/** A damaged file is kept, out of the way. */
export const setAside = (file: string, nowMs: number): string => `${file}.damaged-${nowMs}`

/**
 * What is dropped as a whole: the calls of a day, by the UTC date of the commit, or a part of a day of many. All seqs
 * of a range are below those of the next.
 */
export interface CallRange {
  /** 2026-11-23 */
  readonly day: string
  /** 1, 2, 3 … */
  readonly part: number
}

/** The calls of a range are in two files, written in turn: while one is checkpointed, the other takes the appends. */
export type Half = 'a' | 'b'

export interface CallFile extends CallRange {
  readonly half: Half
}

const nameOfRange = ({ day, part }: CallRange): string => (part === 1 ? day : `${day}-p${part}`)

export const catalogOf = (file: CallFile): string => `calls-${nameOfRange(file)}-${file.half}`
export const pathOf = (dir: string, file: CallFile): string => join(dir, `${catalogOf(file)}.duckdb`)

/** The log first: one without its file would never be seen again. */
export function removeFile(dir: string, file: CallFile): void {
  const path = pathOf(dir, file)
  for (const each of [walOf(path), path]) rmSync(each, { force: true })
}

export function parseCallFile(name: string): CallFile | null {
  const [, day, part = '1', half] = /^calls-(\d{4}-\d\d-\d\d)(?:-p([1-9]\d*))?-([ab])\.duckdb$/.exec(name) ?? []
  return day && half ? { day, part: Number(part), half: half === 'a' ? 'a' : 'b' } : null
}

export const isSameRange = (one: CallRange, other: CallRange): boolean =>
  one.day === other.day && one.part === other.part

/** Oldest first. */
export const compareRanges = (one: CallRange, other: CallRange): number =>
  one.day === other.day ? one.part - other.part : one.day < other.day ? -1 : 1

export const dayOf = (nowMs: number): string => new Date(nowMs).toISOString().slice(0, 10)
