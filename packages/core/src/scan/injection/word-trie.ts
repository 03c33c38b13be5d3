/**
 * The words of the injection grammar, as a tree that is entered at the beginning of a word: most words leave it within
 * a few letters, whatever their number. A word that ends in `*` stands for all that begin with it; one with spaces, for
 * its parts in a row with anything but a sentence end between them.
 *
 * A double array: a node's moves lie where others have gaps, so that a step is two look-ups side by side. What is near the root lies together.
 */
import { kinds, listLetters } from './letters.ts'

export interface WordTrie {
  /** By code unit: its kind, above `symbolBits`, and the symbol of its letter; 0 where no known word has it. */
  readonly codeOf: Uint32Array
  /** Stands for what is between two words. */
  readonly gapSymbol: number
  /**
   * Two numbers for each node, which is known by the place of the first: where its moves begin, odd when a stem ends
   * here; and the node before it plus one.
   */
  readonly cells: Int32Array
  /** By half of the node: the entry that ends here, counted from one; 0: none. */
  readonly whole: Int32Array
  /** The same for entries that go on as they like. */
  readonly stem: Int32Array
}

export const symbolBits = 16
export const symbolMask = (1 << symbolBits) - 1
export const cellWidth = 2
const parentCell = 1
export const rootNode = 0

const gapUnit = 32
const gapSymbol = 1
const unitCount = 65_536

/** A word as the tree holds it: folded, one space between its parts. Empty when nothing is left of it. */
export function foldWord(word: string): string {
  const { folded, kindOf } = listLetters()
  let text = ''
  for (let at = 0; at < word.length; at++) {
    const unit = folded[word.charCodeAt(at)] ?? 0
    const kind = kindOf[word.charCodeAt(at)] ?? kinds.separator
    if (kind === kinds.nothing) continue
    const isGap = kind === kinds.separator || kind === kinds.sentenceEnd || kind === kinds.escape
    if (!isGap) text += String.fromCharCode(unit)
    else if (text !== '' && !text.endsWith(' ')) text += ' '
  }
  return text.trim()
}

/** Where the tree goes from a node; 0: nowhere. */
export function findMove(cells: Int32Array, node: number, symbol: number): number {
  const next = ((cells[node] ?? 0) & ~1) + symbol * cellWidth
  return cells[next + parentCell] === node + 1 ? next : 0
}

/** One word or stem of the tree: folded, and its value, above zero. */
export interface TrieWord {
  readonly text: string
  readonly isStem: boolean
  readonly value: number
}

/** `words`: each once. Quickest in the order of their texts. */
export function buildWordTrie(words: readonly TrieWord[]): WordTrie {
  const sorted = words.filter(({ text }) => text !== '')
  sorted.sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0))
  const alphabet = buildAlphabet(sorted)
  return { ...alphabet, ...new CellPacker(sorted, alphabet).pack() }
}

interface Alphabet {
  readonly codeOf: Uint32Array
  readonly gapSymbol: number
  readonly symbolCount: number
  /** By folded unit. */
  readonly symbolOf: Uint16Array
}

/** Symbols have the order of their units, so that texts sort as their symbols do. */
function buildAlphabet(words: readonly TrieWord[]): Alphabet {
  const { folded, kindOf } = listLetters()
  const symbolOf = new Uint16Array(unitCount)
  for (const { text } of words) for (let at = 0; at < text.length; at++) symbolOf[text.charCodeAt(at)] = 1
  symbolOf[gapUnit] = gapSymbol
  let symbolCount = gapSymbol + 1
  for (let unit = gapUnit + 1; unit < unitCount; unit++) if (symbolOf[unit] !== 0) symbolOf[unit] = symbolCount++
  const codeOf = new Uint32Array(unitCount)
  for (let unit = 0; unit < unitCount; unit++) {
    const kind = kindOf[unit] ?? kinds.separator
    const isPart = kind >= kinds.latin && kind <= kinds.unspaced
    codeOf[unit] = (kind << symbolBits) | (isPart ? (symbolOf[folded[unit] ?? unit] ?? 0) : 0)
  }
  return { codeOf, gapSymbol, symbolCount, symbolOf }
}

/** How far a search for room begins before where the last one ended; what lies before that is left to nodes with one move. */
const looksMax = 128
/** Node, first and last word that begin like it, and how long what they begin with is. */
const branchWidth = 4

interface Slice {
  readonly from: number
  readonly to: number
}

