/** Words near a candidate. */
import { matchPhrase } from './match-phrase.ts'
import type { NumberList } from './number-list.ts'
import { wordsMax } from './search-plan.ts'

/** Code units that may lie between a candidate and its context word. */
export const contextReach = 64

export interface ContextSearch {
  readonly text: string
  /** End of a hit × wordsMax + which of the words it may be, ascending. */
  readonly hits: NumberList
  readonly words: readonly string[]
  readonly start: number
  readonly end: number
}

/** Hits that are looked at: some are parts of longer words. */
const looksMax = 64

/** Does one of the words stand within reach of start … end? */
export function isNearContext({ text, hits, words, start, end }: ContextSearch): boolean {
  let at = hits.find((start - contextReach) * wordsMax)
  for (let looks = 0; at < hits.size && looks < looksMax; looks++, at++) {
    const hit = hits.at(at)
    const hitEnd = Math.floor(hit / wordsMax)
    const word = words[hit % wordsMax] ?? ''
    if (hitEnd - word.length > end + contextReach) return false
    const found = matchPhrase(text, { text: word, seenLength: word.length }, hitEnd)
    if (found && found.start <= end + contextReach) return true
  }
  return false
}
