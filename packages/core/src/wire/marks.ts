/** Bytes that decide together how far a search may move on. */
const blockBytes = 3
const tableSize = 1 << 15

function hashBlock(a: number, b: number, c: number): number {
  return ((a << 10) ^ (b << 5) ^ c) & (tableSize - 1)
}

interface Mark {
  readonly bytes: Uint8Array
  /** The last four bytes as one number, to refuse most places in one comparison. */
  readonly tail: number
}

/**
 * Finds any of a set of ASCII strings of four letters or more in bytes, looking at a fraction of them (Wu and Manber's skip table).
 * This runs over every byte of every stream whose content nobody wants, so it is written for speed.
 */
export class MarkSearch {
  readonly #marks: readonly Mark[]
  /** By block: how far the window may move. 0 means that a mark may end here. */
  readonly #skips = new Uint8Array(tableSize)
  readonly #span: number

  constructor(marks: readonly string[]) {
    this.#marks = marks.map(toMark)
    this.#span = Math.min(...marks.map((mark) => mark.length))
    this.#skips.fill(this.#span - blockBytes + 1)
    for (const { bytes } of this.#marks) {
      for (let end = bytes.byteLength - this.#span + blockBytes; end <= bytes.byteLength; end++) {
        const block = hashBlock(bytes[end - 3] ?? 0, bytes[end - 2] ?? 0, bytes[end - 1] ?? 0)
        this.#skips[block] = Math.min(this.#skips[block] ?? 0, bytes.byteLength - end)
      }
    }
  }

  /** Offset behind the first mark that begins at or after `from`; -1 when there is none. */
  findEnd(bytes: Uint8Array, from: number): number {
    const skips = this.#skips
    const length = bytes.byteLength
    let end = from + this.#span
    while (end <= length) {
      const skip = skips[hashBlock(bytes[end - 3] ?? 0, bytes[end - 2] ?? 0, bytes[end - 1] ?? 0)] ?? 1
      if (skip > 0) end += skip
      else if (this.matchEnd(bytes, end) !== -1) return end
      else end++
    }
    return -1
  }

  /** Which mark ends before `end`; -1 when none does. */
  matchEnd(bytes: Uint8Array, end: number): number {
    const tail = readTail(bytes, end)
    for (let index = 0; index < this.#marks.length; index++) {
      const mark = this.#marks[index]
      if (mark !== undefined && mark.tail === tail && endsWith(bytes, end, mark.bytes)) return index
    }
    return -1
  }
}

function toMark(text: string): Mark {
  const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0))
  return { bytes, tail: readTail(bytes, bytes.byteLength) }
}

function readTail(bytes: Uint8Array, end: number): number {
  return (
    ((bytes[end - 4] ?? 0) << 24) | ((bytes[end - 3] ?? 0) << 16) | ((bytes[end - 2] ?? 0) << 8) | (bytes[end - 1] ?? 0)
  )
}

function endsWith(bytes: Uint8Array, end: number, mark: Uint8Array): boolean {
  const start = end - mark.byteLength
  if (start < 0) return false
  for (let i = 0; i < mark.byteLength; i++) if (bytes[start + i] !== mark[i]) return false
  return true
}

const colon = 0x3a

/** The JSON value behind a key that ends at `end` says nothing: null, false, "" or []. False when it is no key. */
export function isEmptyValue(bytes: Uint8Array, end: number): boolean {
  let at = skipBlanks(bytes, end)
  if (bytes[at] !== colon) return false
  at = skipBlanks(bytes, at + 1)
  const first = bytes[at]
  const second = bytes[at + 1]
  // n(ull), f(alse), "", []
  return first === 0x6e || first === 0x66 || (first === 0x22 && second === 0x22) || (first === 0x5b && second === 0x5d)
}

function skipBlanks(bytes: Uint8Array, from: number): number {
  let at = from
  while (bytes[at] === 0x20 || bytes[at] === 0x09) at++
  return at
}
