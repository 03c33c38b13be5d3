import { ByteBuffer } from './byte-buffer.ts'
import { decodeUtf8, parseJson } from './json.ts'
import { maxLineBytes } from './lines.ts'

const quote = 0x22
const backslash = 0x5c

/** The elements of a JSON array of objects, each as soon as it is whole. Source: Gemini's streamGenerateContent without `alt=sse`. */
export class JsonArrayReader {
  readonly #onValue: (value: unknown) => void
  readonly #element = new ByteBuffer(maxLineBytes)
  #depth = 0
  #inString = false
  #escaped = false

  constructor(onValue: (value: unknown) => void) {
    this.#onValue = onValue
  }

  get idle(): boolean {
    return this.#element.length === 0 && !this.#element.overflowed
  }

  push(chunk: Uint8Array): void {
    let start = this.#depth > 1 ? 0 : -1
    for (let i = 0; i < chunk.byteLength; i++) {
      const change = this.#step(chunk[i] ?? 0)
      if (change === 1 && this.#depth === 2) start = i
      else if (change === -1 && this.#depth === 1 && start !== -1) {
        this.#element.append(chunk.subarray(start, i + 1))
        this.#emit()
        start = -1
      }
    }
    if (start !== -1) this.#element.append(chunk.subarray(start))
  }

  end(): void {
    this.#element.clear()
  }

  /** Reads one byte; says whether it opened (1) or closed (-1) an array or object. */
  #step(byte: number): number {
    if (this.#inString) {
      if (this.#escaped) this.#escaped = false
      else if (byte === backslash) this.#escaped = true
      else if (byte === quote) this.#inString = false
      return 0
    }
    if (byte === quote) this.#inString = true
    else if (byte === 0x7b || byte === 0x5b) {
      this.#depth++
      return 1
    } else if (byte === 0x7d || byte === 0x5d) {
      this.#depth--
      return -1
    }
    return 0
  }

  #emit(): void {
    const value = this.#element.overflowed ? undefined : parseJson(decodeUtf8(this.#element.view()))
    this.#element.clear()
    if (value !== undefined) this.#onValue(value)
  }
}
