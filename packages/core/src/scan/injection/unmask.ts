/**
 * Other ways to read a text, where there are signs that it is disguised. An ordinary text has none and costs no more
 * than the look.
 */
import { decodeBlobs, decodeDigits } from './decode-blobs.ts'
import { hasEscapes, hasSpeltBytes } from './encoding-signs.ts'
import { showPlainLetters } from './plain-letters.ts'
import type { WordsRead } from './read-words.ts'
import { readWords } from './read-words.ts'
import { showLeet, showReversed, showRotated, showSpaced, showUnescaped } from './respell.ts'
import { meets } from './sequences.ts'
import type { View } from './view.ts'
import { composeViews } from './view.ts'
import type { Vocabulary } from './vocabulary.ts'
import { reversedConcept, rotatedConcept } from './vocabulary.ts'

/** Disguises under disguises. */
const depthMax = 3
/** Code units in all views of one text: bounds time, whatever the text. */
const unitsMax = 32_000
const singlesMin = 5
const bytesMin = 6

export interface UnmaskedText extends View {
  readonly read: WordsRead
}

export class Unmasker {
  readonly #vocabulary: Vocabulary
  readonly #rotated
  readonly #reversed

  constructor(vocabulary: Vocabulary) {
    this.#vocabulary = vocabulary
    this.#rotated = vocabulary.maskOf([rotatedConcept])
    this.#reversed = vocabulary.maskOf([reversedConcept])
  }

  /** Views of the text, those of views included; `read` is what the first look saw. */
  list(text: string, read: WordsRead): readonly UnmaskedText[] {
    const unmasked: UnmaskedText[] = []
    let queue: readonly { readonly text: string; readonly read: WordsRead; readonly view: View | null }[] = [
      { text, read, view: null },
    ]
    const seen = new Set([text])
    let units = 0
    for (let depth = 0; depth < depthMax && queue.length > 0; depth++) {
      const next: UnmaskedText[] = []
      for (const each of queue)
        for (const made of this.#makeViews(each.text, each.read, unitsMax - units)) {
          if (seen.has(made.text) || made.text === '') continue
          seen.add(made.text)
          units += made.text.length
          const view = each.view ? composeViews(each.view, made) : made
          next.push({ ...view, read: readWords(view.text, this.#vocabulary, made.isJoined !== true) })
          if (units >= unitsMax) return [...unmasked, ...next]
        }
      unmasked.push(...next)
      queue = next.map((view) => ({ text: view.text, read: view.read, view }))
    }
    return unmasked
  }

  #makeViews(whole: string, { signs, words }: WordsRead, unitsLeft: number): readonly View[] {
    const text = whole.length > unitsLeft ? whole.slice(0, unitsLeft) : whole
    const views: View[] = []
    const isLatin = signs.latinWords >= signs.lookalikeWords
    if (signs.odd > 0 || signs.mixed > 0 || (isLatin && signs.lookalikeWords > 0))
      views.push(showPlainLetters(text, isLatin || signs.mixed > 0))
    if (signs.leet > 0) views.push(showLeet(text))
    if (signs.singles >= singlesMin) views.push(showSpaced(text))
    if (signs.escapes > 0 && hasEscapes(text)) views.push(showUnescaped(text))
    if (this.#count(words, this.#rotated) >= 2) views.push(showRotated(text))
    if (this.#count(words, this.#reversed) >= 2) views.push(showReversed(text))
    for (const blob of decodeBlobs(text, signs.longWords)) views.push(fromBlob(blob))
    if (signs.bytes >= bytesMin && hasSpeltBytes(text))
      for (const blob of decodeDigits(text)) views.push(fromBlob(blob))
    return views
  }

  #count(words: WordsRead['words'], mask: Parameters<typeof meets>[0]): number {
    let count = 0
    for (const word of words) if (meets(word.mask, mask)) count++
    return count
  }
}

function fromBlob({ text, start, end }: { text: string; start: number; end: number }): View {
  const from = new Int32Array(text.length).fill(start)
  return { text, from, to: new Int32Array(text.length).fill(end) }
}
