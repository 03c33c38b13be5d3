/** What a damaged or foreign input is answered with: thrown by the reader, caught where the reading began. */
export class MalformedBytes extends Error {}

/** Reads what ByteWriter wrote; never beyond the end. */
export class ByteReader {
  private readonly bytes: Buffer
  private position = 0

  constructor(bytes: Uint8Array) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get isAtEnd(): boolean {
    return this.position === this.bytes.length
  }

  varint(): number {
    let value = 0
    let scale = 1
    for (;;) {
      const byte = this.bytes[this.position++]
      if (byte === undefined) throw new MalformedBytes('it ends too early')
      value += (byte & 0x7f) * scale
      if (!Number.isSafeInteger(value)) throw new MalformedBytes('a number is too large')
      if (byte < 0x80) return value
      scale *= 0x80
    }
  }

  zigzag(): number {
    const value = this.varint()
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }

  double(): number {
    const start = this.advance(8)
    return this.bytes.readDoubleLE(start)
  }

  text(): string {
    const length = this.varint()
    const start = this.advance(length)
    return this.bytes.toString('utf8', start, start + length)
  }

  /** A count of things that each take at least one byte, so that a wrong one cannot ask for memory. */
  count(): number {
    const count = this.varint()
    if (count > this.bytes.length - this.position) throw new MalformedBytes('a count is larger than what follows')
    return count
  }

  list<T>(read: () => T): T[] {
    return Array.from({ length: this.count() }, read)
  }

  private advance(bytes: number): number {
    const start = this.position
    if (bytes > this.bytes.length - start) throw new MalformedBytes('it ends too early')
    this.position = start + bytes
    return start
  }
}
