/**
 * The code units of a text as an array: every pass over it reads them, and asking a string for each of them costs more than most of
 * what is done with it. One buffer for all texts, of which one is held at a time.
 */

/** Longer texts get a buffer of their own. */
const keptUnits = 16_384
const bytesPerUnit = 3
/** What the encoder writes for half a pair. */
const replacementUnit = 0xfffd

const encoder = new TextEncoder()
let units = new Uint16Array(keptUnits)
let bytes = new Uint8Array(keptUnits * bytesPerUnit)
let held = ''
let isHeldAscii = true

/** One unit for each of the text's, and a zero after them. Good until this is asked for another text. */
export function loadUnits(text: string): Uint16Array {
  if (text === held) return units
  const { length } = text
  if (length >= units.length) {
    units = new Uint16Array(length + 1)
    bytes = new Uint8Array(bytesPerUnit * length)
  }
  isHeldAscii = true
  if (!readEncoded(text)) for (let at = 0; at < length; at++) units[at] = text.charCodeAt(at)
  units[length] = 0
  held = text
  return units
}

/** No unit of the text is beyond ASCII. */
export function isAscii(text: string): boolean {
  loadUnits(text)
  return isHeldAscii
}

/** Lets go of the text, and of what a long one needed. */
export function dropUnits(): void {
  held = ''
  isHeldAscii = true
  if (units.length === keptUnits) return
  units = new Uint16Array(keptUnits)
  bytes = new Uint8Array(keptUnits * bytesPerUnit)
}

/** An encoder writes many units at a time, and bytes are read back in a fraction of the time. False: not what the text is. */
function readEncoded(text: string): boolean {
  const { written } = encoder.encodeInto(text, bytes)
  if (written !== text.length) {
    isHeldAscii = false
    return decodeBytes(written, text.length)
  }
  units.set(bytes.subarray(0, written))
  return true
}

function decodeBytes(written: number, length: number): boolean {
  let size = 0
  for (let at = 0; at < written; ) {
    const first = bytes[at++] ?? 0
    if (first < 0x80) {
      units[size++] = first
      continue
    }
    const second = (bytes[at++] ?? 0) & 0x3f
    if (first < 0xe0) {
      units[size++] = ((first & 0x1f) << 6) | second
      continue
    }
    const third = (second << 6) | ((bytes[at++] ?? 0) & 0x3f)
    if (first < 0xf0) {
      const unit = ((first & 0x0f) << 12) | third
      if (unit === replacementUnit) return false
      units[size++] = unit
      continue
    }
    const point = ((first & 0x07) << 18) | (third << 6) | ((bytes[at++] ?? 0) & 0x3f)
    units[size++] = 0xd7c0 + (point >> 10)
    units[size++] = 0xdc00 | (point & 0x3ff)
  }
  return size === length
}
