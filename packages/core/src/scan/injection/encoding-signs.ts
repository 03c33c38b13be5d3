/** Whether there is anything to decode in a text: asked of every one with a few digits or escapes, so each unit is looked at once. */
import { loadUnits } from '../text-units.ts'

const space = 32
const percent = 37
const ampersand = 38
const comma = 44
const zero = 48
const colon = 58
const less = 60
const backslash = 92
const lowerX = 120

/** As many in a row, each in its own spelling, are no accident: `69 67 6e`, `\x69\x67`, `0x69, 0x67`. */
const spacedMin = 10
const escapedMin = 6
const prefixedMin = 6
const binaryLength = 8

const isHex = (unit: number) => (unit >= 48 && unit <= 57) || ((unit | 32) >= 97 && (unit | 32) <= 102)
const isBit = (unit: number) => unit === zero || unit === zero + 1
const isX = (unit: number) => (unit | 32) === lowerX

/** Bytes that are spelt in digits, one after the other. */
export function hasSpeltBytes(text: string): boolean {
  const units = loadUnits(text)
  const { length } = text
  const at = (place: number) => (place >= 0 && place < length ? (units[place] ?? 0) : 0)
  const isByteAt = (place: number) => isHex(at(place)) && isHex(at(place + 1))
  const spaced = new Row(spacedMin)
  const escaped = new Row(escapedMin)
  const prefixed = new Row(prefixedMin)
  for (let place = 0; place < length; place++) {
    const unit = units[place] ?? 0
    if (unit === space || unit === comma || unit === colon) {
      if (isByteAt(place - 2) && spaced.add(place - 2, place + 1)) return true
      if (unit === space && isBit(at(place - 1)) && isBit(at(place + 1)) && areBitsAround(at, place)) return true
    } else if (unit === backslash) {
      if (isX(at(place + 1)) && isByteAt(place + 2) && escaped.add(place, place + 4)) return true
    } else if (unit === zero && isX(at(place + 1)) && isByteAt(place + 2)) {
      let end = place + 4
      while (at(end) === space || at(end) === comma) end++
      if (end > place + 4 && prefixed.add(place, end)) return true
    }
  }
  return false
}

function areBitsAround(at: (place: number) => number, place: number): boolean {
  for (let away = 1; away <= binaryLength; away++)
    if (!isBit(at(place - away)) || !isBit(at(place + away))) return false
  return true
}

/** Counts things of which each begins where the last one ended. */
class Row {
  readonly #enough: number
  #count = 0
  #end = -1

  constructor(enough: number) {
    this.#enough = enough
  }

  add(start: number, end: number): boolean {
    this.#count = start === this.#end ? this.#count + 1 : 1
    this.#end = end
    return this.#count >= this.#enough
  }
}

const escapeAt =
  /%[0-9a-f]{2}|&#x?[0-9a-f]{1,7};|&(?:lt|gt|shy|zwn?j|nbsp);|\\u\{?[0-9a-f]{2}|\\x[0-9a-f]{2}|[a-z]<[/!a-z][^<>]{0,120}>[a-z]/iy

/** An escape of URLs, HTML or JavaScript, or a tag in a word. */
export function hasEscapes(text: string): boolean {
  const units = loadUnits(text)
  for (let place = 0; place < text.length; place++) {
    const unit = units[place] ?? 0
    if (unit !== percent && unit !== ampersand && unit !== backslash && unit !== less) continue
    escapeAt.lastIndex = unit === less ? Math.max(0, place - 1) : place
    if (escapeAt.test(text)) return true
  }
  return false
}
