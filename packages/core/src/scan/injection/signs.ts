/** What in a text says that it hides other words. */
import { readLeetUnit } from './leet.ts'
import { kinds, listLetters } from './letters.ts'
import type { WordTrie } from './word-trie.ts'
import { findMove, rootNode, symbolMask } from './word-trie.ts'

/** What asks for a second look, counted in words or marks. */
export interface Signs {
  /** Latin and look-alike letters in one word. */
  readonly mixed: number
  readonly lookalikeWords: number
  readonly latinWords: number
  /** Letters in costume, pairs, letters that show nothing. */
  readonly odd: number
  /** Known words with digits for letters. */
  readonly leet: number
  /** Words that may be one byte each, in digits. */
  readonly bytes: number
  /** Longest row of single letters. */
  readonly singles: number
  readonly escapes: number
  /** Start and end of words that are too long to be words, in pairs. */
  readonly longWords: readonly number[]
}

export const longWordLengthMin = 16
const longWordsMax = 48
/** In a row of single letters. */
const singleLettersMin = 3
const leetLengthMax = 20

export class SignNotes implements Signs {
  mixed = 0
  lookalikeWords = 0
  latinWords = 0
  odd = 0
  leet = 0
  bytes = 0
  singles = 0
  escapes = 0
  longWords: number[] = []
  #row = 0
  #rowLetters = 0
  readonly #text: string
  readonly #trie: WordTrie

  constructor(text: string, trie: WordTrie) {
    this.#text = text
    this.#trie = trie
  }

  /** `bits`: one for each kind of letter in the word. */
  noteWord(start: number, end: number, bits: number): void {
    const has = (kind: number) => (bits & (1 << kind)) !== 0
    const hasLatin = has(kinds.latin)
    const hasLookalike = has(kinds.lookalike)
    if (hasLatin) this.latinWords++
    else if (hasLookalike) this.lookalikeWords++
    if (hasLatin && hasLookalike) this.mixed++
    if (has(kinds.nothing) || has(kinds.odd)) this.odd++
    if (has(kinds.digit)) this.#noteDigits(start, end, hasLatin)
    if (end - start >= longWordLengthMin && this.longWords.length < 2 * longWordsMax) this.longWords.push(start, end)
    if (end - start === 1) this.#noteSingle(has(kinds.digit))
    else this.endRow()
  }

  endRow(): void {
    this.#row = 0
    this.#rowLetters = 0
  }

  /** Digits alone, as in lists and tables, hide nothing. */
  #noteSingle(isDigit: boolean): void {
    this.#row++
    if (!isDigit) this.#rowLetters++
    if (this.#rowLetters >= singleLettersMin) this.singles = Math.max(this.singles, this.#row)
  }

  #noteDigits(start: number, end: number, hasLatin: boolean): void {
    const length = end - start
    if ((length >= 2 && length <= 4) || length === 8) this.bytes++
    if (hasLatin && length >= 3 && length <= leetLengthMax && this.leet === 0 && this.#isLeet(start, end)) this.leet++
  }

  /** With letters for its digits, it is a known word. */
  #isLeet(start: number, end: number): boolean {
    const { folded } = listLetters()
    const { cells, whole, stem, codeOf } = this.#trie
    let node = rootNode
    let isStem = false
    for (let at = start; at < end; at++) {
      const unit = folded[readLeetUnit(this.#text.charCodeAt(at))] ?? 0
      node = findMove(cells, node, (codeOf[unit] ?? 0) & symbolMask)
      if (node === rootNode) return isStem
      isStem ||= at - start > 3 && stem[node >> 1] !== 0
    }
    return isStem || whole[node >> 1] !== 0
  }
}
