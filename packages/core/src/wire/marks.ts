/** Finds any of a set of short ASCII strings in bytes, looking at a fraction of them (Horspool's skip, for a set). */
export class MarkSearch {
  readonly #marks: readonly Uint8Array[]
  /** By the last two bytes of the window: how far it may move. 0 means that a mark may end here. */
  readonly #skips: Uint8Array
  readonly #span: number

  constructor(marks: readonly string[]) {
    this.#marks = marks.map((mark) => Uint8Array.from(mark, (letter) => letter.charCodeAt(0)))
    this.#span = Math.min(...this.#marks.map((mark) => mark.byteLength))
    this.#skips = new Uint8Array(65536).fill(this.#span - 1)
    for (const mark of this.#marks) {
      const start = mark.byteLength - this.#span
      for (let i = start + 1; i < mark.byteLength; i++) {
        const pair = ((mark[i - 1] ?? 0) << 8) | (mark[i] ?? 0)
        this.#skips[pair] = Math.min(this.#skips[pair] ?? 0, mark.byteLength - 1 - i)
      }
    }
  }

  /** Offset behind the first mark that ends at or after `from + span`, or -1. */
  findEnd(bytes: Uint8Array, from: number, end: number): number {
    const skips = this.#skips
    let at = from + this.#span - 1
    while (at < end) {
      const skip = skips[((bytes[at - 1] ?? 0) << 8) | (bytes[at] ?? 0)] ?? 1
      if (skip > 0) at += skip
      else if (this.matchAt(bytes, at + 1) !== -1) return at + 1
      else at++
    }
    return -1
  }

  /** Which mark ends before `end`; -1 when none does. */
  matchAt(bytes: Uint8Array, end: number): number {
    return this.#marks.findIndex((mark) => endsWith(bytes, end, mark))
  }
}

function endsWith(bytes: Uint8Array, end: number, mark: Uint8Array): boolean {
  if (end < mark.byteLength) return false
  for (let i = 1; i <= mark.byteLength; i++) if (bytes[end - i] !== mark[mark.byteLength - i]) return false
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
