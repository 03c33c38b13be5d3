/** Sets of UTF-16 code units, exact, as sorted ranges. */

const unitMax = 0xffff
/** Closing a set under case goes through its units; sets as large as this are complements, closed before they were made. */
const foldedUnitsMax = 20_000

export class CharSet {
  /** From and to, both inclusive, of each range in turn; ascending, apart from each other. */
  readonly ranges: readonly number[]

  private constructor(ranges: readonly number[]) {
    this.ranges = ranges
  }

  static readonly none = new CharSet([])
  static readonly all = new CharSet([0, unitMax])

  static of(units: Iterable<number>): CharSet {
    return CharSet.join([...units].map((unit) => [unit, unit]))
  }

  /** Both inclusive. */
  static range(from: number, to: number): CharSet {
    return new CharSet([from, to])
  }

  static join(pairs: readonly (readonly [number, number])[]): CharSet {
    const ranges: number[] = []
    for (const [from, to] of [...pairs].sort((a, b) => a[0] - b[0])) {
      const last = ranges.length - 1
      if (last >= 0 && from <= (ranges[last] ?? 0) + 1) ranges[last] = Math.max(ranges[last] ?? 0, to)
      else ranges.push(from, to)
    }
    return new CharSet(ranges)
  }

  *pairs(): Generator<readonly [number, number]> {
    for (let at = 0; at < this.ranges.length; at += 2) yield [this.ranges[at] ?? 0, this.ranges[at + 1] ?? 0]
  }

  union(other: CharSet): CharSet {
    return CharSet.join([...this.pairs(), ...other.pairs()])
  }

  negate(): CharSet {
    const rest: [number, number][] = []
    let next = 0
    for (const [from, to] of this.pairs()) {
      if (from > next) rest.push([next, from - 1])
      next = to + 1
    }
    if (next <= unitMax) rest.push([next, unitMax])
    return CharSet.join(rest)
  }

  /** With the other case of every unit in it. */
  ignoreCase(): CharSet {
    if (this.count > foldedUnitsMax) return this
    const pairs = [...this.pairs()]
    for (const [from, to] of this.pairs()) for (let unit = from; unit <= to; unit++) pairs.push(...otherCases(unit))
    return CharSet.join(pairs)
  }

  // The four that follow are asked a million times while patterns are compiled: a generator would take most of it.
  get count(): number {
    let count = 0
    for (let at = 0; at < this.ranges.length; at += 2) count += this.to(at) - this.from(at) + 1
    return count
  }

  meets(other: CharSet): boolean {
    for (let at = 0; at < this.ranges.length; at += 2)
      for (let by = 0; by < other.ranges.length; by += 2)
        if (this.from(at) <= other.to(by) && other.from(by) <= this.to(at)) return true
    return false
  }

  /** Ranges are apart from each other, so each must lie in one of the other's. */
  isWithin(other: CharSet): boolean {
    for (let at = 0; at < this.ranges.length; at += 2) {
      let isHeld = false
      for (let by = 0; by < other.ranges.length; by += 2)
        isHeld ||= other.from(by) <= this.from(at) && this.to(at) <= other.to(by)
      if (!isHeld) return false
    }
    return true
  }

  has(unit: number): boolean {
    for (let at = 0; at < this.ranges.length; at += 2) if (unit >= this.from(at) && unit <= this.to(at)) return true
    return false
  }

  private from(at: number): number {
    return this.ranges[at] ?? 0
  }

  private to(at: number): number {
    return this.ranges[at + 1] ?? 0
  }

  /** The code units in the set, or null when they are more than `countMax`. */
  listUnits(countMax: number): readonly number[] | null {
    if (this.count > countMax) return null
    return [...this.pairs()].flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, at) => from + at))
  }

  get isSpaces(): boolean {
    return this.ranges.length > 0 && this.isWithin(spaces)
  }
}

function otherCases(unit: number): [number, number][] {
  const char = String.fromCharCode(unit)
  return [char.toLowerCase(), char.toUpperCase()]
    .filter((other) => other.length === 1 && other !== char)
    .map((other) => [other.charCodeAt(0), other.charCodeAt(0)])
}

const digits = CharSet.range(48, 57)
export const wordChars = CharSet.join([
  [48, 57],
  [65, 90],
  [95, 95],
  [97, 122],
])
const spaces = CharSet.join([
  [9, 13],
  [0x2000, 0x200a],
  ...[32, 0xa0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000, 0xfeff].map((unit) => [unit, unit] as const),
])

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
export const anyButLineEnd = CharSet.of([10, 13, 0x2028, 0x2029]).negate()
