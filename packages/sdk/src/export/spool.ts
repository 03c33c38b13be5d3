import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import type { Batch, ClaimedBatch, CountDrop, Spool } from './exporter.ts'

/**
 * One file per batch: `<time>-<sequence>-<pid>-<calls>.calls`, so that names sort by age. A process takes a file by renaming it to
 * `<name>.<pid>.<instance>`, which only one can do. Content: a header with length and checksum, then the batch.
 */
const fileName = /^\d{15}-\d{6}-\d+-(\d+)\.calls$/
const claimedName = /^(\d{15}-\d{6}-\d+-\d+\.calls)\.(\d+)\.[0-9a-f]+$/
const temporaryName = /^\d{15}-\d{6}-\d+-\d+\.tmp$/
const magic = 0x49464d31 // IFM1
const headerBytes = 12
const staleMs = 10 * 60_000

export interface SpoolOptions {
  readonly dir: string
  readonly maxBytes: number
  readonly onDrop: CountDrop
}

/** Opens the folder, made if it is not there. Null, with the reason, when it cannot be used. */
export function openSpool(options: SpoolOptions): Spool | { readonly problem: string } {
  try {
    fs.mkdirSync(options.dir, { recursive: true, mode: 0o700 })
    const stat = fs.lstatSync(options.dir)
    // In a shared temporary directory somebody else may have made it first, and would read what is written there.
    if (!stat.isDirectory() || (process.getuid !== undefined && stat.uid !== process.getuid()))
      return { problem: `${options.dir} belongs to somebody else` }
    return new FileSpool(options)
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) }
  }
}

class FileSpool implements Spool {
  readonly #options: SpoolOptions
  readonly #instance = randomBytes(4).toString('hex')
  #sequence = 0
  #waiting: string[] = []
  #waitingCalls = 0

  constructor(options: SpoolOptions) {
    this.#options = options
    this.#recover()
    this.#rescan()
  }

  get waitingCalls(): number {
    return this.#waitingCalls
  }

  write(batch: Batch): boolean {
    this.#sequence = (this.#sequence + 1) % 1_000_000
    const parts = [
      String(Date.now()).padStart(15, '0'),
      String(this.#sequence).padStart(6, '0'),
      process.pid,
      batch.calls,
    ]
    const base = this.#path(parts.join('-'))
    try {
      // Renamed when whole, so that no reader ever sees half a file that is still being written.
      fs.writeFileSync(`${base}.tmp`, frame(batch.body), { mode: 0o600 })
      fs.renameSync(`${base}.tmp`, `${base}.calls`)
    } catch {
      // Full or read-only: the caller counts the calls as lost.
      fs.rmSync(`${base}.tmp`, { force: true })
      return false
    }
    this.#rescan()
    this.#shrink()
    return true
  }

  claim(): ClaimedBatch | null {
    for (;;) {
      if (this.#waiting.length === 0) {
        if (this.#waitingCalls > 0) this.#rescan()
        if (this.#waiting.length === 0) return null
      }
      const name = this.#waiting.shift()
      if (name === undefined) return null
      this.#waitingCalls -= callsOf(name)
      const claimed = this.#claimFile(name)
      if (claimed !== null) return claimed
    }
  }

  #claimFile(name: string): ClaimedBatch | null {
    const mine = this.#path(`${name}.${process.pid}.${this.#instance}`)
    if (!rename(this.#path(name), mine)) return null
    const calls = callsOf(name)
    const body = readFrame(mine)
    const remove = () => fs.rmSync(mine, { force: true })
    if (body === null) {
      remove()
      this.#options.onDrop('spool_torn', calls)
      return null
    }
    const release = () => {
      if (rename(mine, this.#path(name))) this.#rescan()
    }
    return { body, calls, remove, release }
  }

  /** Files of processes that died while they had them wait again; half-written ones are lost. */
  #recover(): void {
    for (const name of this.#list()) {
      const claim = claimedName.exec(name)
      if (claim !== null && isStale(this.#path(name), Number(claim[2])))
        rename(this.#path(name), this.#path(claim[1] ?? ''))
      if (temporaryName.test(name) && isStale(this.#path(name), Number(name.split('-')[2]))) {
        fs.rmSync(this.#path(name), { force: true })
        this.#options.onDrop('spool_torn', callsOf(name))
      }
    }
  }

  #rescan(): void {
    this.#waiting = this.#list()
      .filter((name) => fileName.test(name))
      .sort()
    this.#waitingCalls = this.#waiting.reduce((sum, name) => sum + callsOf(name), 0)
  }

  #shrink(): void {
    const sizes = this.#waiting.map((name) => fs.statSync(this.#path(name), { throwIfNoEntry: false })?.size ?? 0)
    let bytes = sizes.reduce((sum, size) => sum + size, 0)
    for (let index = 0; bytes > this.#options.maxBytes && this.#waiting.length > 0; index += 1) {
      const name = this.#waiting.shift() ?? ''
      fs.rmSync(this.#path(name), { force: true })
      bytes -= sizes[index] ?? 0
      this.#waitingCalls -= callsOf(name)
      this.#options.onDrop('spool_full', callsOf(name))
    }
  }

  #list(): string[] {
    try {
      return fs.readdirSync(this.#options.dir)
    } catch {
      // Somebody removed the folder: there is nothing in it.
      return []
    }
  }

  #path(name: string): string {
    return path.join(this.#options.dir, name)
  }
}

function callsOf(name: string): number {
  return Number(/-(\d+)\.\w+$/.exec(name)?.[1] ?? 0)
}

/** False: another process was faster. */
function rename(from: string, to: string): boolean {
  try {
    fs.renameSync(from, to)
    return true
  } catch {
    return false
  }
}

function isStale(file: string, pid: number): boolean {
  const changedMs = fs.statSync(file, { throwIfNoEntry: false })?.ctimeMs ?? 0
  return !isAlive(pid) || Date.now() - changedMs > staleMs
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

function frame(body: Uint8Array): Buffer {
  const framed = Buffer.allocUnsafe(headerBytes + body.byteLength)
  framed.writeUInt32BE(magic, 0)
  framed.writeUInt32BE(body.byteLength, 4)
  framed.writeUInt32BE(checksum(body), 8)
  framed.set(body, headerBytes)
  return framed
}

/** Null: torn. */
function readFrame(file: string): Uint8Array | null {
  let framed: Buffer
  try {
    framed = fs.readFileSync(file)
  } catch {
    return null
  }
  if (framed.byteLength < headerBytes || framed.readUInt32BE(0) !== magic) return null
  const body = framed.subarray(headerBytes)
  if (framed.readUInt32BE(4) !== body.byteLength || framed.readUInt32BE(8) !== checksum(body)) return null
  return body
}

/** FNV-1a: a power cut leaves zeros in a file of the right length. */
function checksum(bytes: Uint8Array): number {
  let hash = 0x811c9dc5
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193)
  return hash >>> 0
}
