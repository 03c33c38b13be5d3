import type { ResponseReader } from '@inferometer/core/wire/wire'
import type { Clock } from './clock.ts'

/** Memory that bodies are copied into: to allocate for each costs more than to copy. Used again when its body has been read. */
const slabBytes = 16 * 1024
const maxFreeSlabs = 64
const freeSlabs: Uint8Array[] = []

function takeSlab(): Uint8Array {
  return freeSlabs.pop() ?? new Uint8Array(slabBytes)
}

/**
 * Keeps what an application reads of a body, with the times, until there is leisure to read it. Bytes are copied because the
 * application owns the chunk: it may transfer its buffer (enqueueing into a byte stream does) or write into it.
 */
export class BodyWatch {
  readonly #clock: Clock
  readonly #stallThresholdMs: number
  #pieces: Uint8Array[] = []
  readonly #slabs: Uint8Array[] = []
  #slab: Uint8Array | null = null
  /** Where the part of the slab begins that waits, and where it ends. */
  #slabStart = 0
  #slabUsed = 0
  /** Of each chunk: where it ends, counted from the first byte that waits, and when it came. */
  #ends: number[] = []
  #times: number[] = []
  #waitingBytes = 0
  #lastMs = 0
  #stalls: { readonly atMs: number; readonly gapMs: number }[] = []
  contentMs: number | null = null

  constructor(clock: Clock, stallThresholdMs: number) {
    this.#clock = clock
    this.#stallThresholdMs = stallThresholdMs
  }

  get waitingBytes(): number {
    return this.#waitingBytes
  }

  /** Gaps after the first content. `atMs`: when they were over. */
  get stalls(): readonly { readonly atMs: number; readonly gapMs: number }[] {
    const { contentMs } = this
    return contentMs === null ? [] : this.#stalls.filter(({ atMs }) => atMs > contentMs)
  }

  /** Gives the time. `askedMs`: when the application asked for this chunk; time before that is its own. */
  push(chunk: Uint8Array, askedMs: number): number {
    const nowMs = this.#clock.nowMs()
    if (chunk.byteLength === 0) return nowMs
    this.#waitingBytes += chunk.byteLength
    const gapMs = nowMs - Math.max(this.#lastMs, askedMs)
    if (gapMs > this.#stallThresholdMs && this.#lastMs > 0) this.#stalls.push({ atMs: nowMs, gapMs })
    this.#lastMs = nowMs
    if (this.contentMs === null) {
      this.#ends.push(this.#waitingBytes)
      this.#times.push(nowMs)
    }
    this.#gather(chunk)
    return nowMs
  }

  /** Hands what waits to the reader. `mayStream`: content may come bit by bit, so look for the first. */
  drain(reader: ResponseReader, mayStream: boolean): void {
    this.#closePiece()
    const pieces = this.#pieces
    this.#pieces = []
    if (!mayStream || this.contentMs !== null) for (const piece of pieces) reader.push(piece)
    else this.#findContent(reader, pieces)
    this.#ends = []
    this.#times = []
    this.#waitingBytes = 0
  }

  /** The reader is through with what it was given: nothing may be read from it after this. */
  release(): void {
    for (const slab of this.#slabs) if (freeSlabs.length < maxFreeSlabs) freeSlabs.push(slab)
    this.#slabs.length = 0
    this.#slab = null
    this.#pieces = []
  }

  #gather(chunk: Uint8Array): void {
    const { byteLength } = chunk
    if (byteLength > slabBytes / 4) {
      this.#closePiece()
      this.#pieces.push(chunk.slice())
      return
    }
    if (this.#slab === null || this.#slabUsed + byteLength > slabBytes) this.#openSlab()
    this.#slab?.set(chunk, this.#slabUsed)
    this.#slabUsed += byteLength
  }

  #openSlab(): void {
    this.#closePiece()
    this.#slab = takeSlab()
    this.#slabs.push(this.#slab)
    this.#slabStart = 0
    this.#slabUsed = 0
  }

  #closePiece(): void {
    if (this.#slab === null || this.#slabUsed === this.#slabStart) return
    this.#pieces.push(this.#slab.subarray(this.#slabStart, this.#slabUsed))
    this.#slabStart = this.#slabUsed
  }

  /** Chunk by chunk, to know which of them brought the first content. */
  #findContent(reader: ResponseReader, pieces: readonly Uint8Array[]): void {
    let chunk = 0
    let offset = 0
    for (const piece of pieces) {
      let start = 0
      while (start < piece.byteLength && !reader.contentSeen) {
        const end = Math.min(piece.byteLength, (this.#ends[chunk] ?? Infinity) - offset)
        reader.push(piece.subarray(start, end))
        if (reader.contentSeen) this.contentMs = this.#times[chunk] ?? this.#lastMs
        start = end
        if (offset + end >= (this.#ends[chunk] ?? Infinity)) chunk += 1
      }
      if (start < piece.byteLength) reader.push(piece.subarray(start))
      offset += piece.byteLength
    }
  }
}
