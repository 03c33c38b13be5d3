const startBytes = 64 * 1024

/** Bytes that grow. Integers as LEB128 varints, doubles little-endian: the encodings of protobuf. */
export class ByteWriter {
  length = 0
  private buffer = Buffer.allocUnsafe(startBytes)

  /** A whole number from 0 to 2^53. */
  varint(value: number): void {
    this.reserve(10)
    let rest = value
    // Beyond 2^31 the bit operators would cut.
    while (rest >= 0x8000_0000) {
      this.buffer[this.length++] = (rest % 0x80) | 0x80
      rest = Math.floor(rest / 0x80)
    }
    while (rest >= 0x80) {
      this.buffer[this.length++] = (rest & 0x7f) | 0x80
      rest >>>= 7
    }
    this.buffer[this.length++] = rest
  }

  /** A whole number of either sign, small ones short. */
  zigzag(value: number): void {
    this.varint(value < 0 ? -2 * value - 1 : 2 * value)
  }

  double(value: number): void {
    this.reserve(8)
    this.buffer.writeDoubleLE(value, this.length)
    this.length += 8
  }

  /** UTF-8, after its length in bytes. */
  text(value: string): void {
    const bytes = Buffer.byteLength(value, 'utf8')
    this.varint(bytes)
    this.reserve(bytes)
    this.buffer.write(value, this.length, 'utf8')
    this.length += bytes
  }

  raw(bytes: Uint8Array): void {
    this.reserve(bytes.length)
    this.buffer.set(bytes, this.length)
    this.length += bytes.length
  }

  /** Puts the number of bytes written since `start` before them. */
  prependLength(start: number): void {
    const bytes = this.length - start
    const width = bytes < 0x80 ? 1 : bytes < 0x4000 ? 2 : bytes < 0x20_0000 ? 3 : bytes < 0x1000_0000 ? 4 : 5
    this.reserve(width)
    this.buffer.copyWithin(start + width, start, this.length)
    this.length = start
    this.varint(bytes)
    this.length = start + width + bytes
  }

  /** A copy of what was written since `start`. */
  copyFrom(start: number): Uint8Array {
    return Uint8Array.prototype.slice.call(this.buffer, start, this.length)
  }

  private reserve(bytes: number): void {
    const needed = this.length + bytes
    if (needed <= this.buffer.length) return
    const grown = Buffer.allocUnsafe(Math.max(needed, this.buffer.length * 2))
    grown.set(this.buffer.subarray(0, this.length))
    this.buffer = grown
  }
}
