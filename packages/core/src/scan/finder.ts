/** Runs compiled patterns over a text: one pass of the automaton, and an expression only where its literals were seen. */
import { buildAutomaton } from './automaton.ts'
import type { CompiledPattern } from './compiled-pattern.ts'
import { contextReach, isNearContext } from './context.ts'
import { findLiteralStart, matchPhrase } from './match-phrase.ts'
import { NumberList } from './number-list.ts'
import type { LiteralUses, SearchPlan, StartTrigger } from './search-plan.ts'
import { planSearch, wordsMax } from './search-plan.ts'
import { cannotStartInRun, canStartAt, findLedStart } from './start-rule.ts'
import { loadUnits } from './text-units.ts'
import { surroundingsLength } from './validators/surroundings.ts'
import { work } from './work.ts'

export interface Match {
  readonly pattern: CompiledPattern
  readonly start: number
  readonly end: number
}

/** All matches, of each pattern without overlaps, in no order. */
export type Finder = (text: string) => readonly Match[]

export function createFinder(patterns: readonly CompiledPattern[]): Finder {
  const plan = planSearch(patterns)
  const automaton = buildAutomaton(plan.literals, (literal, runLength) => isTakenOnce(plan, literal, runLength))
  const pass = new Pass(patterns, plan)
  return (text) => {
    pass.begin(text)
    automaton.run(text, pass.take)
    return pass.finish()
  }
}

/** In a run of its one character, of `runLength` at least, no match begins that this literal could lead to. */
function isTakenOnce(plan: SearchPlan, literal: number, runLength: number): boolean {
  const uses = plan.uses[literal]
  const text = plan.literals[literal] ?? ''
  if (!uses || text === ' ' || uses.phrases.length + uses.sets.length > 0) return false
  return uses.starts.every(
    ({ rule, before }) => text.length + before.max < runLength && cannotStartInRun(rule, text.charCodeAt(0)),
  )
}

/** A place where a match may begin and how much later it may begin too, as one number that sorts by place. */
const startScale = 16_384

/** One text on its way through: hits are noted first, expressions run when all that they need near them is known. */
class Pass {
  readonly #patterns: readonly CompiledPattern[]
  readonly #plan: SearchPlan
  readonly #starts: readonly NumberList[]
  readonly #setHits: readonly NumberList[]
  #text = ''
  #pass = 0
  #steps = 0
  #matches: Match[] = []
  /** Patterns that may begin somewhere, and lists to be cleared. */
  #begun: number[] = []
  #usedLists: NumberList[] = []
  /** Sets of which a word was seen. */
  #usedSets: number[] = []

  constructor(patterns: readonly CompiledPattern[], plan: SearchPlan) {
    this.#patterns = patterns
    this.#plan = plan
    this.#starts = patterns.map(() => new NumberList())
    this.#setHits = Array.from({ length: plan.setCount }, () => new NumberList())
  }

  begin(text: string): void {
    this.#text = text
    this.#steps = text.length
    this.#pass++
    this.#matches = []
    this.#begun = []
    this.#usedLists = []
    this.#usedSets = []
  }

  readonly take = (literal: number, end: number, passedAt: number): void => {
    const uses = this.#plan.uses[literal]
    if (!uses) return
    const { starts, sets, phrases } = uses
    this.#steps += 1 + starts.length + sets.length + phrases.length
    for (let each = 0; each < starts.length; each++) {
      const trigger = starts[each]
      if (trigger) this.#noteStarts(trigger, end, passedAt)
    }
    if (sets.length + phrases.length > 0) this.#noteWords(uses, end)
  }

  #noteWords({ sets, phrases }: LiteralUses, end: number): void {
    for (const { set, word } of sets) {
      const hits = this.#setHits[set]
      if (hits?.size === 0) {
        this.#usedLists.push(hits)
        this.#usedSets.push(set)
      }
      hits?.push(end * wordsMax + word)
    }
    for (const { pattern: at, phrase } of phrases) {
      const pattern = this.#patterns[at]
      const found = pattern && matchPhrase(this.#text, phrase, end)
      if (found) this.#matches.push({ pattern, ...found })
    }
  }

