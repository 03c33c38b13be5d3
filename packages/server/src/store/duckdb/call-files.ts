import { statfsSync, statSync } from 'node:fs'
import type { DuckDBAppender, DuckDBConnection } from '@duckdb/node-api'
import { callsView, recentCallsView, summedCallsView, sumsView, userSumsView } from './calls-view.ts'
import { messageOf, toFailure } from './failure.ts'
import {
  type CallFile,
  type CallRange,
  catalogOf,
  compareRanges,
  dayOf,
  isSameRange,
  pathOf,
  removeFile,
  walOf,
} from './filenames.ts'
import { nodesView } from './node-rows.ts'
import { attachFile } from './open-files.ts'
import type { Sums } from './sums.ts'
import { sumsViewOf } from './sums-tables.ts'

export interface CallFilesOptions {
  readonly dir: string
  /** The connection that appends. */
  readonly writer: DuckDBConnection
  /** Checkpoints run on a connection of their own, beside the appends. */
  readonly keeper: DuckDBConnection
  readonly sums: Pick<Sums, 'isSummed' | 'ranges' | 'lastNumber'>
  /** How large the log of the file in use grows before the other half takes over. */
  readonly switchAtWalBytes: number
  /** How large a part of a day grows before the next begins. */
  readonly partBytes: number
}

export interface Appenders {
  readonly calls: DuckDBAppender
  readonly nodes: DuckDBAppender
}

/**
 * The attached files, and the one that takes the appends. A checkpoint locks the table it writes out for about a second
 * per 100 MB of log, so a file is only checkpointed while its other half takes the appends.
 */
export class CallFiles {
  /** Told of an error after which the database takes nothing more. */
  onFatal: (why: string) => void = (why) => {
    throw new Error(`BUG: nobody listens: ${why}`)
  }
  readonly #options: CallFilesOptions
  readonly #files: CallFile[]
  readonly #appenders = new Map<string, Appenders>()
  #active: CallFile | undefined
  /** Files with a log that are not in use. */
  readonly #unwritten: CallFile[]
  #checkpoint: Promise<void> | null = null
  #tidyNotBeforeMs = 0
  #measured = { atMs: Number.NEGATIVE_INFINITY, bytes: 0 }

  constructor(files: readonly CallFile[], options: CallFilesOptions) {
    this.#options = options
    this.#files = [...files]
    this.#unwritten = files.filter((file) => this.#walBytes(file) > 0)
  }

