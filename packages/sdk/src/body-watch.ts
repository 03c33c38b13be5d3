import type { ResponseReader } from '@inferometer/core/wire/wire'
import type { Clock } from './clock.ts'

const firstPieceBytes = 2 * 1024
const pieceBytes = 16 * 1024
const slabBytes = 64 * 1024

/** Memory that all bodies take their pieces from: to allocate for each costs more than to copy the bytes. */
let slab = new Uint8Array(0)
let slabUsed = 0

function takePiece(byteLength: number): Uint8Array {
  if (slabUsed + byteLength > slab.byteLength) {
    slab = new Uint8Array(slabBytes)
    slabUsed = 0
  }
  slabUsed += byteLength
  return slab.subarray(slabUsed - byteLength, slabUsed)
}

/** Gives back what a piece did not need, if nobody has taken more since. */
function trimPiece(piece: Uint8Array, used: number): Uint8Array {
  const isLast = piece.buffer === slab.buffer && piece.byteOffset + piece.byteLength === slabUsed
  if (isLast) slabUsed -= piece.byteLength - used
  return piece.subarray(0, used)
}

/**
 * Keeps what an application reads of a body, with the times, until there is leisure to read it. Bytes are copied because the
 * application owns the chunk: it may transfer its buffer (enqueueing into a byte stream does) or write into it.
 */
export class BodyWatch {
  readonly #clock: Clock
  readonly #stallThresholdMs: number
  #pieces: Uint8Array[] = []
  #piece: Uint8Array | null = null
  #pieceUsed = 0
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

  /** Gaps after the first content. */
  get stallMs(): readonly number[] {
    const { contentMs } = this
    return contentMs === null ? [] : this.#stalls.filter(({ atMs }) => atMs > contentMs).map(({ gapMs }) => gapMs)
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

  #gather(chunk: Uint8Array): void {
    const { byteLength } = chunk
    if (this.#piece !== null && this.#pieceUsed + byteLength > this.#piece.byteLength) this.#closePiece()
    if (byteLength > firstPieceBytes) {
      this.#closePiece()
      this.#pieces.push(chunk.slice())
      return
    }
    this.#piece ??= takePiece(this.#pieces.length === 0 ? firstPieceBytes : pieceBytes)
    this.#piece.set(chunk, this.#pieceUsed)
    this.#pieceUsed += byteLength
  }

  #closePiece(): void {
    if (this.#piece === null) return
    this.#pieces.push(trimPiece(this.#piece, this.#pieceUsed))
    this.#piece = null
    this.#pieceUsed = 0
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
