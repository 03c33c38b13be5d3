/** The parts of a matcher that look at characters. */
import type { CharSet } from './char-set.ts'
import type { Continue, MatchState } from './matcher-state.ts'

export interface SetTester {
  /** 1 for each ASCII unit in the set. */
  readonly ascii: Uint8Array
  /** For all other units. */
  readonly hasOther: (unit: number) => boolean
}

export function buildTester(set: Pick<CharSet, 'ranges'>): SetTester {
  const ascii = new Uint8Array(128)
  const others: number[] = []
  for (let at = 0; at < set.ranges.length; at += 2) {
    const from = set.ranges[at] ?? 0
    const to = set.ranges[at + 1] ?? 0
    for (let unit = from; unit <= to && unit < 128; unit++) ascii[unit] = 1
    if (to >= 128) others.push(from, to)
  }
  if (others.length === 0) return { ascii, hasOther: () => false }
  if (others.length === 2 && (others[0] ?? 0) <= 128 && others[1] === 0xffff) return { ascii, hasOther: () => true }
  return {
    ascii,
    hasOther(unit) {
      for (let at = 0; at < others.length; at += 2) {
        if (unit < (others[at] ?? 0)) return false
        if (unit <= (others[at + 1] ?? 0)) return true
      }
      return false
    },
  }
}

/** One unit of each set, one after the other. */
export function compileLiteral(state: MatchState, sets: readonly CharSet[], next: Continue): Continue {
  const { length } = sets
  const isSmall = sets.every((set) => set.count <= 2)
  if (isSmall) {
    const ones = Uint16Array.from(sets, (set) => set.ranges[0] ?? 0)
    const others = Uint16Array.from(sets, (set) => set.ranges.at(-1) ?? 0)
    return (at) => {
      state.steps++
      if (at + length > state.length) return -1
      const { text } = state
      for (let each = 0; each < length; each++) {
        const unit = text.charCodeAt(at + each)
        if (unit !== ones[each] && unit !== others[each]) return -1
      }
      return next(at + length)
    }
  }
  const testers = sets.map(buildTester)
  return (at) => {
    state.steps++
    if (at + length > state.length) return -1
    const { text } = state
    for (let each = 0; each < length; each++) {
      const unit = text.charCodeAt(at + each)
      const tester = testers[each]
      if (!tester || (unit < 128 ? tester.ascii[unit] === 0 : !tester.hasOther(unit))) return -1
    }
    return next(at + length)
  }
}

export interface ChoiceOption {
  readonly run: Continue
  readonly first: CharSet
  readonly isNullable: boolean
}

/** Options that one mask of bits can hold. */
const optionsMax = 31

/** Tries the options in their order, but only those that the next character can begin. */
export function compileChoice(state: MatchState, options: readonly ChoiceOption[]): Continue {
  if (options.length > optionsMax) {
    const rest = compileChoice(state, options.slice(optionsMax))
    const head = compileChoice(state, options.slice(0, optionsMax))
    return (at) => {
      const end = head(at)
      return end >= 0 ? end : rest(at)
    }
  }
  const maskOf = (accepts: (option: ChoiceOption) => boolean) =>
    options.reduce((mask, option, at) => (option.isNullable || accepts(option) ? mask | (1 << at) : mask), 0)
  const ascii = Int32Array.from({ length: 128 }, (_, unit) => maskOf(({ first }) => first.has(unit)))
  const other = maskOf(({ first }) => (first.ranges.at(-1) ?? 0) >= 128)
  const atEnd = maskOf(() => false)
  const runs = options.map(({ run }) => run)
  return (at) => {
    state.steps++
    const unit = at < state.length ? state.text.charCodeAt(at) : -1
    let mask = unit < 0 ? atEnd : unit < 128 ? (ascii[unit] ?? 0) : other
    while (mask !== 0) {
      const bit = 31 - Math.clz32(mask & -mask)
      mask &= mask - 1
      const end = runs[bit]?.(at) ?? -1
      if (end >= 0) return end
    }
    return -1
  }
}
