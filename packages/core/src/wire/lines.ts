import { ByteBuffer } from './byte-buffer.ts'
import { decodeUtf8 } from './json.ts'

const lf = 10
const cr = 13

/** Longest line that is kept: a whole image in base64 fits. A longer one is left out, the ones after it are read. */
export const maxLineBytes = 16 * 1024 * 1024

/** Cuts bytes that come in pieces of any size into lines ended by LF, CRLF or CR. */
export class LineReader {
  readonly #onLine: (line: string) => void
  readonly #pending = new ByteBuffer(maxLineBytes)

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine
  }

  /** No line is half read. */
  get idle(): boolean {
    return this.#pending.length === 0 && !this.#pending.overflowed
  }

  push(chunk: Uint8Array): void {
    let start = 0
    for (;;) {
      const end = chunk.indexOf(lf, start)
      if (end === -1) break
      this.#take(chunk.subarray(start, end))
      start = end + 1
    }
    if (start < chunk.byteLength) this.#pending.append(start === 0 ? chunk : chunk.subarray(start))
  }

  end(): void {
    if (!this.idle) this.#take(new Uint8Array(0))
  }

  #take(tail: Uint8Array): void {
    if (this.idle) {
      this.#emit(tail)
      return
    }
    this.#pending.append(tail)
    if (!this.#pending.overflowed) this.#emit(this.#pending.view())
    this.#pending.clear()
  }

  #emit(line: Uint8Array): void {
    const text = decodeUtf8(line)
    const firstCr = line.indexOf(cr)
    if (firstCr === -1) this.#onLine(text)
    else if (firstCr === line.byteLength - 1) this.#onLine(text.slice(0, -1))
    // A CR alone ends a line in SSE, and cannot stand raw inside JSON.
    else for (const part of text.replace(/\r$/, '').split('\r')) this.#onLine(part)
  }
}
