import { maxLineBytes } from './lines.ts'
import type { SkimmedEvent, SkimPlan } from './skim.ts'
import { skimLines } from './skim.ts'

/** A window is skimmed when it has grown to this, so that a stream without end needs no memory without end. */
const windowBytes = 512 * 1024
/** What a chunk costs beside its bytes. */
export const chunkOverheadBytes = 128

/** Memory for joining chunks, shared by all readers: joining and reading happen in one go. */
let scratch = new Uint8Array(64 * 1024)

export interface SkimTarget {
  /** Takes the events that matter, and the bytes they were found in. */
  readonly onEvents: (events: readonly SkimmedEvent[], bytes: Uint8Array) => void
  /** Takes bytes that skimming cannot tell apart, to be read in full. */
  readonly onBytes: (bytes: Uint8Array) => void
}

/** Chunks of a stream of lines that wait, untouched, until there is a reason to look at them. */
export class SkimWindow {
  readonly #plan: SkimPlan
  readonly #target: SkimTarget
  #chunks: Uint8Array[] = []
  #bytes = 0
  /** Bytes and what the chunks cost beside them. */
  #weight = 0
  #due = windowBytes

  constructor(plan: SkimPlan, target: SkimTarget) {
    this.#plan = plan
    this.#target = target
  }

  /** The first chunk must begin with an event. */
  push(chunk: Uint8Array): void {
    this.#chunks.push(chunk)
    this.#bytes += chunk.byteLength
    this.#weight += chunk.byteLength + chunkOverheadBytes
    if (this.#weight >= this.#due) this.skimEvents()
  }

  end(): void {
    if (this.#bytes > 0) this.#skim(this.#join())
    this.#drop()
  }

  /** Skims every event that is whole. */
  skimEvents(): void {
    if (this.#bytes === 0) return
    const bytes = this.#join()
    const end = findLastEventEnd(bytes)
    if (end > 0) this.#skim(bytes.subarray(0, end))
    const rest = bytes.slice(end)
    this.#drop()
    if (rest.byteLength <= maxLineBytes) {
      this.#chunks = [rest]
      this.#bytes = rest.byteLength
      this.#weight = rest.byteLength
    }
    this.#due = Math.max(windowBytes, this.#bytes * 2)
  }

  #drop(): void {
    this.#chunks = []
    this.#bytes = 0
    this.#weight = 0
  }

  #skim(bytes: Uint8Array): void {
    const events = skimLines(bytes, this.#plan)
    if (events === null) this.#target.onBytes(bytes)
    else this.#target.onEvents(events, bytes)
  }

  #join(): Uint8Array {
    if (this.#bytes > scratch.byteLength && this.#bytes <= windowBytes * 2) scratch = new Uint8Array(windowBytes * 2)
    const joined = this.#bytes > scratch.byteLength ? new Uint8Array(this.#bytes) : scratch
    let length = 0
    for (const chunk of this.#chunks) {
      joined.set(chunk, length)
      length += chunk.byteLength
    }
    return joined.subarray(0, length)
  }
}

/** Behind the last blank line, or behind the last line when the stream has none (JSON lines). */
function findLastEventEnd(bytes: Uint8Array): number {
  for (let at = bytes.lastIndexOf(0x0a); at > 0; at = bytes.lastIndexOf(0x0a, at - 1)) {
    const before = bytes[at - 1]
    if (before === 0x0a || (before === 0x0d && bytes[at - 2] === 0x0a)) return at + 1
  }
  return bytes[0] === 0x7b ? bytes.lastIndexOf(0x0a) + 1 : 0
}
