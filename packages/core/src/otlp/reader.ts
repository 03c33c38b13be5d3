import type { DecodeTally } from './decode-limits.ts'
import { FieldPath } from './field-path.ts'
import { encodeHex } from './hex.ts'
import { TextCache } from './text-cache.ts'

/** Wire types. Source: https://protobuf.dev/programming-guides/encoding/ */
const wireVarint = 0
const wireFixed64 = 1
const wireBytes = 2
const wireGroupStart = 3
const wireGroupEnd = 4
const wireFixed32 = 5

const maxVarintBytes = 10
const twoTo32 = 2 ** 32

/**
 * Reads the protobuf wire format, one message at a time: `enter` a message, `next` for each field, switch over `tag`
 * (a known field that comes with another wire type thereby goes the way of an unknown one: to `skip`), `leave`.
 * Every read is checked against the end of the message it is in. Throws DecodeError and nothing else.
 */
export class Reader {
  readonly path: FieldPath
  readonly tally: DecodeTally
  /** Tag of the field that `next` found: field number << 3 | wire type. */
  tag = 0
  private readonly bytes: Uint8Array
  private readonly view: DataView
  private readonly cache: TextCache
  private readonly outerEnds: number[] = []
  private pos = 0
  private end: number
  /** Halves of the varint read last, both unsigned. */
  private low = 0
  private high = 0

  constructor(bytes: Uint8Array, tally: DecodeTally) {
    // Not the Buffer that a server hands in: its `slice` is a view where a copy is meant.
    this.bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.cache = new TextCache(this.bytes)
    this.end = bytes.byteLength
    this.tally = tally
    this.path = new FieldPath(tally.limits.maxDepth)
  }

  /** Begins the length-delimited message that stands here. `index`: its place in a repeated field, else `single`. */
  enter(name: string, index: number): void {
    const length = this.readLength(name)
    this.path.enter(name, index, this.pos)
    this.outerEnds.push(this.end)
    this.end = this.pos + length
  }

  leave(): void {
    this.path.leave()
    this.end = this.outerEnds.pop() ?? this.end
  }

  /** Moves to the next field of the message. False at its end. */
  next(): boolean {
    if (this.pos >= this.end) return false
    const byte = this.bytes[this.pos] ?? 0
    if (byte < 128) {
      this.pos++
      this.tag = byte
    } else {
      this.readVarint('')
      if (this.high !== 0) throw this.error('', 'field number out of range')
      this.tag = this.low
    }
    if (this.tag < 8) throw this.error('', 'field number 0')
    return true
  }

  string(field: string): string {
    const start = this.takeBytes(field)
    return this.cache.decode(start, this.cutText(start))
  }

  /** A copy: the value must not keep the whole request alive. */
  byteArray(field: string): Uint8Array {
    const start = this.takeBytes(field)
    const kept = Math.min(this.pos - start, this.tally.limits.maxStringBytes)
    if (start + kept < this.pos) this.tally.truncatedStrings++
    return this.bytes.slice(start, start + kept)
  }

  /** An id of `length` bytes as hex digits; empty when it has another length or is all zeros. */
  id(field: string, length: number): string {
    const start = this.takeBytes(field)
    return this.pos - start === length ? encodeHex(this.bytes, start, length) : ''
  }

  bool(field: string): boolean {
    this.readVarint(field)
    return (this.low | this.high) !== 0
  }

  /** A bigint where the integer is not a safe one. */
  int64(field: string): number | bigint {
    this.readVarint(field)
    const value = (this.high | 0) * twoTo32 + this.low
    if (Number.isSafeInteger(value)) return value
    return BigInt.asIntN(64, (BigInt(this.high) << 32n) | BigInt(this.low))
  }

  int32(field: string): number {
    this.readVarint(field)
    return this.low | 0
  }

  double(field: string): number {
    return this.view.getFloat64(this.takeFixed(field, 8), true)
  }

  fixed64(field: string): bigint {
    return this.view.getBigUint64(this.takeFixed(field, 8), true)
  }

