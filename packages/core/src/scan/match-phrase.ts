import { foldUnit, isZeroWidth, spaceUnit } from './fold.ts'
import { isWordAt } from './validators/surroundings.ts'

/**
 * Walks back from the end of a hit of the folded phrase to where it begins. Null when it is not whole words.
 * Digits are not told apart: a phrase with `4` matches one with `5`.
 */
export function matchPhrase(text: string, phrase: string, end: number): { start: number; end: number } | null {
  let start = end
  for (let at = phrase.length - 1; at >= 0; at--) {
    start--
    while (start >= 0 && isZeroWidth(text.charCodeAt(start))) start--
    if (phrase.charCodeAt(at) !== spaceUnit) continue
    while (start > 0 && isSpaceOrNothing(text.charCodeAt(start - 1))) start--
  }
  const continuesBefore = isWordAt(text, start - 1) && isWordAt(text, start)
  const continuesAfter = isWordAt(text, end) && isWordAt(text, end - 1)
  return continuesBefore || continuesAfter ? null : { start, end }
}

function isSpaceOrNothing(unit: number): boolean {
  return foldUnit(unit) === spaceUnit || isZeroWidth(unit)
}
