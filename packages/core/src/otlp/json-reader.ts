import { decodeBase64 } from './base64.ts'
import { DecodeError } from './decode-error.ts'
import type { DecodeTally } from './decode-limits.ts'
import { FieldPath, single } from './field-path.ts'
import { normalizeId } from './hex.ts'

export type JsonObject = { readonly [field: string]: unknown }

const integerText = /^-?\d{1,20}$/
const numberText = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/
const specialNumbers = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
])
const utf8 = new TextEncoder()

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function parseText(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    // The parser's own message may quote the text, which may be somebody's prompt: only the position is kept.
    const position = /position (\d+)/.exec(error instanceof Error ? error.message : '')
    throw new DecodeError('', 'not JSON', position === null ? null : Number(position[1]))
  }
}

/**
 * Reads the fields of OTLP/JSON messages. A field that is absent or null has its default, as proto3's JSON mapping says.
 * Throws DecodeError with the path of a field that has a wrong type.
 * Source: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */
export class JsonReader {
  readonly root: JsonObject
  readonly path: FieldPath
  readonly tally: DecodeTally

  constructor(text: string, tally: DecodeTally) {
    this.path = new FieldPath(tally.limits.maxDepth)
    this.tally = tally
    this.root = this.toObject(parseText(text))
  }

  /** Calls `read` for each message of a repeated field, with `path` standing at it. */
  forEach(object: JsonObject, field: string, read: (item: JsonObject, index: number) => void): void {
    const list = object[field] ?? []
    if (!Array.isArray(list)) throw this.error(field, 'must be an array')
    for (let index = 0; index < list.length; index++) {
      this.path.enter(field, index, null)
      read(this.toObject(list[index]), index)
      this.path.leave()
    }
  }

  /** Null when the field is absent. */
  message<T>(object: JsonObject, field: string, read: (item: JsonObject) => T): T | null {
    const value = object[field] ?? null
    if (value === null) return null
    this.path.enter(field, single, null)
    const result = read(this.toObject(value))
    this.path.leave()
    return result
  }

  string(object: JsonObject, field: string): string {
    const value = object[field] ?? ''
    if (typeof value !== 'string') throw this.error(field, 'must be a string')
    return this.cutText(value)
  }

  /** An id in lower case; empty when it is not `length` hex digits or only zeros. */
  id(object: JsonObject, field: string, length: number): string {
    const value = object[field] ?? ''
    if (typeof value !== 'string') throw this.error(field, 'must be a string of hex digits')
    return normalizeId(value, length)
  }

  bool(object: JsonObject, field: string): boolean {
    const value = object[field] ?? false
    if (typeof value !== 'boolean') throw this.error(field, 'must be true or false')
    return value
  }

  double(object: JsonObject, field: string): number {
    const value = object[field] ?? 0
    if (typeof value === 'number') return value
    if (typeof value === 'string') {
      const special = specialNumbers.get(value)
      if (special !== undefined) return special
      if (numberText.test(value)) return Number(value)
    }
    throw this.error(field, 'must be a number')
  }

  /** A bigint where the integer is not a safe one. */
  int64(object: JsonObject, field: string): number | bigint {
    const value = this.integer(object, field)
    if (typeof value === 'number') return value
    if (BigInt.asIntN(64, value) !== value) throw this.error(field, 'must be an integer of 64 bits')
    return value
  }

  fixed64(object: JsonObject, field: string): bigint {
    const value = BigInt(this.integer(object, field))
    if (BigInt.asUintN(64, value) !== value) throw this.error(field, 'must be an unsigned integer of 64 bits')
    return value
  }

  /** Enums are integers in OTLP/JSON; the names that proto3 also allows are understood. Unknown values are 0. */
  enumeration(object: JsonObject, field: string, names: readonly string[]): number {
    const value = object[field] ?? 0
    if (typeof value === 'string') return Math.max(0, names.indexOf(value))
    if (typeof value !== 'number') throw this.error(field, 'must be an integer')
    return Number.isInteger(value) ? value | 0 : 0
  }

  byteArray(object: JsonObject, field: string): Uint8Array {
    const value = object[field] ?? ''
    const bytes = typeof value === 'string' ? decodeBase64(value) : null
    if (bytes === null) throw this.error(field, 'must be base64')
    const { maxStringBytes } = this.tally.limits
    if (bytes.length <= maxStringBytes) return bytes
    this.tally.truncatedStrings++
    return bytes.slice(0, maxStringBytes)
  }

  private integer(object: JsonObject, field: string): number | bigint {
    const value = object[field] ?? 0
    if (typeof value === 'number' && Number.isInteger(value))
      return Number.isSafeInteger(value) ? value + 0 : BigInt(value)
    if (typeof value !== 'string' || !integerText.test(value)) throw this.error(field, 'must be an integer')
    const number = Number(value)
    // + 0 makes −0, which no integer is, 0.
    return Number.isSafeInteger(number) ? number + 0 : BigInt(value)
  }

  private toObject(value: unknown): JsonObject {
    if (!isObject(value)) throw this.error('', 'must be an object')
    return value
  }

  private cutText(text: string): string {
    const { maxStringBytes } = this.tally.limits
    // A UTF-16 code unit takes at most three bytes of UTF-8, and encodeInto stops before a character that does not fit.
    if (text.length * 3 <= maxStringBytes) return text
    const { read } = utf8.encodeInto(text, new Uint8Array(maxStringBytes))
    if (read === text.length) return text
    this.tally.truncatedStrings++
    return text.slice(0, read)
  }

  private error(field: string, reason: string): DecodeError {
    return this.path.error(field, reason, null)
  }
}