  /** Steps over the field that `next` found. */
  skip(): void {
    const wireType = this.tag & 7
    if (wireType === wireGroupStart) this.skipGroup()
    else if (wireType === wireGroupEnd) throw this.error(this.fieldName(), 'end of a group that was not begun')
    else this.skipValue(wireType)
  }

  /** Steps over what is left of the message. */
  skipRest(): void {
    this.pos = this.end
  }

  /** Iterative, for groups may be nested as deep as the input is long. */
  private skipGroup(): void {
    const open = [this.tag >>> 3]
    while (open.length > 0) {
      if (!this.next()) throw this.error(this.fieldName(), 'group not ended')
      const wireType = this.tag & 7
      if (wireType === wireGroupStart) {
        open.push(this.tag >>> 3)
        if (open.length > this.tally.limits.maxDepth)
          throw this.error(this.fieldName(), `nested deeper than ${this.tally.limits.maxDepth} levels`)
      } else if (wireType === wireGroupEnd) {
        if (open.pop() !== this.tag >>> 3) throw this.error(this.fieldName(), 'end of a group that was not begun')
      } else {
        this.skipValue(wireType)
      }
    }
  }

  private skipValue(wireType: number): void {
    const field = this.fieldName()
    if (wireType === wireVarint) this.readVarint(field)
    else if (wireType === wireBytes) this.takeBytes(field)
    else if (wireType === wireFixed64) this.takeFixed(field, 8)
    else if (wireType === wireFixed32) this.takeFixed(field, 4)
    else throw this.error(field, `unknown wire type ${wireType}`)
  }

  private fieldName(): string {
    return `#${this.tag >>> 3}`
  }

  /** Steps over a length-delimited value and gives its start; its end is `pos`. */
  private takeBytes(field: string): number {
    const length = this.readLength(field)
    const start = this.pos
    this.pos += length
    return start
  }

  private takeFixed(field: string, length: number): number {
    const start = this.pos
    if (length > this.end - start) throw this.error(field, `ends within a value of ${length} bytes`)
    this.pos = start + length
    return start
  }

  private readLength(field: string): number {
    const start = this.pos
    this.readVarint(field)
    if (this.high !== 0 || this.low > this.end - this.pos) {
      this.pos = start
      throw this.error(field, 'length runs past the end')
    }
    return this.low
  }

  private readVarint(field: string): void {
    const first = this.bytes[this.pos] ?? 0
    // Nearly all of them: lengths of names and values.
    if (first < 128 && this.pos < this.end) {
      this.pos++
      this.low = first
      this.high = 0
      return
    }
    this.readLongVarint(field)
  }

  private readLongVarint(field: string): void {
    let low = 0
    let high = 0
    for (let i = 0; i < maxVarintBytes; i++) {
      if (this.pos >= this.end) throw this.error(field, 'ends within a varint')
      const byte = this.bytes[this.pos++] ?? 0
      const shift = i * 7
      if (shift < 28) low |= (byte & 127) << shift
      else if (shift === 28) {
        low |= (byte & 127) << 28
        high = (byte & 127) >>> 4
      } else high |= (byte & 127) << (shift - 32)
      if (byte < 128) {
        this.low = low >>> 0
        this.high = high >>> 0
        return
      }
    }
    throw this.error(field, `varint longer than ${maxVarintBytes} bytes`)
  }

  /** End of the kept part of the text in `[start, pos)`: never within a character. */
  private cutText(start: number): number {
    const { maxStringBytes } = this.tally.limits
    if (this.pos - start <= maxStringBytes) return this.pos
    this.tally.truncatedStrings++
    let end = start + maxStringBytes
    // At most three steps, as no UTF-8 character has more continuation bytes; more are not UTF-8 anyway.
    for (let i = 0; i < 3 && end > start && ((this.bytes[end] ?? 0) & 0xc0) === 0x80; i++) end--
    return end
  }

  private error(field: string, reason: string) {
    return this.path.error(field, reason, this.pos)
  }
}
