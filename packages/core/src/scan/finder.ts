/** Runs compiled patterns over a text: one pass of the automaton, and an expression only where its literal was seen. */
import { buildAutomaton } from './automaton.ts'
import { foldUnit, isZeroWidth, spaceUnit } from './fold.ts'
import type { PatternDefinition } from './pattern.ts'
import type { RequiredLiteral } from './required-literals.ts'
import type { Validator } from './validators/surroundings.ts'
import { surroundingsLength } from './validators/surroundings.ts'

export interface CompiledPattern {
  readonly definition: PatternDefinition
  readonly validator: Validator | null
  readonly contextRegex: RegExp | null
  /** Where to look for the expression; or, without one, the phrases themselves. */
  readonly literals: readonly RequiredLiteral[]
  readonly matcher: Matcher | null
}

export interface Matcher {
  readonly sticky: RegExp
  readonly global: RegExp
  /** Code units of the longest match. */
  readonly lengthMax: number
}

export interface Match {
  readonly pattern: CompiledPattern
  readonly start: number
  readonly end: number
}

/** All matches, of each pattern without overlaps, in no order. */
export type Finder = (text: string) => readonly Match[]

/** One literal of one pattern. */
interface Trigger {
  readonly pattern: CompiledPattern
  readonly literal: RequiredLiteral
}

export function createFinder(patterns: readonly CompiledPattern[]): Finder {
  const { texts, triggers } = groupTriggers(patterns)
  const automaton = buildAutomaton(texts)
  return (text) => {
    const matches: Match[] = []
    const searches = new Map<CompiledPattern, Search>()
    automaton.run(text, (literal, end) => {
      for (const trigger of triggers[literal] ?? []) {
        const { pattern } = trigger
        if (pattern.matcher === null) {
          const match = matchPhrase(text, trigger, end)
          if (match && isAccepted(text, match)) matches.push(match)
          continue
        }
        const search = searches.get(pattern) ?? new Search(text, pattern, pattern.matcher)
        searches.set(pattern, search)
        search.add(end - trigger.literal.endOffset.max, end - trigger.literal.endOffset.min)
      }
    })
    for (const search of searches.values()) for (const match of search.finish()) matches.push(match)
    return matches
  }
}

/** Patterns share literals; the automaton knows each once. */
function groupTriggers(patterns: readonly CompiledPattern[]) {
  const byText = new Map<string, Trigger[]>()
  for (const pattern of patterns)
    for (const literal of pattern.literals) {
      const group = byText.get(literal.text) ?? []
      byText.set(literal.text, group)
      group.push({ pattern, literal })
    }
  return { texts: [...byText.keys()], triggers: [...byText.values()] }
}

/** Starts tried one by one up to this many; more are left to the expression's own search. */
const stickyStartsMax = 4

/** Collects where an expression may start and tries each place once, however many literals point to it. */
class Search {
  readonly #text: string
  readonly #pattern: CompiledPattern
  readonly #matcher: Matcher
  readonly #matches: Match[] = []
  #from = -1
  #to = -1
  /** Matches do not overlap: the next one starts here at the earliest. */
  #next = 0

  constructor(text: string, pattern: CompiledPattern, matcher: Matcher) {
    this.#text = text
    this.#pattern = pattern
    this.#matcher = matcher
  }

  /** `from` to `to`, both inclusive. Hits come by ascending end, so ranges nearly ascend. */
  add(from: number, to: number): void {
    const first = Math.max(from, this.#next, 0)
    if (to < first) return
    if (this.#to >= 0 && first <= this.#to + 1) {
      this.#from = Math.min(this.#from, first)
      this.#to = Math.max(this.#to, to)
      return
    }
    this.#run()
    this.#from = Math.max(first, this.#next)
    this.#to = to
  }

  finish(): readonly Match[] {
    this.#run()
    return this.#matches
  }

  #run(): void {
    const from = this.#from
    const to = this.#to
    this.#from = -1
    this.#to = -1
    if (to < from || to < 0) return
    if (to - from < stickyStartsMax) this.#runSticky(from, to)
    else this.#runGlobal(from, to)
    this.#next = Math.max(this.#next, to + 1)
  }

  #runSticky(from: number, to: number): void {
    const { sticky } = this.#matcher
    for (let start = from; start <= to; start++) {
      if (start < this.#next) continue
      sticky.lastIndex = start
      const found = sticky.exec(this.#text)
      if (found) this.#take(found, 0)
    }
  }

  /** On a slice, so that the search ends where starts end; one more unit on each side keeps \b true. */
  #runGlobal(from: number, to: number): void {
    const { global, lengthMax } = this.#matcher
    const base = Math.max(0, from - 1)
    const slice = this.#text.slice(base, to + lengthMax + 1)
    global.lastIndex = from - base
    for (let found = global.exec(slice); found && found.index + base <= to; found = global.exec(slice)) {
      // A candidate that is refused may hide one that begins inside it.
      if (!this.#take(found, base)) global.lastIndex = found.index + 1
    }
  }

  #take(found: RegExpExecArray, base: number): boolean {
    const [start, end] = found.indices?.[1] ?? [found.index, found.index + found[0].length]
    const match = { pattern: this.#pattern, start: start + base, end: end + base }
    if (!isAccepted(this.#text, match)) return false
    this.#matches.push(match)
    this.#next = Math.max(this.#next, found.index + base + found[0].length)
    return true
  }
}

function isAccepted(text: string, { pattern, start, end }: Match): boolean {
  const { validator, contextRegex } = pattern
  if (validator === null && contextRegex === null) return true
  const before = text.slice(Math.max(0, start - surroundingsLength), start)
  const after = text.slice(end, end + surroundingsLength)
  if (contextRegex !== null && !contextRegex.test(before) && !contextRegex.test(after)) return false
  return validator === null || validator(text.slice(start, end), { before, after })
}

/** Walks back from the end of the hit to where the phrase begins; it must be whole words. */
function matchPhrase(text: string, { pattern, literal }: Trigger, end: number): Match | null {
  let start = end
  for (let at = literal.text.length - 1; at >= 0; at--) {
    start--
    while (start >= 0 && isZeroWidth(text.charCodeAt(start))) start--
    if (literal.text.charCodeAt(at) !== spaceUnit) continue
    while (start > 0 && isSpaceOrNothing(text.charCodeAt(start - 1))) start--
  }
  const isWhole =
    !(isWordUnit(text, start - 1) && isWordUnit(text, start)) && !(isWordUnit(text, end) && isWordUnit(text, end - 1))
  return isWhole ? { pattern, start, end } : null
}

function isSpaceOrNothing(unit: number): boolean {
  return foldUnit(unit) === spaceUnit || isZeroWidth(unit)
}

const wordUnit = /[\p{L}\p{N}_]/u

function isWordUnit(text: string, at: number): boolean {
  return at >= 0 && at < text.length && wordUnit.test(text.charAt(at))
}
