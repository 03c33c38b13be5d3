import type { ResponseParts, ResponseReader } from '@inferometer/core/wire/wire'
import type { Clock } from './clock.ts'

/** After the first content token a stream is read in pieces of this size: one look at many chunks. */
const pieceBytes = 16 * 1024
const searchBytes = 512

export interface BodyWatchOptions {
  readonly clock: Clock
  /** Content arrives bit by bit: note the first token and the stalls. */
  readonly timed: boolean
  readonly stallThresholdMs: number
  readonly run: (action: () => void) => void
}

/**
 * Reads a response body beside the application. Bytes are copied because the application owns the chunk: it may transfer
 * its buffer (enqueueing into a byte stream does) or write into it. They are read after the application had its turn.
 */
export class BodyWatch {
  readonly #options: BodyWatchOptions
  #reader: ResponseReader | null = null
  #pending: { readonly bytes: Uint8Array; readonly atMs: number }[] = []
  #scheduled = false
  #piece: Uint8Array | null = null
  #pieceUsed = 0
  #lastMs = 0
  contentMs: number | null = null
  stallCount = 0
  stallMs = 0

  constructor(options: BodyWatchOptions) {
    this.#options = options
  }

  get timed(): boolean {
    return this.#options.timed
  }

  /** Everything the model wrote, after `end`. Null when it is not known. */
  readOutput(): string | null {
    return this.#reader?.readOutput() ?? null
  }

  attach(reader: ResponseReader): void {
    this.#reader = reader
    if (this.#pending.length > 0) this.#schedule()
  }

  /** `askedMs`: when the application asked for this chunk; time before that is its own. */
  push(chunk: Uint8Array, askedMs: number): number {
    const nowMs = this.#options.clock.nowMs()
    if (chunk.byteLength === 0) return nowMs
    if (!this.#options.timed) this.#pending.push({ bytes: chunk.slice(), atMs: nowMs })
    else if (this.contentMs === null) {
      this.#pending.push({ bytes: chunk.slice(), atMs: nowMs })
      this.#schedule()
    } else {
      this.#noteGap(nowMs - Math.max(this.#lastMs, askedMs))
      this.#gather(chunk, nowMs)
    }
    this.#lastMs = nowMs
    return nowMs
  }

  /** Call once. Null when no reader was attached. */
  end(): ResponseParts | null {
    this.#closePiece()
    this.#drain()
    return this.#reader?.end() ?? null
  }

  #noteGap(gapMs: number): void {
    if (gapMs <= this.#options.stallThresholdMs) return
    this.stallCount += 1
    this.stallMs += gapMs
  }

  #gather(chunk: Uint8Array, atMs: number): void {
    if (this.#pieceUsed + chunk.byteLength > pieceBytes) {
      this.#closePiece()
      this.#schedule()
    }
    if (chunk.byteLength > pieceBytes) {
      this.#pending.push({ bytes: chunk.slice(), atMs })
      return
    }
    this.#piece ??= new Uint8Array(pieceBytes)
    this.#piece.set(chunk, this.#pieceUsed)
    this.#pieceUsed += chunk.byteLength
  }

  #closePiece(): void {
    if (this.#piece === null) return
    this.#pending.push({ bytes: this.#piece.subarray(0, this.#pieceUsed), atMs: this.#lastMs })
    this.#piece = null
    this.#pieceUsed = 0
  }

  #schedule(): void {
    if (this.#scheduled || this.#reader === null) return
    this.#scheduled = true
    queueMicrotask(() => {
      this.#scheduled = false
      this.#options.run(() => this.#drain())
    })
  }

  #drain(): void {
    const reader = this.#reader
    if (reader === null) return
    const pending = this.#pending
    this.#pending = []
    for (const { bytes, atMs } of pending) {
      if (this.#options.timed && this.contentMs === null) this.#findContent(reader, bytes, atMs)
      else reader.push(bytes)
    }
  }

  /** In small pieces: from the first content on, the reader has less to do with the rest. */
  #findContent(reader: ResponseReader, bytes: Uint8Array, atMs: number): void {
    let start = 0
    while (start < bytes.byteLength && !reader.contentSeen) {
      reader.push(bytes.subarray(start, start + searchBytes))
      start += searchBytes
    }
    if (start < bytes.byteLength) reader.push(bytes.subarray(start))
    if (reader.contentSeen) this.contentMs = atMs
  }
}
