/** Runs compiled patterns over a text: one pass of the automaton, and an expression only where its literal was seen. */
import { buildAutomaton } from './automaton.ts'
import type { Context } from './context.ts'
import { isNearContext } from './context.ts'
import { matchPhrase } from './match-phrase.ts'
import type { PatternDefinition } from './pattern.ts'
import type { RequiredLiteral } from './required-literals.ts'
import { StartRanges } from './start-ranges.ts'
import type { Validator } from './validators/surroundings.ts'
import { surroundingsLength } from './validators/surroundings.ts'

export interface CompiledPattern {
  readonly definition: PatternDefinition
  readonly validator: Validator | null
  /** Where to look for the expression; or, without one, the phrases themselves. */
  readonly literals: readonly RequiredLiteral[]
  /** Folded words of which one must stand near. Empty: none needed. */
  readonly contextWords: readonly string[]
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

/** What a hit of one literal means to one pattern. */
interface Trigger {
  readonly patternAt: number
  readonly use: 'start' | 'phrase' | 'context'
  readonly literal: RequiredLiteral
}

export function createFinder(patterns: readonly CompiledPattern[]): Finder {
  const { texts, triggers } = groupTriggers(patterns)
  const automaton = buildAutomaton(texts)
  return (text) => {
    const pass = new Pass(text, patterns)
    automaton.run(text, (literal, end) => {
      for (const trigger of triggers[literal] ?? []) pass.take(trigger, end)
    })
    return pass.finish()
  }
}

/** Patterns share literals; the automaton knows each once. */
function groupTriggers(patterns: readonly CompiledPattern[]) {
  const byText = new Map<string, Trigger[]>()
  const add = (trigger: Trigger) => {
    const group = byText.get(trigger.literal.text) ?? []
    byText.set(trigger.literal.text, group)
    group.push(trigger)
  }
  for (const [patternAt, pattern] of patterns.entries()) {
    const use = pattern.matcher === null ? 'phrase' : 'start'
    for (const literal of pattern.literals) add({ patternAt, use, literal })
    for (const text of pattern.contextWords)
      add({ patternAt, use: 'context', literal: { text, endOffset: { min: text.length, max: text.length } } })
  }
  return { texts: [...byText.keys()], triggers: [...byText.values()] }
}

/** One text on its way through: hits are collected first, expressions run when all context words are known. */
class Pass {
  readonly #text: string
  readonly #patterns: readonly CompiledPattern[]
  readonly #starts: (StartRanges | undefined)[]
  readonly #contexts: (Context[] | undefined)[]
  readonly #matches: Match[] = []

  constructor(text: string, patterns: readonly CompiledPattern[]) {
    this.#text = text
    this.#patterns = patterns
    this.#starts = new Array(patterns.length)
    this.#contexts = new Array(patterns.length)
  }

  take({ patternAt, use, literal }: Trigger, end: number): void {
    if (use === 'start') {
      let starts = this.#starts[patternAt]
      if (!starts) {
        starts = new StartRanges()
        this.#starts[patternAt] = starts
      }
      starts.add(end - literal.endOffset.max, end - literal.endOffset.min)
      return
    }
    const found = matchPhrase(this.#text, literal.text, end)
    if (!found) return
    if (use === 'phrase') {
      const pattern = this.#patterns[patternAt]
      if (pattern) this.#matches.push({ pattern, ...found })
      return
    }
    const contexts = this.#contexts[patternAt] ?? []
    this.#contexts[patternAt] = contexts
    contexts.push(found)
  }

  finish(): readonly Match[] {
    for (const [at, pattern] of this.#patterns.entries()) {
      const contexts = this.#contexts[at]
      if (pattern.contextWords.length > 0 && !contexts) continue
      const starts = this.#starts[at]
      if (!pattern.matcher || !starts) continue
      const search = new Search(this.#text, { pattern, matcher: pattern.matcher, contexts: contexts ?? null })
      const ranges = starts.take()
      for (let each = 0; each < ranges.length; each += 2) search.run(ranges[each] ?? 0, ranges[each + 1] ?? 0)
      for (const match of search.matches) this.#matches.push(match)
    }
    // Phrases were taken as they came; those with conditions are judged here, like everything else.
    return this.#matches.filter((match) => match.pattern.matcher !== null || this.#isAccepted(match))
  }

  #isAccepted(match: Match): boolean {
    const contexts = this.#contexts[this.#patterns.indexOf(match.pattern)] ?? null
    return isAccepted(this.#text, match, contexts)
  }
}

interface SearchOptions {
  readonly pattern: CompiledPattern
  readonly matcher: Matcher
  readonly contexts: readonly Context[] | null
}

/** Starts tried one by one up to this many; more are left to the expression's own search. */
const stickyStartsMax = 4

class Search {
  readonly matches: Match[] = []
  readonly #text: string
  readonly #options: SearchOptions
  /** Matches do not overlap: the next one starts here at the earliest. */
  #next = 0

  constructor(text: string, options: SearchOptions) {
    this.#text = text
    this.#options = options
  }

  run(from: number, to: number): void {
    const first = Math.max(from, this.#next)
    if (to < first) return
    if (to - first < stickyStartsMax) this.#runSticky(first, to)
    else this.#runGlobal(first, to)
    this.#next = Math.max(this.#next, to + 1)
  }

  #runSticky(from: number, to: number): void {
    const { sticky } = this.#options.matcher
    for (let start = from; start <= to; start++) {
      if (start < this.#next) continue
      sticky.lastIndex = start
      const found = sticky.exec(this.#text)
      if (found) this.#take(found, 0)
    }
  }

  /** On a slice, so that the search ends where starts end; one more unit on each side keeps \b true. */
  #runGlobal(from: number, to: number): void {
    const { global, lengthMax } = this.#options.matcher
    const base = Math.max(0, from - 1)
    const slice = this.#text.slice(base, to + lengthMax + 1)
    global.lastIndex = from - base
    for (let found = global.exec(slice); found && found.index + base <= to; found = global.exec(slice)) {
      this.#take(found, base)
      global.lastIndex = Math.max(this.#next - base, found.index + 1)
    }
  }

  /**
   * Goes on after a match; after a candidate that was refused, at its next word, where one may be hidden: the card
   * number in `1234 4111 1111 1111 1111` begins at the second group.
   */
  #take(found: RegExpExecArray, base: number): void {
    const [whole] = found
    const [start, end] = found.indices?.[1] ?? [found.index, found.index + whole.length]
    const match = { pattern: this.#options.pattern, start: start + base, end: end + base }
    const isMatch = isAccepted(this.#text, match, this.#options.contexts)
    if (isMatch) this.matches.push(match)
    const space = isMatch ? -1 : whole.search(/\s/)
    this.#next = found.index + base + (space > 0 ? space : whole.length)
  }
}

function isAccepted(text: string, { pattern, start, end }: Match, contexts: readonly Context[] | null): boolean {
  if (pattern.contextWords.length > 0 && !isNearContext(contexts ?? [], start, end)) return false
  if (pattern.validator === null) return true
  const before = text.slice(Math.max(0, start - surroundingsLength), start)
  const after = text.slice(end, end + surroundingsLength)
  return pattern.validator(text.slice(start, end), { before, after })
}
