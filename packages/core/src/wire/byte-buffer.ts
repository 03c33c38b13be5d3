const nothing = new Uint8Array(0)

/** A growing run of bytes with a limit. Past the limit it keeps nothing more and says so. */
export class ByteBuffer {
  readonly #limit: number
  #bytes = nothing
  #length = 0
  #overflowed = false

  constructor(limit: number) {
    this.#limit = limit
  }

  get length(): number {
    return this.#length
  }

  get overflowed(): boolean {
    return this.#overflowed
  }

  append(chunk: Uint8Array): void {
    const needed = this.#length + chunk.byteLength
    if (this.#overflowed || needed > this.#limit) {
      this.#overflowed = true
      this.#bytes = nothing
      this.#length = 0
      return
    }
    if (needed > this.#bytes.byteLength) this.#grow(needed)
    this.#bytes.set(chunk, this.#length)
    this.#length = needed
  }

  /** Valid until the next append. */
  view(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }

  clear(): void {
    this.#length = 0
    this.#overflowed = false
  }

  #grow(needed: number): void {
    const grown = new Uint8Array(Math.max(needed, Math.min(this.#limit, this.#bytes.byteLength * 2), 1024))
    grown.set(this.view())
    this.#bytes = grown
  }
}
