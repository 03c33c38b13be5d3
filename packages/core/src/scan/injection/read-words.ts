/** One pass over a text: the known words in it, and the signs that it hides others. */

import { loadUnits } from '../text-units.ts'
import { work } from '../work.ts'
import { kinds, wordKindMax } from './letters.ts'
import type { Signs } from './signs.ts'
import { longWordLengthMin, SignNotes } from './signs.ts'
import type { ConceptMask, Vocabulary } from './vocabulary.ts'
import { cellWidth, findMove, rootNode, symbolBits, symbolMask } from './word-trie.ts'

/** A known word or phrase. */
export interface Word {
  start: number
  end: number
  /** Counts words; between sentences and in unspaced scripts it grows accordingly. */
  position: number
  /** Which entry of the vocabulary. */
  readonly entry: number
  readonly mask: ConceptMask
}

export interface WordsRead {
  readonly words: readonly Word[]
  readonly signs: Signs
}

/** Positions that a word takes. */
const wordWidth = 2
/** Units whose codes are kept room for; longer texts get their own. */
const keptCodes = 16_384
/** Positions that the end of a sentence adds. */
const sentenceGap = 4
/** Marks between the parts of a phrase. */
const gapLengthMax = 4

/** Without `bounded`, words may begin and end anywhere, as where all spaces were taken out. */
export function readWords(text: string, vocabulary: Vocabulary, bounded = true): WordsRead {
  reader ??= new WordReader(vocabulary)
  return reader.readAll(text, vocabulary, bounded)
}

let reader: WordReader | undefined

/** One for all texts: to make one costs as much as to read a short text. */
class WordReader {
  #vocabulary: Vocabulary
  /** Of each unit of the text, and a separator after the last. */
  #codes = new Uint32Array(keptCodes)
  #words: Word[] = []
  #signs: SignNotes
  #text = ''
  #bounded = true
  #position = 0
  /** Units looked at again, beyond the one look that each gets. */
  #steps = 0
  /** Where the walk through the tree ended, when it found something. */
  #end = 0

  constructor(vocabulary: Vocabulary) {
    this.#vocabulary = vocabulary
    this.#signs = new SignNotes('', vocabulary.trie)
  }

  readAll(text: string, vocabulary: Vocabulary, bounded: boolean): WordsRead {
    this.#vocabulary = vocabulary
    this.#text = text
    this.#bounded = bounded
    this.#position = 0
    this.#steps = 0
    this.#words = []
    this.#signs = new SignNotes(text, vocabulary.trie)
    this.#encode()
    this.#read()
    work.steps += text.length + this.#steps
    this.#text = ''
    if (this.#codes.length > keptCodes) this.#codes = new Uint32Array(keptCodes)
    return { words: this.#words, signs: this.#signs }
  }

  /** All that is asked of a unit later, asked once. */
  #encode(): void {
    const units = loadUnits(this.#text)
    const { length } = this.#text
    if (length >= this.#codes.length) this.#codes = new Uint32Array(length + 1)
    const codes = this.#codes
    const { codeOf } = this.#vocabulary.trie
    for (let at = 0; at < length; at++) codes[at] = codeOf[units[at] ?? 0] ?? 0
    codes[length] = kinds.separator
  }

  /** Most words are Latin and leave the tree in their first letters: the way of those is all in here. */
  #read(): void {
    const codes = this.#codes
    const { cells } = this.#vocabulary.trie
    const { length } = this.#text
    const bounded = this.#bounded
    for (let at = 0; at < length; ) {
      const kind = (codes[at] ?? 0) >>> symbolBits
      if (kind === kinds.separator) {
        at++
        continue
      }
      if (kind !== kinds.latin || !bounded) {
        at = this.#readOther(at, kind)
        continue
      }
      let node = rootNode
      let end = at
      let isKnown = false
      for (;;) {
        const code = codes[end] ?? 0
        isKnown = code >>> symbolBits !== kinds.latin || ((cells[node] ?? 0) & 1) !== 0
        if (isKnown) break
        const next = ((cells[node] ?? 0) & ~1) + (code & symbolMask) * cellWidth
        if (cells[next + 1] !== node + 1) break
        node = next
        end++
      }
      if (isKnown && this.#leadsOn(node, end)) at = this.#readKnown(at, end, node)
      else {
        while ((codes[end] ?? 0) >>> symbolBits === kinds.latin) end++
        this.#position += wordWidth
        at = this.#endWord(at, end)
      }
    }
  }

  /**
   * Whether a walk from here might find something: not where a phrase would have to go on and does not. Many words, as
   * `the`, are nothing but the beginning of phrases.
   */
  #leadsOn(from: number, start: number): boolean {
    const codes = this.#codes
    const { cells, whole, gapSymbol } = this.#vocabulary.trie
    const { length } = this.#text
    let node = from
    for (let at = start; ; at++) {
      this.#steps++
      if (at >= length || ((cells[node] ?? 0) & 1) !== 0) return true
      const code = codes[at] ?? 0
      const kind = code >>> symbolBits
      if (kind !== kinds.latin && (kind !== kinds.separator || whole[node >> 1] !== 0)) return true
      node = findMove(cells, node, kind === kinds.latin ? code & symbolMask : gapSymbol)
      if (node === rootNode) return false
      if (kind === kinds.separator && (codes[at + 1] ?? 0) >>> symbolBits !== kinds.latin) return true
    }
  }

  #readOther(at: number, kind: number): number {
    if (kind === kinds.unspaced) return this.#readUnspaced(at)
    if (kind === kinds.sentenceEnd) return this.#endSentence(at)
    if (kind === kinds.escape) this.#signs.escapes++
    else if (kind === kinds.odd || kind === kinds.nothing) this.#signs.odd++
    else return this.#bounded ? this.#readKnown(at, at, rootNode) : this.#readUnspaced(at)
    return at + 1
  }

  #endSentence(at: number): number {
    const isLast = at + 1 >= this.#text.length
    const next = isLast ? kinds.separator : (this.#codes[at + 1] ?? 0) >>> symbolBits
    // 3.5, e.g. and file.txt go on; at the end of the text there is nothing to be apart from.
    if (next === kinds.separator || next === kinds.unspaced) this.#position += sentenceGap
    return at + 1
  }

  #readUnspaced(at: number): number {
    const entry = this.#walk(at, at, rootNode)
    this.#position++
    if (entry === 0) return at + 1
    this.#take(entry, at)
    return this.#end
  }

