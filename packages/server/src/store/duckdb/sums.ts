import { existsSync, renameSync, statfsSync } from 'node:fs'
import { type DuckDBConnection, quotedString } from '@duckdb/node-api'
import { messageOf } from './failure.ts'
import { type CallFile, type CallRange, catalogOf, setAside, sumsFile, walOf } from './filenames.ts'
import { isDamage } from './open-files.ts'
import type { SummedQuery } from './sums-query.ts'
import {
  createSumsTables,
  insertSums,
  insertUserSums,
  labelValuesAtMost,
  measureLabels,
  sumsCatalog,
} from './sums-tables.ts'

interface SummedRange extends CallRange {
  /** 1, 2, 3 … in the order in which they were added up. */
  readonly number: number
  readonly lastSeq: number
  readonly isExact: boolean
  readonly isDropped: boolean
}

/** In a shorter window the calls are read sooner than the sums are put together with those of its edges. */
const longUs = 2 * 86_400_000_000
const hourUs = 3_600_000_000

/** A checkpoint that runs out of disk invalidates its database. */
const roomToCheckpoint = 64 * 2 ** 20

/**
 * What the calls of each closed range add up to, by hour and label: it answers the long questions fast, and goes on
 * answering them when retention has dropped the calls. A closed range never changes, so its sums are made once; they and
 * the word that its calls may go are one transaction, so no call is ever counted both ways.
 */
export class Sums {
  readonly #connection: DuckDBConnection
  readonly #dir: string
  readonly #ranges = new Map<string, SummedRange>()
  readonly #empty = new Set<string>()
  /** Every dropped call began before; null while there is none. */
  #droppedUntilUs: number | null = null

  private constructor(connection: DuckDBConnection, dir: string) {
    this.#connection = connection
    this.#dir = dir
  }

  /** Attaches the file of sums; one that is damaged is set aside, and `told` says so. */
  static async open(connection: DuckDBConnection, dir: string, told: string[]): Promise<Sums> {
    const sums = new Sums(connection, dir)
    try {
      await sums.#attach()
    } catch (cause) {
      if (!isDamage(cause)) throw cause
      const path = sumsFile(dir)
      const kept = setAside(path, Date.now())
      renameSync(path, kept)
      if (existsSync(walOf(path))) renameSync(walOf(path), walOf(kept))
      told.push(`the file ${path} was damaged and is now ${kept}; the totals of dropped calls are in no query`)
      await sums.#attach()
    }
    return sums
  }

  /** The sums stand for the calls of the range. */
  isSummed(range: CallRange): boolean {
    const known = this.#ranges.get(nameOf(range))
    return known !== undefined && (known.isExact || known.isDropped)
  }

  get ranges(): readonly SummedRange[] {
    return [...this.#ranges.values()]
  }

  /** Of the range that was added up last. */
  get lastNumber(): number {
    return Math.max(0, ...this.ranges.map(({ number }) => number))
  }

  /** Where calls of the window may be gone, nothing else answers. */
  isBetterFor({ sinceUs, untilUs }: SummedQuery['window'], nowMs: number): boolean {
    if (this.#ranges.size === 0) return false
    if (sinceUs === null || (this.#droppedUntilUs !== null && sinceUs < this.#droppedUntilUs)) return true
    return (untilUs ?? nowMs * 1_000) - sinceUs >= longUs
  }

  /** The oldest of the closed ranges that is not added up. */
  findNext(closed: readonly CallRange[]): CallRange | undefined {
    return closed.find((range) => !this.#ranges.has(nameOf(range)) && !this.#empty.has(nameOf(range)))
  }

  /** Adds up a closed range. Durable when it resolves. */
  async add(range: CallRange, files: readonly CallFile[]): Promise<void> {
    if (this.#ranges.has(nameOf(range))) return
    const catalogs = files.map(catalogOf)
    const read = await this.#connection.runAndReadAll(measureLabels(catalogs))
    const [rows = 0, lastSeq = 0, ...distinct] = (read.getRows()[0] ?? []).map(Number)
    if (rows === 0) {
      this.#empty.add(nameOf(range))
      return
    }
    const isExact = distinct.every((count) => count <= labelValuesAtMost)
    const number = this.lastNumber + 1
    await this.#inTransaction(async () => {
      await this.#connection.run(insertSums(catalogs, { range, isExact }))
      await this.#connection.run(
        `INSERT INTO ${sumsCatalog}.ranges VALUES ($1, $2::BIGINT, $3::BIGINT, $4::BIGINT, $5, FALSE)`,
        [range.day, range.part, number, lastSeq, isExact],
      )
    })
    this.#ranges.set(nameOf(range), { ...range, number, lastSeq, isExact, isDropped: false })
    await this.#checkpoint()
  }

  /** Says that the sums are all there will be of the range. After this its files may go. */
  async markDropped(range: CallRange, files: readonly CallFile[]): Promise<void> {
    await this.add(range, files)
    const known = this.#ranges.get(nameOf(range))
    if (!known || known.isDropped) return
    await this.#inTransaction(async () => {
      await this.#connection.run(insertUserSums(files.map(catalogOf), range))
      await this.#connection.run(
        `UPDATE ${sumsCatalog}.ranges SET is_dropped = TRUE WHERE day = $1 AND part = $2::BIGINT`,
        [range.day, range.part],
      )
    })
    this.#ranges.set(nameOf(range), { ...known, isDropped: true })
    await this.#findDroppedUntil()
  }