class CellPacker {
  readonly #words: readonly TrieWord[]
  readonly #symbolOf: Uint16Array
  readonly #symbolCount: number
  #cells: Int32Array
  /** The first place that may be free, and the first that is worth a look for nodes with several moves; both behind every symbol. */
  #firstFree: number
  #firstRoomy: number
  /** Places in use, and one. */
  #end = 1
  readonly #branches: Int32Array
  #branchCount = 0
  /** The moves of the node at hand: their symbols, and where the words of each begin. */
  readonly #symbols: Uint16Array
  readonly #froms: Int32Array
  #moveCount = 0

  constructor(words: readonly TrieWord[], { symbolOf, symbolCount }: Alphabet) {
    this.#words = words
    this.#symbolOf = symbolOf
    this.#symbolCount = symbolCount
    this.#firstFree = symbolCount
    this.#firstRoomy = symbolCount
    const letterCount = words.reduce((sum, { text }) => sum + text.length, 1)
    this.#cells = new Int32Array(cellWidth * (letterCount + 2 * symbolCount))
    this.#branches = new Int32Array(branchWidth * letterCount)
    this.#symbols = new Uint16Array(symbolCount)
    this.#froms = new Int32Array(symbolCount + 1)
  }

  /** Breadth first: every text enters at the root, few come far. */
  pack(): Pick<WordTrie, 'cells' | 'whole' | 'stem'> {
    const ends: number[] = []
    this.#addBranch(rootNode, { from: 0, to: this.#words.length }, 0)
    for (let next = 0; next < this.#branchCount; next++) this.#place(next * branchWidth, ends)
    // From every node, every symbol leads to a place that is there.
    const places = this.#end + this.#symbolCount
    const cells = this.#cells.slice(0, places * cellWidth)
    const whole = new Int32Array(places)
    const stem = new Int32Array(places)
    for (let at = 0; at < ends.length; at += 2) {
      const node = ends[at] ?? 0
      const word = this.#words[ends[at + 1] ?? 0]
      if (!word) continue
      const values = word.isStem ? stem : whole
      values[node >> 1] = word.value
      if (word.isStem) cells[node] = (cells[node] ?? 0) | 1
    }
    return { cells, whole, stem }
  }

  #addBranch(node: number, words: Slice, depth: number): void {
    const at = this.#branchCount++ * branchWidth
    this.#branches[at] = node
    this.#branches[at + 1] = words.from
    this.#branches[at + 2] = words.to
    this.#branches[at + 3] = depth
  }

  #place(branch: number, ends: number[]): void {
    const node = this.#branches[branch] ?? 0
    const to = this.#branches[branch + 2] ?? 0
    const depth = this.#branches[branch + 3] ?? 0
    let first = this.#branches[branch + 1] ?? 0
    for (; first < to && this.#words[first]?.text.length === depth; first++) ends.push(node, first)
    if (first === to) return
    this.#divide(first, to, depth)
    const symbols = this.#symbols
    const base = this.#findBase()
    this.#cells[node] = base * cellWidth
    for (let each = 0; each < this.#moveCount; each++) {
      const place = base + (symbols[each] ?? 0)
      this.#cells[place * cellWidth + parentCell] = node + 1
      this.#end = Math.max(this.#end, place + 1)
      const words = { from: this.#froms[each] ?? 0, to: this.#froms[each + 1] ?? 0 }
      this.#addBranch(place * cellWidth, words, depth + 1)
    }
  }

  #divide(from: number, to: number, depth: number): void {
    let count = 0
    let last = -1
    for (let at = from; at < to; at++) {
      const symbol = this.#symbolOf[this.#words[at]?.text.charCodeAt(depth) ?? 0] ?? 0
      if (symbol === last) continue
      last = symbol
      this.#symbols[count] = symbol
      this.#froms[count++] = at
    }
    this.#froms[count] = to
    this.#moveCount = count
  }

  /** Where none of the symbols meets a place in use. */
  #findBase(): number {
    const symbols = this.#symbols
    const count = this.#moveCount
    const least = symbols[0] ?? 0
    const from = count === 1 ? this.#firstFree : this.#firstRoomy
    for (let place = from; ; place++) {
      this.#makeRoom(place - least + this.#symbolCount)
      if (this.#isUsed(place)) continue
      let fits = 1
      while (fits < count && !this.#isUsed(place - least + (symbols[fits] ?? 0))) fits++
      if (fits < count) continue
      if (count === 1) this.#firstFree = place + 1
      else this.#firstRoomy = Math.max(from, place - looksMax)
      return place - least
    }
  }

  #isUsed(place: number): boolean {
    return place === rootNode || this.#cells[place * cellWidth + parentCell] !== 0
  }

  #makeRoom(places: number): void {
    if (places * cellWidth < this.#cells.length) return
    const larger = new Int32Array(Math.max(2 * this.#cells.length, (places + 1) * cellWidth))
    larger.set(this.#cells)
    this.#cells = larger
  }
}
