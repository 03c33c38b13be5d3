/** What each literal of a set of patterns stands for: all patterns share one automaton, which knows each literal once. */
import type { CompiledPattern } from './compiled-pattern.ts'
import { foldLiteral } from './fold.ts'
import type { Phrase } from './match-phrase.ts'
import type { LengthRange } from './regex-length.ts'
import type { LedSearch, StartRule } from './start-rule.ts'
import { isLedTo } from './start-rule.ts'

/** Places where patterns may begin that look for the same literal in the same way. */
export interface StartTrigger {
  readonly rule: StartRule
  readonly literal: string
  readonly before: LengthRange
  readonly led: LedSearch | null
  readonly patterns: number[]
  /** Places before this one have been looked at; of the text of this pass. */
  next: number
  pass: number
}

export interface LiteralUses {
  readonly starts: readonly StartTrigger[]
  readonly phrases: readonly { readonly pattern: number; readonly phrase: Phrase }[]
  /** Sets whose hits are noted, with the number of the literal in each. */
  readonly sets: readonly { readonly set: number; readonly word: number }[]
}

export interface SearchPlan {
  readonly literals: readonly string[]
  readonly uses: readonly LiteralUses[]
  readonly setCount: number
  /** Of each pattern: the sets of which each needs a hit within a match. */
  readonly others: readonly (readonly number[])[]
  /** Of each pattern: the set of its context words; -1 without. */
  readonly contexts: readonly number[]
  /** By set of context words: patterns whose expression has no literal of its own. */
  readonly nearContexts: readonly (readonly number[])[]
}

/** Longer phrases are read on from here: the automaton stays small. */
const seenLengthMax = 12
/** Words that a set can tell apart. */
export const wordsMax = 1_024

interface UsesDraft {
  readonly starts: StartTrigger[]
  readonly phrases: { readonly pattern: number; readonly phrase: Phrase }[]
  readonly sets: { readonly set: number; readonly word: number }[]
}

class PlanDraft {
  readonly uses = new Map<string, UsesDraft>()
  readonly sets = new Map<string, number>()
  readonly #triggers = new Map<string, StartTrigger>()

  usesOf(text: string): UsesDraft {
    const known = this.uses.get(text)
    if (known) return known
    const made: UsesDraft = { starts: [], phrases: [], sets: [] }
    this.uses.set(text, made)
    return made
  }

  addStarts(pattern: number, { anchor, startRule }: CompiledPattern): void {
    if (!startRule) return
    for (const literal of anchor) {
      const { text, before } = literal
      const key = [text, before.min, before.max, startRule.key].join('\n')
      const known = this.#triggers.get(key)
      if (known?.patterns.includes(pattern)) continue
      if (known) {
        known.patterns.push(pattern)
        continue
      }
      const { lead } = startRule
      const led = lead && isLedTo(literal, lead) ? { rule: startRule, lead, before } : null
      const trigger: StartTrigger = {
        rule: startRule,
        literal: text,
        before,
        led,
        patterns: [pattern],
        next: 0,
        pass: 0,
      }
      this.#triggers.set(key, trigger)
      this.usesOf(text).starts.push(trigger)
    }
  }

  /** The number of the set of these literals. */
  addSet(texts: readonly string[]): number {
    const key = [...texts].sort().join('\n')
    const known = this.sets.get(key)
    if (known !== undefined) return known
    const set = this.sets.size
    this.sets.set(key, set)
    for (const [word, text] of texts.entries()) this.usesOf(text).sets.push({ set, word })
    return set
  }
}

export function planSearch(patterns: readonly CompiledPattern[]): SearchPlan {
  const draft = new PlanDraft()
  for (const [at, pattern] of patterns.entries()) {
    draft.addStarts(at, pattern)
    for (const text of pattern.phrases) {
      const seen = foldLiteral(text).slice(0, seenLengthMax).trimEnd()
      draft.usesOf(seen).phrases.push({ pattern: at, phrase: { text, seenLength: seen.length } })
    }
  }
  const contexts = patterns.map(({ contextWords }) =>
    contextWords.length === 0 ? -1 : draft.addSet(contextWords.map(foldLiteral)),
  )
  const others = patterns.map((pattern) => pattern.others.map((texts) => draft.addSet(texts)))
  return {
    literals: [...draft.uses.keys()],
    uses: [...draft.uses.values()],
    setCount: draft.sets.size,
    others,
    contexts,
    nearContexts: [...draft.sets.values()].map((set) =>
      [...patterns.keys()].filter(
        (at) => contexts[at] === set && patterns[at]?.matcher && patterns[at]?.anchor.length === 0,
      ),
    ),
  }
}
