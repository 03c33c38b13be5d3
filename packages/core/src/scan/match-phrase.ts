import { foldLetter, isZeroWidth, spaceUnit } from './fold.ts'
import { isWordAt } from './validators/surroundings.ts'

/** A phrase as `foldPhrase` gives it, and how much of it has been seen where it is looked at. */
export interface Phrase {
  readonly text: string
  readonly seenLength: number
}

/**
 * The place of a phrase whose seen part ends at `end`, read unit by unit: the automaton takes digits and foreign
 * letters for each other. Null when it is not there, or no whole words.
 */
export function matchPhrase(text: string, phrase: Phrase, end: number): { start: number; end: number } | null {
  const start = readBack(text, phrase, end)
  if (start < 0) return null
  const last = readOn(text, phrase, end)
  if (last < 0) return null
  return isSplitAt(text, start) && isSplitAt(text, last) ? { start, end: last } : null
}

function readBack(text: string, { text: phrase, seenLength }: Phrase, end: number): number {
  let start = end
  for (let at = seenLength - 1; at >= 0; at--) {
    start--
    while (start >= 0 && isZeroWidth(text.charCodeAt(start))) start--
    if (start < 0 || foldLetter(text.charCodeAt(start)) !== phrase.charCodeAt(at)) return -1
    if (phrase.charCodeAt(at) !== spaceUnit) continue
    while (start > 0 && isSpaceOrNothing(text.charCodeAt(start - 1))) start--
  }
  return start
}

function readOn(text: string, { text: phrase, seenLength }: Phrase, end: number): number {
  let last = end
  for (let at = seenLength; at < phrase.length; at++) {
    while (last < text.length && isZeroWidth(text.charCodeAt(last))) last++
    if (last >= text.length || foldLetter(text.charCodeAt(last)) !== phrase.charCodeAt(at)) return -1
    last++
    if (phrase.charCodeAt(at) !== spaceUnit) continue
    while (last < text.length && isSpaceOrNothing(text.charCodeAt(last))) last++
  }
  return last
}

/** Where a literal that ends at `end` begins: zero-width characters stand in it, and more white space than it has. */
export function findLiteralStart(text: string, literal: string, end: number): number {
  let start = end
  for (let at = literal.length - 1; at >= 0; at--) {
    start--
    while (start > 0 && isZeroWidth(text.charCodeAt(start))) start--
    if (literal.charCodeAt(at) !== spaceUnit) continue
    while (start > 0 && isSpaceOrNothing(text.charCodeAt(start - 1))) start--
  }
  return start
}

function isSpaceOrNothing(unit: number): boolean {
  return foldLetter(unit) === spaceUnit || isZeroWidth(unit)
}

/** Words do not go on across this place; in scripts without spaces between words any place will do. */
function isSplitAt(text: string, at: number): boolean {
  return (
    !(isWordAt(text, at - 1) && isWordAt(text, at)) ||
    isUnspaced(text.charCodeAt(at - 1)) ||
    isUnspaced(text.charCodeAt(at))
  )
}

/** Thai, Lao, kana, ideographs; hangul, whose particles are joined to the word. */
function isUnspaced(unit: number): boolean {
  return (
    (unit >= 0x0e00 && unit <= 0x0eff) ||
    (unit >= 0x3040 && unit <= 0x30ff) ||
    (unit >= 0x3400 && unit <= 0x9fff) ||
    (unit >= 0xac00 && unit <= 0xd7af)
  )
}
