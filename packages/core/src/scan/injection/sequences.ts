/** Finds concepts that stand together: `override` near `prior` near `instruction`, in whatever language and words. */
import type { Word, WordsRead } from './read-words.ts'
import type { ConceptMask, Vocabulary } from './vocabulary.ts'

export interface SequenceDefinition {
  /** What must be there, each a concept or several of which one will do. The first should be the rarest. */
  readonly slots: readonly (readonly string[])[]
  /** Words that may lie between the first slot and any other. */
  readonly within: number
  /** The slots stand in this order; else in any, as languages differ. */
  readonly isOrdered: boolean
  /** Concepts of which none may stand within the four words before: `never` reveal. */
  readonly unless: readonly string[]
}

export interface SequenceMatch<T> {
  readonly pattern: T
  readonly start: number
  readonly end: number
}

interface CompiledSequence<T> {
  readonly pattern: T
  /** All but the first, which is looked for by itself. */
  readonly slots: readonly ConceptMask[]
  readonly unless: ConceptMask
  readonly reach: number
  readonly isOrdered: boolean
}

/** Positions that a word takes. */
const wordWidth = 2
const unlessWords = 4
/** More of the same is no more evidence. */
const matchesMax = 16

export type SequenceFinder<T> = (read: WordsRead) => readonly SequenceMatch<T>[]

export function createSequenceFinder<T>(
  sequences: readonly { readonly pattern: T; readonly sequence: SequenceDefinition }[],
  vocabulary: Vocabulary,
): SequenceFinder<T> {
  const compiled = sequences.map(({ pattern, sequence }) => ({
    first: vocabulary.maskOf(sequence.slots[0] ?? []),
    sequence: compileSequence(pattern, sequence, vocabulary),
  }))
  const byMask = new Map<ConceptMask, readonly CompiledSequence<T>[]>()
  for (const mask of new Set(vocabulary.masks))
    byMask.set(
      mask,
      compiled.filter(({ first }) => meets(mask, first)).map(({ sequence }) => sequence),
    )
  // Most words begin no sequence.
  const byEntry = vocabulary.masks.map((mask) => byMask.get(mask)).map((found) => (found?.length ? found : null))
  return ({ words }) => {
    const matches: SequenceMatch<T>[] = []
    const counts = new Map<T, number>()
    const present = joinMasks(words)
    for (let at = 0; at < words.length; at++) {
      const begun = byEntry[(words[at]?.entry ?? 0) - 1]
      if (!begun) continue
      for (const sequence of begun) {
        if (!sequence.slots.every((slot) => meets(present, slot))) continue
        const count = counts.get(sequence.pattern) ?? 0
        if (count >= matchesMax) continue
        const match = matchAt(words, at, sequence)
        if (!match) continue
        matches.push(match)
        counts.set(sequence.pattern, count + 1)
      }
    }
    return matches
  }
}

function compileSequence<T>(pattern: T, sequence: SequenceDefinition, { maskOf }: Vocabulary): CompiledSequence<T> {
  return {
    pattern,
    slots: sequence.slots.slice(1).map(maskOf),
    unless: maskOf(sequence.unless),
    reach: sequence.within * wordWidth,
    isOrdered: sequence.isOrdered,
  }
}

function joinMasks(words: readonly Word[]): ConceptMask {
  let low = 0
  let high = 0
  for (const { mask } of words) {
    low |= mask.low
    high |= mask.high
  }
  return { low, high }
}

export function meets(a: ConceptMask, b: ConceptMask | undefined): boolean {
  return b !== undefined && ((a.low & b.low) !== 0 || (a.high & b.high) !== 0)
}

/** The nearest words for the slots around the one at `head`. */
function matchAt<T>(words: readonly Word[], head: number, sequence: CompiledSequence<T>): SequenceMatch<T> | null {
  const first = words[head]
  if (!first || isExcluded(words, head, sequence.unless)) return null
  const used = [head]
  let { start, end } = first
  for (const slot of sequence.slots) {
    const from = sequence.isOrdered ? (used.at(-1) ?? head) : head
    const found = findNearest(words, { slot, from, head: first, used, sequence })
    const word = words[found]
    if (!word) return null
    used.push(found)
    start = Math.min(start, word.start)
    end = Math.max(end, word.end)
  }
  return { pattern: sequence.pattern, start, end }
}

interface Search {
  readonly slot: ConceptMask
  readonly from: number
  readonly head: Word
  readonly used: readonly number[]
  readonly sequence: { readonly reach: number; readonly isOrdered: boolean }
}

/** -1: none in reach. What comes after is preferred to what came before. */
function findNearest(words: readonly Word[], { slot, from, head, used, sequence }: Search): number {
  for (let at = from + 1; at < words.length; at++) {
    const word = words[at]
    if (!word || word.position - head.position > sequence.reach) break
    if (meets(word.mask, slot) && !used.includes(at)) return at
  }
  if (sequence.isOrdered) return -1
  for (let at = from - 1; at >= 0; at--) {
    const word = words[at]
    if (!word || head.position - word.position > sequence.reach) break
    if (meets(word.mask, slot) && !used.includes(at)) return at
  }
  return -1
}

function isExcluded(words: readonly Word[], head: number, unless: ConceptMask): boolean {
  if (unless.low === 0 && unless.high === 0) return false
  const position = words[head]?.position ?? 0
  for (let at = head - 1; at >= 0; at--) {
    const word = words[at]
    if (!word || position - word.position > unlessWords * wordWidth) return false
    if (meets(word.mask, unless)) return true
  }
  return false
}
