/**
 * Sets of UTF-16 code units as regular expressions mean them: exact for ASCII; above it two buckets, white space and
 * everything else, of which a set holds none, some or all.
 */

const asciiCount = 128
const otherSpaceAt = asciiCount
const otherAt = asciiCount + 1
const size = asciiCount + 2

const none = 0
const some = 1
const all = 2

const otherSpace = /\s/

function bucketOf(unit: number): number {
  if (unit < asciiCount) return unit
  return otherSpace.test(String.fromCharCode(unit)) ? otherSpaceAt : otherAt
}

export class CharSet {
  readonly #has: Uint8Array

  private constructor(has: Uint8Array) {
    this.#has = has
  }

  static readonly none = new CharSet(new Uint8Array(size))

  static of(units: Iterable<number>): CharSet {
    const has = new Uint8Array(size)
    for (const unit of units) has[bucketOf(unit)] = unit < asciiCount ? all : some
    return new CharSet(has)
  }

  /** Both inclusive. */
  static range(from: number, to: number): CharSet {
    const has = new Uint8Array(size)
    has.fill(all, Math.min(from, asciiCount), Math.min(to + 1, asciiCount))
    if (to >= asciiCount) has.fill(some, otherSpaceAt)
    return new CharSet(has)
  }

  /** All white space. */
  static spaces(): CharSet {
    const has = new Uint8Array(size)
    for (const unit of [9, 10, 11, 12, 13, 32, otherSpaceAt]) has[unit] = all
    return new CharSet(has)
  }

  union(other: CharSet): CharSet {
    return new CharSet(this.#has.map((value, at) => Math.max(value, other.#has[at] ?? none)))
  }

  /** Of a bucket that a set holds in part, its complement holds a part too. */
  negate(): CharSet {
    return new CharSet(this.#has.map((value) => all - value))
  }

  /** Closed under ASCII case. */
  ignoreCase(): CharSet {
    const has = this.#has.slice()
    for (let lower = 97; lower <= 122; lower++) {
      const either = Math.max(has[lower] ?? none, has[lower - 32] ?? none)
      has[lower] = either
      has[lower - 32] = either
    }
    return new CharSet(has)
  }

  /** False only when no code unit is in both. */
  meets(other: CharSet): boolean {
    return this.#has.some((value, at) => value !== none && other.#has[at] !== none)
  }

  /** The code units in the set, or null when it holds some above ASCII, which it does not know one by one. */
  listUnits(): readonly number[] | null {
    if (this.#has[otherSpaceAt] !== none || this.#has[otherAt] !== none) return null
    return [...this.#has.keys()].filter((unit) => this.#has[unit] !== none)
  }

  /** Every unit in it is white space. */
  get isSpaces(): boolean {
    return this.#has.every((value, at) => value === none || at === otherSpaceAt || (at >= 9 && at <= 13) || at === 32)
  }
}

const digits = CharSet.range(48, 57)
const wordChars = digits
  .union(CharSet.range(65, 90))
  .union(CharSet.range(97, 122))
  .union(CharSet.of([95]))
const spaces = CharSet.spaces()

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
export const anyButLineEnd = CharSet.of([10, 13, 0x2028]).negate()