  #noteStarts(trigger: StartTrigger, end: number, passedAt: number): void {
    if (trigger.pass !== this.#pass) {
      trigger.pass = this.#pass
      trigger.next = 0
    }
    const { before, literal } = trigger
    const straight = end - literal.length
    const place = passedAt <= straight ? straight : findLiteralStart(this.#text, literal, end)
    const last = place - before.min
    if (trigger.led) {
      const start = findLedStart(this.#text, place, trigger.led)
      if (start >= 0) this.#note(trigger, start, last)
      return
    }
    const from = Math.max(place - before.max, trigger.next)
    if (last > from) this.#steps += last - from
    for (let at = from; at <= last; at++) if (canStartAt(this.#text, at, trigger.rule)) this.#note(trigger, at, at)
    if (last >= trigger.next) trigger.next = last + 1
  }

  #note({ patterns }: StartTrigger, start: number, latest: number): void {
    const value = start * startScale + Math.min(latest - start, startScale - 1)
    for (const pattern of patterns) {
      const starts = this.#starts[pattern]
      if (starts?.size === 0) {
        this.#usedLists.push(starts)
        this.#begun.push(pattern)
      }
      starts?.push(value)
    }
  }

  finish(): readonly Match[] {
    for (const { pattern, set } of this.#listNearContexts()) this.#noteNearContext(pattern, set)
    for (const at of this.#begun) this.#search(at)
    // Phrases were taken as they came; those with conditions are judged here, like everything else.
    const matches = this.#matches.filter((match) => match.pattern.matcher !== null || this.#isAccepted(match))
    for (const list of this.#usedLists) list.clear()
    work.steps += this.#steps
    this.#text = ''
    return matches
  }

  #search(at: number): void {
    const pattern = this.#patterns[at]
    const starts = this.#starts[at]
    const matcher = pattern?.matcher
    if (!starts || !matcher || !pattern.startRule || !this.#hasContext(at)) return
    starts.sort()
    const stepsBefore = matcher.steps
    // Matches do not overlap: the next one starts here at the earliest.
    let next = 0
    let tried = -1
    for (let each = 0; each < starts.size; each++) {
      const value = starts.at(each)
      const first = Math.floor(value / startScale)
      let start = first
      if (start < next) {
        const latest = first + (value % startScale)
        start = next
        while (start <= latest && !canStartAt(this.#text, start, pattern.startRule)) start++
        if (start > latest) continue
      }
      if (start === tried || !this.#hasOthers(at, start, matcher.lengthMax)) continue
      tried = start
      const end = matcher.match(this.#text, start)
      if (end >= 0) next = this.#judge(pattern, start, end)
    }
    this.#steps += starts.size + matcher.steps - stepsBefore
    matcher.forget()
  }

  /** In the order of the patterns: of two that find the same, the first counts. */
  #listNearContexts(): readonly { readonly pattern: number; readonly set: number }[] {
    if (this.#usedSets.length === 0) return []
    const found = this.#usedSets.flatMap((set) =>
      (this.#plan.nearContexts[set] ?? []).map((pattern) => ({ pattern, set })),
    )
    return found.sort((a, b) => a.pattern - b.pattern)
  }

  /** An expression without a literal of its own begins anywhere near its context words. */
  #noteNearContext(at: number, set: number): void {
    const pattern = this.#patterns[at]
    const hits = this.#setHits[set]
    const starts = this.#starts[at]
    if (!hits || !starts || !pattern?.matcher || !pattern.startRule) return
    const text = this.#text
    const units = loadUnits(text)
    const { ascii } = pattern.startRule.first
    const reach = contextReach + pattern.matcher.lengthMax
    let next = 0
    for (let each = 0; each < hits.size; each++) {
      const hitEnd = Math.floor(hits.at(each) / wordsMax)
      const last = Math.min(hitEnd + contextReach, text.length - 1)
      for (let place = Math.max(next, hitEnd - reach, 0); place <= last; place++) {
        const unit = units[place] ?? 0
        if ((unit > 127 || ascii[unit] !== 0) && canStartAt(text, place, pattern.startRule))
          starts.push(place * startScale)
      }
      this.#steps += Math.max(0, last + 1 - Math.max(next, hitEnd - reach, 0))
      next = Math.max(next, last + 1)
    }
    if (starts.size === 0) return
    this.#usedLists.push(starts)
    this.#begun.push(at)
  }

  /** Within a match from `start` on there is a hit of each set of literals that the pattern needs. */
  #hasOthers(at: number, start: number, lengthMax: number): boolean {
    for (const set of this.#plan.others[at] ?? []) {
      const hits = this.#setHits[set]
      const hit = hits ? hits.find(start * wordsMax) : 0
      if (!hits || hit >= hits.size || hits.at(hit) > (start + lengthMax + 1) * wordsMax) return false
    }
    return true
  }

  #hasContext(at: number): boolean {
    const set = this.#plan.contexts[at] ?? -1
    return set < 0 || (this.#setHits[set]?.size ?? 0) > 0
  }

  /**
   * Where to go on: after a match; after a candidate that was refused, at its next word, where one may be hidden: the
   * card number in `1234 4111 1111 1111 1111` begins at the second group.
   */
  #judge(pattern: CompiledPattern, start: number, end: number): number {
    const { group } = pattern.matcher ?? {}
    const isGroup = group !== undefined && group.start >= 0
    this.#steps += end - start
    const match = { pattern, start: isGroup ? group.start : start, end: isGroup ? group.end : end }
    if (this.#isAccepted(match)) {
      this.#matches.push(match)
      return end
    }
    for (let at = start + 1; at < end; at++) if (isSpace(this.#text.charCodeAt(at))) return at
    return end
  }

  #isAccepted({ pattern, start, end }: Match): boolean {
    const text = this.#text
    if (pattern.contextWords.length > 0) {
      const set = this.#plan.contexts[this.#patterns.indexOf(pattern)] ?? -1
      const hits = this.#setHits[set]
      if (!hits || !isNearContext({ text, hits, words: pattern.contextWords, start, end })) return false
    }
    if (pattern.validator === null) return true
    const before = text.slice(Math.max(0, start - surroundingsLength), start)
    return pattern.validator(text.slice(start, end), { before, after: text.slice(end, end + surroundingsLength) })
  }
}

function isSpace(unit: number): boolean {
  return unit === 32 || (unit >= 9 && unit <= 13) || unit === 0xa0
}
