/** Trace and span ids: bytes on the protobuf wire, lower-case hex digits in the model and in OTLP/JSON. */

const digits = Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0))
const notHex = 255
const valueOfCode = new Uint8Array(128).fill(notHex)
for (const digit of '0123456789abcdefABCDEF') valueOfCode[digit.charCodeAt(0)] = Number.parseInt(digit, 16)

function digitCode(value: number): number {
  return digits[value] ?? 0
}

/** Hex text of `bytes[start, start + length)`; length must be a multiple of eight. Empty when every byte is zero: no id. */
export function encodeHex(bytes: Uint8Array, start: number, length: number): string {
  let text = ''
  let bits = 0
  for (let i = start; i < start + length; i += 8) {
    const a = bytes[i] ?? 0
    const b = bytes[i + 1] ?? 0
    const c = bytes[i + 2] ?? 0
    const d = bytes[i + 3] ?? 0
    const e = bytes[i + 4] ?? 0
    const f = bytes[i + 5] ?? 0
    const g = bytes[i + 6] ?? 0
    const h = bytes[i + 7] ?? 0
    bits |= a | b | c | d | e | f | g | h
    text += String.fromCharCode(
      digitCode(a >> 4),
      digitCode(a & 15),
      digitCode(b >> 4),
      digitCode(b & 15),
      digitCode(c >> 4),
      digitCode(c & 15),
      digitCode(d >> 4),
      digitCode(d & 15),
      digitCode(e >> 4),
      digitCode(e & 15),
      digitCode(f >> 4),
      digitCode(f & 15),
      digitCode(g >> 4),
      digitCode(g & 15),
      digitCode(h >> 4),
      digitCode(h & 15),
    )
  }
  return bits === 0 ? '' : text
}

function hexValue(code: number): number {
  return code < 128 ? (valueOfCode[code] ?? notHex) : notHex
}

/** Writes the bytes of hex text to `into` at `offset`. False when the text is not hex; `into` is then partly written. */
export function decodeHex(text: string, into: Uint8Array, offset: number): boolean {
  if (text.length % 2 !== 0) return false
  for (let i = 0; i < text.length; i += 2) {
    const high = hexValue(text.charCodeAt(i))
    const low = hexValue(text.charCodeAt(i + 1))
    if (high === notHex || low === notHex) return false
    into[offset + i / 2] = (high << 4) | low
  }
  return true
}

const hexOnly = /^[0-9a-f]+$/
const zeroOnly = /^0+$/

/** The id in lower case; empty when it is not `length` hex digits or only zeros. */
export function normalizeId(text: string, length: number): string {
  if (text.length !== length) return ''
  const id = text.toLowerCase()
  return hexOnly.test(id) && !zeroOnly.test(id) ? id : ''
}
