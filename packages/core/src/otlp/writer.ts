import { decodeHex } from './hex.ts'

const utf8 = new TextEncoder()
const firstCapacity = 4096
const maxKeptCapacity = 1 << 20
const maxVarintBytes = 10
/** Up to here a loop over the characters is cheaper than a TextEncoder call. */
const shortText = 64
const twoTo32 = 2 ** 32
const minInt64 = -(2n ** 63n)
const maxInt64 = 2n ** 63n - 1n

/** Of an integer, negative ones too. */
function mod32(value: number): number {
  return value - Math.floor(value / twoTo32) * twoTo32
}

function varintLength(value: number): number {
  if (value < 0x80) return 1
  if (value < 0x4000) return 2
  if (value < 0x200000) return 3
  if (value < 0x10000000) return 4
  return 5
}

/**
 * Writes the protobuf wire format into one growing buffer. Each method takes the whole tag, field number << 3 | wire
 * type. A nested message is written in place between `open` and `close`; one byte is left for its length, and `close`
 * moves the message when that was not enough.
 */
export class Writer {
  private bytes = new Uint8Array(firstCapacity)
  private view = new DataView(this.bytes.buffer)
  private pos = 0

  /** Begins a nested message. Returns the mark for `close`. */
  open(tag: number): number {
    this.reserve(2 * maxVarintBytes)
    this.writeVarint(tag)
    this.pos++
    return this.pos
  }

  close(mark: number): void {
    const length = this.pos - mark
    const moved = varintLength(length) - 1
    if (moved > 0) {
      this.reserve(maxVarintBytes)
      this.bytes.copyWithin(mark + moved, mark, this.pos)
    }
    this.pos = mark - 1
    this.writeVarint(length)
    this.pos += length
  }

  string(tag: number, text: string): void {
    // A UTF-16 code unit takes at most three bytes of UTF-8.
    this.reserve(2 * maxVarintBytes + text.length * 3)
    this.writeVarint(tag)
    if (text.length > shortText || !this.writeShortAscii(text)) this.writeUtf8(text)
  }

  byteArray(tag: number, value: Uint8Array): void {
    this.reserve(2 * maxVarintBytes + value.length)
    this.writeVarint(tag)
    this.writeVarint(value.length)
    this.bytes.set(value, this.pos)
    this.pos += value.length
  }

  /** An id of hex digits; nothing is written for an empty one. */
  id(tag: number, hex: string): void {
    if (hex === '') return
    this.reserve(2 * maxVarintBytes + hex.length)
    this.writeVarint(tag)
    this.writeVarint(hex.length / 2)
    if (!decodeHex(hex, this.bytes, this.pos)) throw new Error(`BUG: "${hex}" is no id`)
    this.pos += hex.length / 2
  }

  bool(tag: number, value: boolean): void {
    this.reserve(2 * maxVarintBytes)
    this.writeVarint(tag)
    this.writeVarint(value ? 1 : 0)
  }

  /** The number must be a safe integer, the bigint one of 64 bits. */
  int64(tag: number, value: number | bigint): void {
    this.reserve(2 * maxVarintBytes)
    this.writeVarint(tag)
    if (typeof value === 'number' && value >= 0) this.writeVarint(value)
    else this.writeSigned(BigInt(value))
  }

  double(tag: number, value: number): void {
    this.reserve(2 * maxVarintBytes)
    this.writeVarint(tag)
    this.view.setFloat64(this.pos, value, true)
    this.pos += 8
  }

  fixed64(tag: number, value: bigint): void {
    this.reserve(2 * maxVarintBytes)
    this.writeVarint(tag)
    this.view.setBigUint64(this.pos, value, true)
    this.pos += 8
  }

  /** Nanoseconds since the epoch, as microseconds and what comes on top; nothing is written for zero. Integers below 2⁵³. */
  nanos(tag: number, micros: number, moreNanos: number): void {
    const low = (micros % twoTo32) * 1000 + mod32(moreNanos)
    const high = Math.floor(micros / twoTo32) * 1000 + Math.floor(moreNanos / twoTo32) + Math.floor(low / twoTo32)
    if (high === 0 && low === 0) return
    this.reserve(2 * maxVarintBytes)
    this.writeVarint(tag)
    this.view.setUint32(this.pos, mod32(low), true)
    this.view.setUint32(this.pos + 4, mod32(high), true)
    this.pos += 8
  }

  /** Bytes that are a field, or several, already. */
  raw(encoded: Uint8Array): void {
    this.reserve(encoded.length)
    this.bytes.set(encoded, this.pos)
    this.pos += encoded.length
  }

  finish(): Uint8Array {
    return this.bytes.slice(0, this.pos)
  }

  /** Forgets what was written and keeps the memory, unless it is much. */
  reset(): void {
    this.pos = 0
    if (this.bytes.length <= maxKeptCapacity) return
    this.bytes = new Uint8Array(firstCapacity)
    this.view = new DataView(this.bytes.buffer)
  }

  private writeVarint(value: number): void {
    let rest = value
    while (rest >= twoTo32) {
      this.bytes[this.pos++] = (rest % 128) | 128
      rest = Math.floor(rest / 128)
    }
    // Below 2³² the bit operators are exact.
    rest = rest >>> 0
    while (rest > 127) {
      this.bytes[this.pos++] = (rest & 127) | 128
      rest >>>= 7
    }
    this.bytes[this.pos++] = rest
  }

  private writeSigned(value: bigint): void {
    if (value < minInt64 || value > maxInt64) throw new Error('BUG: integer beyond 64 bits')
    let rest = BigInt.asUintN(64, value)
    while (rest > 127n) {
      this.bytes[this.pos++] = Number(rest & 127n) | 128
      rest >>= 7n
    }
    this.bytes[this.pos++] = Number(rest)
  }

  /** False, and nothing written, when the text is not ASCII. At most `shortText` characters, so the length is one byte. */
  private writeShortAscii(text: string): boolean {
    const start = this.pos + 1
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i)
      if (code > 127) return false
      this.bytes[start + i] = code
    }
    this.bytes[this.pos] = text.length
    this.pos = start + text.length
    return true
  }

  private writeUtf8(text: string): void {
    const lengthBytes = varintLength(text.length)
    const start = this.pos + lengthBytes
    const { written } = utf8.encodeInto(text, this.bytes.subarray(start))
    const needed = varintLength(written)
    if (needed !== lengthBytes) this.bytes.copyWithin(this.pos + needed, start, start + written)
    this.writeVarint(written)
    this.pos += written
  }

  private reserve(length: number): void {
    if (this.bytes.length - this.pos >= length) return
    const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.pos + length))
    grown.set(this.bytes.subarray(0, this.pos))
    this.bytes = grown
    this.view = new DataView(grown.buffer)
  }
}
