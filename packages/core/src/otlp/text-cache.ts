// Non-fatal: a sender's broken UTF-8 becomes U+FFFD and costs no span. ignoreBOM keeps a leading U+FEFF in the text.
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/** From here on a TextDecoder call is cheaper than building the string from character codes. */
const longText = 24
/** Longer strings hardly ever repeat within a request: not looked up. */
const maxCachedLength = 48
const cacheSlots = 1024

export function decodeUtf8(bytes: Uint8Array, start: number, end: number): string {
  return utf8.decode(bytes.subarray(start, end))
}

function decodeAscii(bytes: Uint8Array, start: number, end: number): string {
  if (end - start >= longText) return decodeUtf8(bytes, start, end)
  const codes = new Array<number>(end - start)
  for (let i = start; i < end; i++) codes[i - start] = bytes[i] ?? 0
  return String.fromCharCode.apply(null, codes)
}

function isText(text: string, bytes: Uint8Array, start: number): boolean {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) !== bytes[start + i]) return false
  }
  return true
}

/**
 * Decodes strings, keeping short ASCII ones: within a request the same attribute names and values come again and
 * again, and comparing costs half of building. A direct-mapped table, so hostile names can only make it useless, not large.
 */
export class TextCache {
  private readonly slots = new Array<string>(cacheSlots).fill('')

  decode(bytes: Uint8Array, start: number, end: number): string {
    const length = end - start
    if (length === 0) return ''
    if (length > maxCachedLength) return decodeUtf8(bytes, start, end)
    let hash = length
    let bits = 0
    for (let i = start; i < end; i++) {
      const byte = bytes[i] ?? 0
      bits |= byte
      hash = (Math.imul(hash, 31) + byte) | 0
    }
    if (bits > 127) return decodeUtf8(bytes, start, end)
    const slot = (hash ^ (hash >>> 13)) & (cacheSlots - 1)
    const known = this.slots[slot] ?? ''
    if (known.length === length && isText(known, bytes, start)) return known
    const text = decodeAscii(bytes, start, end)
    this.slots[slot] = text
    return text
  }
}
