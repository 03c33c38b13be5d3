/** Finds text in base64, hexadecimal and binary digits. */

export interface Blob {
  readonly text: string
  readonly start: number
  readonly end: number
}

const blobUnitsMax = 8_192
const decodedLengthMin = 6
const readableShareMin = 0.9

const base64Text = /[A-Za-z0-9+/_-]{16,}={0,2}/g
const hexText = /(?:(?:0x|\\x)?[0-9a-f]{2}[\s,:]?){10,}/gi
const binaryText = /(?:[01]{8}[\s,]?){6,}/g

/** What hides in and around the words of `longWords`, pairs of start and end. */
export function decodeBlobs(text: string, longWords: readonly number[]): readonly Blob[] {
  const blobs: Blob[] = []
  let done = 0
  for (let at = 0; at < longWords.length; at += 2) {
    const start = longWords[at] ?? 0
    if (start < done) continue
    const from = extendBack(text, start)
    base64Text.lastIndex = 0
    const found = base64Text.exec(text.slice(from, from + blobUnitsMax))
    if (!found) continue
    done = from + found.index + found[0].length
    const decoded = decodeText(found[0])
    if (decoded !== null) blobs.push({ text: decoded, start: from + found.index, end: done })
  }
  return blobs
}

/** `+` and `/` part what belongs together. */
function extendBack(text: string, start: number): number {
  let at = start
  while (at > 0 && start - at < blobUnitsMax && /[A-Za-z0-9+/_-]/.test(text[at - 1] ?? ' ')) at--
  return at
}

/** Digits that are spelt one byte at a time, with or without spaces. */
export function decodeDigits(text: string): readonly Blob[] {
  const blobs: Blob[] = []
  const collect = (expression: RegExp, radix: number, size: number) => {
    for (const match of text.matchAll(expression)) {
      const digits = match[0].replace(/0x|\\x|[\s,:]/gi, '').slice(0, blobUnitsMax)
      const decoded = toReadable(readBytes(digits, radix, size))
      if (decoded !== null) blobs.push({ text: decoded, start: match.index, end: match.index + match[0].length })
    }
  }
  collect(hexText, 16, 2)
  collect(binaryText, 2, 8)
  return blobs
}

function decodeText(blob: string): string | null {
  if (/^[0-9a-f]+$/i.test(blob) && blob.length % 2 === 0) {
    const fromHex = toReadable(readBytes(blob, 16, 2))
    if (fromHex !== null) return fromHex
  }
  return toReadable(readBase64(blob))
}

function readBytes(digits: string, radix: number, size: number): Uint8Array {
  const count = Math.floor(digits.length / size)
  return Uint8Array.from({ length: count }, (_, at) =>
    Number.parseInt(digits.slice(at * size, at * size + size), radix),
  )
}

const alphabet = new Int16Array(128).fill(-1)
for (const [value, char] of [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].entries())
  alphabet[char.charCodeAt(0)] = value
alphabet[45] = 62
alphabet[95] = 63

function readBase64(blob: string): Uint8Array {
  const bytes: number[] = []
  let bits = 0
  let count = 0
  for (let at = 0; at < blob.length; at++) {
    const value = alphabet[blob.charCodeAt(at)] ?? -1
    if (value < 0) break
    bits = ((bits << 6) | value) & 0xffffff
    count += 6
    if (count < 8) continue
    count -= 8
    bytes.push((bits >> count) & 0xff)
  }
  return Uint8Array.from(bytes)
}

/** Null when it is not mostly letters, spaces and marks. */
function toReadable(bytes: Uint8Array): string | null {
  if (bytes.length < decodedLengthMin) return null
  const text = new TextDecoder().decode(bytes)
  let readable = 0
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit === 9 || unit === 10 || unit === 13 || (unit >= 32 && unit < 127) || (unit > 160 && unit !== 0xfffd))
      readable++
  }
  return readable / text.length >= readableShareMin ? text : null
}
