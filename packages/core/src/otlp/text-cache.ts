// Non-fatal: a sender's broken UTF-8 becomes U+FFFD and costs no span. ignoreBOM keeps a leading U+FEFF in the text.
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/** Longer strings hardly ever repeat within a request, and a TextDecoder call is cheaper than building them: not looked up. */
const maxCachedLength = 48
const cacheSlots = 1024
/** Odd, with its bits well spread. */
const hashFactor = 0x9e3779b1

export function decodeUtf8(bytes: Uint8Array, start: number, end: number): string {
  return utf8.decode(bytes.subarray(start, end))
}

function decodeAscii(bytes: Uint8Array, start: number, end: number): string {
  const codes = new Array<number>(end - start)
  for (let i = start; i < end; i++) codes[i - start] = bytes[i] ?? 0
  return String.fromCharCode.apply(null, codes)
}

const wordBytes = 4
const highBits = 0x80808080

/**
 * Decodes strings of one message, keeping short ASCII ones: within a request the same attribute names and values come again
 * and again, and comparing costs a fraction of building. A direct-mapped table, so hostile names can only make it useless,
 * not large. What is kept is compared where it first stood, four bytes at a time.
 */
export class TextCache {
  private readonly bytes: Uint8Array
  private readonly view: DataView
  private readonly texts = new Array<string>(cacheSlots).fill('')
  private readonly starts = new Uint32Array(cacheSlots)

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  decode(start: number, end: number): string {
    const length = end - start
    if (length === 0) return ''
    if (length < wordBytes) return decodeShort(this.bytes, start, end)
    if (length > maxCachedLength) return decodeUtf8(this.bytes, start, end)
    const { view } = this
    // The last word overlaps the one before where the length is no multiple of four.
    const lastWord = end - wordBytes
    let bits = view.getInt32(lastWord)
    let hash = Math.imul(length ^ bits, hashFactor)
    for (let i = start; i < lastWord; i += wordBytes) {
      const word = view.getInt32(i)
      bits |= word
      hash = Math.imul(hash ^ word, hashFactor)
      hash ^= hash >>> 15
    }
    if ((bits & highBits) !== 0) return decodeUtf8(this.bytes, start, end)
    const slot = (hash ^ (hash >>> 13)) & (cacheSlots - 1)
    const known = this.texts[slot] ?? ''
    if (known.length === length && this.isSame(this.starts[slot] ?? 0, start, lastWord)) return known
    const text = decodeAscii(this.bytes, start, end)
    this.texts[slot] = text
    this.starts[slot] = start
    return text
  }

  private isSame(known: number, start: number, lastWord: number): boolean {
    const { view } = this
    for (let i = start; i < lastWord; i += wordBytes) {
      if (view.getInt32(known + i - start) !== view.getInt32(i)) return false
    }
    return view.getInt32(known + lastWord - start) === view.getInt32(lastWord)
  }
}

function decodeShort(bytes: Uint8Array, start: number, end: number): string {
  for (let i = start; i < end; i++) if ((bytes[i] ?? 0) > 127) return decodeUtf8(bytes, start, end)
  return decodeAscii(bytes, start, end)
}
