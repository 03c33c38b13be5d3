/** Finds text in base64, hexadecimal and binary digits. */
import { areReadable } from './readable-bytes.ts'

export interface Blob {
  readonly text: string
  readonly start: number
  readonly end: number
}

const blobUnitsMax = 8_192
const base64LengthMin = 16
const paddingMax = 2
const decodedLengthMin = 6

const hexText = /(?:(?:0x|\\x)?[0-9a-f]{2}[\s,:]?){10,}/gi
const binaryText = /(?:[01]{8}[\s,]?){6,}/g

const noValue = -1
/** By ASCII unit: its six bits, in either alphabet of base64. */
const base64Values = new Int8Array(128).fill(noValue)
for (const [value, char] of [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].entries())
  base64Values[char.charCodeAt(0)] = value
base64Values[45] = 62
base64Values[95] = 63

const decoder = new TextDecoder()
/** What is being decoded; used again for the next. */
const scratch = new Uint8Array(blobUnitsMax)

/** What hides in and around the words of `longWords`, pairs of start and end. */
export function decodeBlobs(text: string, longWords: readonly number[]): readonly Blob[] {
  const blobs: Blob[] = []
  let done = 0
  for (let at = 0; at < longWords.length; at += 2) {
    const start = longWords[at] ?? 0
    if (start < done) continue
    const from = extendBack(text, start)
    const found = findBase64(text, from, Math.min(text.length, from + blobUnitsMax))
    // None up to the end of the text: there is none behind the next word.
    if (!found && from + blobUnitsMax >= text.length) break
    if (!found) continue
    done = found.end
    const decoded = decodeText(text.slice(found.start, found.end))
    if (decoded !== null) blobs.push({ text: decoded, ...found })
  }
  return blobs
}

function isBase64(unit: number): boolean {
  return unit < 128 && base64Values[unit] !== noValue
}

/** `+` and `/` part what belongs together. */
function extendBack(text: string, start: number): number {
  let at = start
  while (at > 0 && start - at < blobUnitsMax && isBase64(text.charCodeAt(at - 1))) at--
  return at
}

/** The first run that is long enough, with its padding. */
function findBase64(text: string, from: number, to: number): { readonly start: number; readonly end: number } | null {
  for (let start = from; start < to; start++) {
    let end = start
    while (end < to && isBase64(text.charCodeAt(end))) end++
    if (end - start >= base64LengthMin) {
      for (let each = 0; each < paddingMax && end < to && text[end] === '='; each++) end++
      return { start, end }
    }
    start = end
  }
  return null
}

/** Digits that are spelt one byte at a time, with or without spaces. */
export function decodeDigits(text: string): readonly Blob[] {
  const blobs: Blob[] = []
  const collect = (expression: RegExp, radix: number, size: number) => {
    for (const match of text.matchAll(expression)) {
      const digits = match[0].replace(/0x|\\x|[\s,:]/gi, '').slice(0, blobUnitsMax)
      const decoded = toReadable(readDigits(digits, radix, size))
      if (decoded !== null) blobs.push({ text: decoded, start: match.index, end: match.index + match[0].length })
    }
  }
  collect(hexText, 16, 2)
  collect(binaryText, 2, 8)
  return blobs
}

function decodeText(blob: string): string | null {
  if (blob.length % 2 === 0 && /^[0-9a-f]+$/i.test(blob)) {
    const fromHex = toReadable(readDigits(blob, 16, 2))
    if (fromHex !== null) return fromHex
  }
  return toReadable(readBase64(blob))
}

/** Into the scratch; how many bytes there are. */
function readDigits(digits: string, radix: number, size: number): number {
  const count = Math.floor(digits.length / size)
  for (let byte = 0; byte < count; byte++) {
    let value = 0
    for (let at = byte * size; at < (byte + 1) * size; at++) value = value * radix + digitValue(digits.charCodeAt(at))
    scratch[byte] = value
  }
  return count
}

/** Of 0 to 9, and of a to f in either case. */
function digitValue(unit: number): number {
  return unit < 65 ? unit - 48 : (unit | 32) - 87
}

/** As `readDigits`. */
function readBase64(blob: string): number {
  let size = 0
  let bits = 0
  let count = 0
  for (let at = 0; at < blob.length; at++) {
    const value = base64Values[blob.charCodeAt(at)] ?? noValue
    if (value < 0) break
    bits = ((bits << 6) | value) & 0xffffff
    count += 6
    if (count < 8) continue
    count -= 8
    scratch[size++] = (bits >> count) & 0xff
  }
  return size
}

/** Null when what is in the scratch is not mostly letters, spaces and marks. */
function toReadable(size: number): string | null {
  return size >= decodedLengthMin && areReadable(scratch, size) ? decoder.decode(scratch.subarray(0, size)) : null
}