  /** Forgets sums of calls that were refused after all and that are deleted now. */
  async discardAfter(seq: number): Promise<void> {
    for (const range of this.#ranges.values()) {
      if (range.lastSeq <= seq || range.isDropped) continue
      await this.#inTransaction(async () => {
        for (const table of ['sums', 'ranges'])
          await this.#connection.run(`DELETE FROM ${sumsCatalog}.${table} WHERE day = $1 AND part = $2::BIGINT`, [
            range.day,
            range.part,
          ])
      })
      this.#ranges.delete(nameOf(range))
    }
  }

  async #findDroppedUntil(): Promise<void> {
    const read = await this.#connection.runAndReadAll(
      `SELECT max(start_us)::DOUBLE FROM ${sumsCatalog}.sums JOIN ${sumsCatalog}.ranges USING (day, part) WHERE is_dropped`,
    )
    const startUs = read.getRows()[0]?.[0]
    this.#droppedUntilUs = typeof startUs === 'number' ? startUs + hourUs : null
  }

  /** What cannot be written out now stays in the log. */
  async #checkpoint(): Promise<void> {
    const { bavail, bsize } = statfsSync(this.#dir)
    if (bavail * bsize < roomToCheckpoint) return
    // A reader may be in the way: the next one writes it out.
    await this.#connection.run(`CHECKPOINT ${sumsCatalog}`).catch(() => undefined)
  }

  async #attach(): Promise<void> {
    await this.#connection.run(`ATTACH ${quotedString(sumsFile(this.#dir))} AS ${sumsCatalog}`)
    try {
      for (const sql of createSumsTables) await this.#connection.run(sql)
      const read = await this.#connection.runAndReadAll(`SELECT * FROM ${sumsCatalog}.ranges`)
      for (const [day, part, number, lastSeq, isExact, isDropped] of read.getRows()) {
        const range = { day: String(day), part: Number(part) }
        const state = {
          number: Number(number),
          lastSeq: Number(lastSeq),
          isExact: isExact === true,
          isDropped: isDropped === true,
        }
        this.#ranges.set(nameOf(range), { ...range, ...state })
      }
      await this.#findDroppedUntil()
    } catch (cause) {
      await this.#connection.run(`DETACH ${sumsCatalog}`)
      throw cause
    }
  }

  async #inTransaction(write: () => Promise<void>): Promise<void> {
    await this.#connection.run('BEGIN')
    try {
      await write()
      await this.#connection.run('COMMIT')
    } catch (cause) {
      await this.#connection.run('ROLLBACK').catch(() => undefined)
      throw new Error(`Cannot add up old calls: ${messageOf(cause)}`, { cause })
    }
  }
}

const nameOf = ({ day, part }: CallRange): string => `${day} ${part}`