  /** Makes the file of the day the one in use. */
  async openDay(nowMs: number): Promise<CallFile> {
    const today = dayOf(nowMs)
    // A clock that went back must not go back a file: seqs ascend from day to day. What was added up takes nothing more.
    const afterSums = this.#options.sums.ranges.map(({ day, part }) => ({ day, part: part + 1 }))
    const ranges = [{ day: today, part: 1 }, ...this.#files, ...afterSums].sort(compareRanges)
    const range = ranges.at(-1) ?? { day: today, part: 1 }
    if (!this.#active || !isSameRange(this.#active, range)) await this.#use({ ...range, half: 'a' })
    if (!this.#active) throw new Error('BUG: no file is in use')
    return this.#active
  }

  /** The appenders of the file that is in use at this time. */
  async appendersAt(nowMs: number): Promise<Appenders> {
    const catalog = catalogOf(await this.openDay(nowMs))
    const known = this.#appenders.get(catalog)
    if (known) return known
    const { writer } = this.#options
    const appenders = {
      calls: await writer.createAppender('calls', 'main', catalog),
      nodes: await writer.createAppender('nodes', 'main', catalog),
    }
    this.#appenders.set(catalog, appenders)
    return appenders
  }

  /** After a failed commit the appender may hold rows of it. */
  forgetAppenders(): void {
    for (const { calls, nodes } of this.#appenders.values()) {
      calls.clear()
      nodes.clear()
    }
    this.#appenders.clear()
  }

  /** Switches halves and starts checkpoints where they are due. What fails is tried again later. */
  async tidy(nowMs: number): Promise<void> {
    if (this.#checkpoint || nowMs < this.#tidyNotBeforeMs) return
    try {
      const due = await this.#switchIfDue()
      if (due && this.#hasRoomToCheckpoint(due)) this.#checkpoint = this.#runCheckpoint(due, nowMs)
      else if (due) this.#tidyNotBeforeMs = nowMs + retryAfterMs
    } catch (cause) {
      this.#putOff(cause, nowMs)
    }
  }

  get catalogs(): readonly string[] {
    return this.#files.map(catalogOf)
  }

  /** The ranges that take no more appends, oldest first. */
  get closedRanges(): readonly CallRange[] {
    const { day, part } = this.#active ?? { day: '', part: 0 }
    const closed = new Map<string, CallRange>()
    for (const file of this.#files)
      if (!isSameRange(file, { day, part })) closed.set(`${file.day} ${file.part}`, { day: file.day, part: file.part })
    return [...closed.values()].sort(compareRanges)
  }

  get all(): readonly CallFile[] {
    return this.#files
  }

  filesOf(range: CallRange): readonly CallFile[] {
    return this.#files.filter((file) => isSameRange(file, range))
  }

  bytesOf(files: readonly CallFile[]): number {
    return files.reduce((sum, file) => sum + sizeOf(pathOf(this.#options.dir, file)) + this.#walBytes(file), 0)
  }

  /** Deletes the files of a range. Nothing may be reading. */
  async remove(range: CallRange): Promise<void> {
    const { writer, dir } = this.#options
    await this.#checkpoint
    const removed = this.filesOf(range)
    for (const file of removed) {
      this.#files.splice(this.#files.indexOf(file), 1)
      this.#forgetUnwritten(file)
      this.#appenders.delete(catalogOf(file))
    }
    await this.createViews()
    for (const file of removed) {
      await writer.run(`DETACH "${catalogOf(file)}"`)
      removeFile(dir, file)
    }
    this.#measured.atMs = Number.NEGATIVE_INFINITY
  }

  /** At most a second old: there may be dozens of files, and this is asked with every commit. */
  diskBytes(nowMs: number): number {
    if (nowMs - this.#measured.atMs > 1_000) {
      this.#measured = { atMs: nowMs, bytes: this.bytesOf(this.#files) }
    }
    return this.#measured.bytes
  }

  async close(): Promise<void> {
    await this.#checkpoint
    this.forgetAppenders()
    for (const file of this.#files) {
      if (this.#walBytes(file) > 0 && this.#hasRoomToCheckpoint(file)) await this.#runCheckpoint(file, Date.now())
    }
  }

  async #use(file: CallFile): Promise<void> {
    const { writer, dir } = this.#options
    if (!this.#files.some((known) => isSame(known, file))) {
      await attachFile(writer, { dir, isThorough: true }, file)
      this.#files.push(file)
    }
    await this.createViews()
    if (this.#active) this.#unwritten.push(this.#active)
    this.#active = file
    this.#forgetUnwritten(file)
  }

  /** Makes the views show the files and sums of now, all at once: no call is in two of them. Not within a commit. */
  async createViews(): Promise<void> {
    const { writer, sums } = this.#options
    const { lastNumber } = sums
    const summed = this.#files.filter((file) => sums.isSummed(file))
    const recent = this.#files.filter((file) => !sums.isSummed(file))
    const views: readonly (readonly [view: string, sql: string])[] = [
      [callsView, this.#rowsOf(this.#files, 'calls')],
      [nodesView, this.#rowsOf(this.#files, 'nodes')],
      [summedCallsView, this.#rowsOf(summed, 'calls')],
      [recentCallsView, this.#rowsOf(recent, 'calls')],
      [sumsView, sumsViewOf('sums', lastNumber)],
      [userSumsView, sumsViewOf('user_sums', lastNumber)],
    ]
    await writer.run('BEGIN')
    try {
      for (const [view, sql] of views) await writer.run(`CREATE OR REPLACE VIEW ${view} AS ${sql}`)
      await writer.run('COMMIT')
    } catch (cause) {
      await writer.run('ROLLBACK').catch(() => undefined)
      throw cause
    }
  }

  #rowsOf(files: readonly CallFile[], table: 'calls' | 'nodes'): string {
    const select = (file: CallFile) => `SELECT * FROM "${catalogOf(file)}".${table}`
    const [first] = this.#files
    if (files.length === 0 && first) return `${select(first)} WHERE FALSE`
    return files.map(select).join(' UNION ALL BY NAME ')
  }

  /** The file to checkpoint next, if any: the one in use only after another took over. */
  async #switchIfDue(): Promise<CallFile | undefined> {
    const active = this.#active
    if (active && this.#unwritten.length === 0 && this.#walBytes(active) > this.#options.switchAtWalBytes)
      await this.#use(this.#isFull(active) ? { ...active, part: active.part + 1, half: 'a' } : otherHalf(active))
    return this.#unwritten[0]
  }

  #isFull(range: CallRange): boolean {
    return this.bytesOf(this.filesOf(range)) > this.#options.partBytes
  }

  #forgetUnwritten(file: CallFile): void {
    const index = this.#unwritten.findIndex((one) => isSame(one, file))
    if (index !== -1) this.#unwritten.splice(index, 1)
  }

  #walBytes(file: CallFile): number {
    return sizeOf(walOf(pathOf(this.#options.dir, file)))
  }

  /** A checkpoint that runs out of disk invalidates its database: what it writes is never more than the log. */
  #hasRoomToCheckpoint(file: CallFile): boolean {
    const { bavail, bsize } = statfsSync(this.#options.dir)
    return bavail * bsize > this.#walBytes(file) + 2 ** 20
  }

  async #runCheckpoint(file: CallFile, nowMs: number): Promise<void> {
    try {
      await this.#options.keeper.run(`CHECKPOINT "${catalogOf(file)}"`)
      this.#forgetUnwritten(file)
    } catch (cause) {
      this.#putOff(cause, nowMs)
    }
    this.#checkpoint = null
  }

  #putOff(cause: unknown, nowMs: number): void {
    this.#tidyNotBeforeMs = nowMs + retryAfterMs
    if (toFailure(cause).isFatal) this.onFatal(messageOf(cause))
  }
}

/** A reader may be in the way of a checkpoint, or the disk be full. */
const retryAfterMs = 2_000

const isSame = (one: CallFile, other: CallFile): boolean => isSameRange(one, other) && one.half === other.half
const otherHalf = (file: CallFile): CallFile => ({ ...file, half: file.half === 'a' ? 'b' : 'a' })

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}
