/** Sets of UTF-16 code units as regular expressions mean them: exact for ASCII, one bucket for everything above. */

const asciiCount = 128
/** Index of the bucket of all code units above ASCII. */
const otherAt = asciiCount

export class CharSet {
  readonly #has: Uint8Array

  private constructor(has: Uint8Array) {
    this.#has = has
  }

  static readonly none = new CharSet(new Uint8Array(asciiCount + 1))

  static of(units: Iterable<number>): CharSet {
    const has = new Uint8Array(asciiCount + 1)
    for (const unit of units) has[Math.min(unit, otherAt)] = 1
    return new CharSet(has)
  }

  static range(from: number, to: number): CharSet {
    const has = new Uint8Array(asciiCount + 1)
    has.fill(1, Math.min(from, otherAt), Math.min(to, otherAt) + 1)
    return new CharSet(has)
  }

  union(other: CharSet): CharSet {
    return new CharSet(this.#has.map((value, at) => value | (other.#has[at] ?? 0)))
  }

  /** A complement holds the bucket of others always: of those, the set may hold some and lack some. */
  negate(): CharSet {
    const has = this.#has.map((value) => 1 - value)
    has[otherAt] = 1
    return new CharSet(has)
  }

  /** Closed under ASCII case. */
  ignoreCase(): CharSet {
    const has = this.#has.slice()
    for (let lower = 97; lower <= 122; lower++) {
      const either = (has[lower] ?? 0) | (has[lower - 32] ?? 0)
      has[lower] = either
      has[lower - 32] = either
    }
    return new CharSet(has)
  }

  meets(other: CharSet): boolean {
    return this.#has.some((value, at) => value === 1 && other.#has[at] === 1)
  }

  get isEmpty(): boolean {
    return !this.#has.includes(1)
  }

  /** The code units in the set, or null when it holds some above ASCII, which it does not know one by one. */
  listUnits(): readonly number[] | null {
    if (this.#has[otherAt] === 1) return null
    return [...this.#has.keys()].filter((unit) => this.#has[unit] === 1)
  }
}

const digits = CharSet.range(48, 57)
const wordChars = digits
  .union(CharSet.range(65, 90))
  .union(CharSet.range(97, 122))
  .union(CharSet.of([95]))
const spaces = CharSet.of([9, 10, 11, 12, 13, 32, 0xa0])
const lineEnds = CharSet.of([10, 13, 0x2028])

/** `\d`, `\w`, `\s` and their complements. */
export const classEscapes: Readonly<Record<string, CharSet>> = {
  d: digits,
  D: digits.negate(),
  w: wordChars,
  W: wordChars.negate(),
  s: spaces,
  S: spaces.negate(),
}

/** What `.` stands for without the s flag. */
export const anyButLineEnd = lineEnds.negate()
