/** A longer request is sent as it is, but its text is not known. */
export const maxTextBytes = 32 * 1024 * 1024

/** Gathers what an application writes into a node request. */
export class RequestText {
  #chunks: Uint8Array[] = []
  #bytes = 0

  add(chunk: unknown, encoding: unknown): void {
    const bytes = toBytes(chunk, encoding)
    if (bytes === null) return
    this.#bytes += bytes.byteLength
    if (this.#bytes <= maxTextBytes) this.#chunks.push(bytes)
    else this.#chunks = []
  }

  /** Null when it was too long. */
  read(): string | null {
    return this.#bytes > maxTextBytes ? null : Buffer.concat(this.#chunks).toString('utf8')
  }
}

function toBytes(chunk: unknown, encoding: unknown): Uint8Array | null {
  if (chunk instanceof Uint8Array) return chunk
  if (typeof chunk !== 'string') return null
  return Buffer.from(chunk, typeof encoding === 'string' && Buffer.isEncoding(encoding) ? encoding : 'utf8')
}
