import { copyFileSync, existsSync, readdirSync, renameSync, truncateSync } from 'node:fs'
import { type DuckDBConnection, DuckDBInstance, quotedString } from '@duckdb/node-api'
import { messageOf } from './failure.ts'
import {
  type CallFile,
  catalogOf,
  compareRanges,
  lockFile,
  parseCallFile,
  pathOf,
  setAside,
  walOf,
} from './filenames.ts'
import { migrate, NewerSchemaError } from './migrate.ts'

export interface Settings {
  readonly dir: string
  readonly memoryBytes: number
}

/** Opens the file whose lock is the store's. Throws why it cannot be opened. */
export async function openInstance(settings: Settings): Promise<DuckDBInstance> {
  try {
    return await createInstance(settings)
  } catch (cause) {
    if (!isDamage(cause)) throw describe(cause)
    // There is nothing in it.
    const path = lockFile(settings.dir)
    renameSync(path, setAside(path, Date.now()))
    return createInstance(settings)
  }
}

function createInstance({ dir, memoryBytes }: Settings): Promise<DuckDBInstance> {
  return DuckDBInstance.create(lockFile(dir), {
    // The machine belongs to the watched application first, and two cores are common.
    threads: '1',
    memory_limit: `${memoryBytes}B`,
    // Extensions would be fetched over the network.
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    // A checkpoint in a commit stalls it for a second: CallFiles does them, beside the commits.
    checkpoint_threshold: '1TB',
  })
}

function describe(cause: unknown): unknown {
  const message = messageOf(cause)
  const holder = /Conflicting lock is held in .*?\(PID (\d+)\)/.exec(message)?.[1]
  if (holder) return new Error(`it is in use by process ${holder}`, { cause })
  if (/Could not set lock/i.test(message)) return new Error('it is in use by another process', { cause })
  return cause
}

export interface AttachSettings {
  readonly dir: string
  readonly isThorough: boolean
}

export interface FoundFiles {
  readonly files: readonly CallFile[]
  /** What was damaged and where it is now, in words. */
  readonly setAside: readonly string[]
}

/**
 * Attaches every file of calls. Damage costs the least it can: a log is cut before its first broken entry, a log that
 * cannot be cut is set aside, and only then the whole file. Nothing is deleted.
 */
export async function attachFiles(connection: DuckDBConnection, settings: AttachSettings): Promise<FoundFiles> {
  const { dir, isThorough } = settings
  const files: CallFile[] = []
  const told: string[] = []
  const found = readdirSync(dir).map(parseCallFile)
  for (const file of found) {
    if (file && (await attachOrSetAside(connection, { dir, file, told, isThorough }))) files.push(file)
  }
  files.sort((one, other) => compareRanges(one, other) || one.half.localeCompare(other.half))
  return { files, setAside: told }
}

export async function attachFile(connection: DuckDBConnection, { dir, isThorough }: AttachSettings, file: CallFile) {
  const catalog = catalogOf(file)
  const isReadWhole = isThorough || existsSync(walOf(pathOf(dir, file)))
  await connection.run(`ATTACH ${quotedString(pathOf(dir, file))} AS "${catalog}"`)
  try {
    await migrate(connection, catalog)
    // Reads what a damaged file fails on, so that it fails here and not in a query. Ten milliseconds a file are too much
    // where there are dozens: those that were closed well are read when their ids are loaded, and that calls for this.
    const read = isReadWhole ? 'max(seq), max(span_id), max(trace_id)' : 'max(seq)'
    await connection.run(`SELECT ${read} FROM "${catalog}".calls`)
  } catch (cause) {
    await connection.run(`DETACH "${catalog}"`)
    throw cause
  }
}

interface Attaching extends AttachSettings {
  readonly file: CallFile
  readonly told: string[]
}

async function attachOrSetAside(connection: DuckDBConnection, attaching: Attaching): Promise<boolean> {
  const { dir, file, told } = attaching
  for (let repairs = 0; ; repairs++) {
    try {
      await attachFile(connection, attaching, file)
      return true
    } catch (cause) {
      if (!isDamage(cause)) throw cause
      const repair = repairs < 2 ? repairLog(pathOf(dir, file), messageOf(cause), repairs) : null
      told.push(repair ?? setFileAside(pathOf(dir, file)))
      if (repair === null) return false
    }
  }
}

export function isDamage(cause: unknown): boolean {
  if (cause instanceof NewerSchemaError) return false
  return /corrupt|replaying WAL|not a valid DuckDB|could not read enough bytes|checksum|deserializ/i.test(
    messageOf(cause),
  )
}

/** First cuts the log where it broke, then sets it aside. Null when the damage is not in the log. */
function repairLog(path: string, message: string, repairs: number): string | null {
  const wal = walOf(path)
  if (!/replaying WAL/i.test(message) || !existsSync(wal)) return null
  const kept = setAside(wal, Date.now())
  const position = /entry at byte position (\d+)/.exec(message)?.[1]
  if (repairs === 0 && position !== undefined) {
    copyFileSync(wal, kept)
    truncateSync(wal, Number(position))
    return `the log ${wal} was damaged at byte ${position} and was cut there; the whole of it is in ${kept}`
  }
  renameSync(wal, kept)
  return `the log ${wal} was damaged and is now ${kept}`
}

function setFileAside(path: string): string {
  const kept = setAside(path, Date.now())
  renameSync(path, kept)
  if (existsSync(walOf(path))) renameSync(walOf(path), walOf(kept))
  return `the file ${path} was damaged and is now ${kept}; its calls are in no query`
}