  /** A word whose beginning, up to `from`, leads to a node of the tree. */
  #readKnown(start: number, from: number, node: number): number {
    const entry = this.#walk(start, from, node)
    this.#position += wordWidth
    const codes = this.#codes
    let end = from
    while ((codes[end] ?? 0) >>> symbolBits === kinds.latin) end++
    end = this.#endWord(start, end)
    if (entry === 0) return end
    this.#take(entry, start)
    this.#signs.endRow()
    return Math.max(end, this.#end)
  }

  /** The end of the word that began at `start` and is Latin up to `latinEnd`; notes what is strange about it. */
  #endWord(start: number, latinEnd: number): number {
    const codes = this.#codes
    const latinLength = latinEnd - start
    let at = latinEnd
    let kind = (codes[at] ?? 0) >>> symbolBits
    if (latinLength > 1 && latinLength < longWordLengthMin && kind === kinds.separator) {
      this.#signs.endRow()
      this.#signs.latinWords++
      return at
    }
    let bits = latinLength > 0 ? 1 << kinds.latin : 0
    for (; ; kind = (codes[++at] ?? 0) >>> symbolBits) {
      const isInner = kind <= wordKindMax ? kind !== kinds.separator : kind === kinds.nothing || kind === kinds.odd
      if (!isInner) break
      bits |= 1 << kind
    }
    this.#signs.noteWord(start, at, bits)
    return at
  }

  #take(entry: number, start: number): void {
    const mask = this.#vocabulary.masks[entry - 1]
    if (!mask) return
    const last = this.#words.at(-1)
    // The same again and again counts once: `ignore ignore ignore`.
    if (last && last.entry === entry && this.#position - last.position <= 2) {
      last.position = this.#position
      last.end = this.#end
    } else this.#words.push({ start, end: this.#end, position: this.#position, entry, mask })
  }

  /**
   * The longest entry that begins at `start`; 0: none. Its end is left in `#end`. `from` and `reached`: how far the tree
   * was followed already, through letters of one word.
   */
  #walk(start: number, from: number, reached: number): number {
    const { cells, whole, stem: stems, gapSymbol } = this.#vocabulary.trie
    const codes = this.#codes
    const { length } = this.#text
    let at = from
    let node = reached
    if (at === start) node = findMove(cells, node, (codes[at++] ?? 0) & symbolMask)
    let last = (codes[at - 1] ?? 0) >>> symbolBits
    let found = 0
    let stem = 0
    let gapLength = 0
    for (; node !== rootNode; at++) {
      this.#steps++
      const code = codes[at] ?? 0
      const kind = code >>> symbolBits
      if (kind === kinds.nothing) continue
      const isInner = kind <= wordKindMax && kind !== kinds.separator
      if (gapLength === 0) {
        stem = stems[node >> 1] || stem
        if (!isInner || last === kinds.unspaced || !this.#bounded) {
          const entry = whole[node >> 1] || stem
          if (entry !== 0) {
            found = entry
            this.#end = at
          }
          stem = 0
        }
      }
      if (at >= length) return found
      last = kind
      if (isInner || kind === kinds.unspaced) {
        node = findMove(cells, node, code & symbolMask)
        gapLength = 0
        continue
      }
      gapLength++
      if (kind === kinds.sentenceEnd || gapLength > gapLengthMax) break
      if (gapLength === 1) node = findMove(cells, node, gapSymbol)
    }
    if (stem === 0) return found
    this.#end = this.#wordEnd(at - 1)
    return stem
  }

  #wordEnd(from: number): number {
    const codes = this.#codes
    for (let at = from; ; at++) {
      const kind = (codes[at] ?? 0) >>> symbolBits
      if (kind === kinds.separator || (kind > wordKindMax && kind !== kinds.nothing)) return at
    }
  }
}
