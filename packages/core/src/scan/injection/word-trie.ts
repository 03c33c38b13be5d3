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

/** `words`: each word or stem* with its value, above zero. The last of equal words wins. */
export function buildWordTrie(words: Iterable<readonly [word: string, value: number]>): WordTrie {
  const folded = [...words].map(([word, value]) => {
    const isStem = word.endsWith('*')
    return { text: foldWord(isStem ? word.slice(0, -1) : word), isStem, value }
  })
  const alphabet = buildAlphabet(folded.map(({ text }) => text))
  const entries = folded
    .filter(({ text }) => text !== '')
    .map(({ text, isStem, value }) => ({ symbols: toSymbols(text, alphabet), isStem, value }))
  // Stable: of equal ones the last comes last.
  entries.sort((a, b) => (a.symbols < b.symbols ? -1 : a.symbols > b.symbols ? 1 : 0))
  return { ...alphabet, ...new CellPacker(entries, alphabet.symbolCount).pack() }
}

interface Alphabet {
  readonly codeOf: Uint32Array
  readonly gapSymbol: number
  readonly symbolCount: number
}

function buildAlphabet(texts: readonly string[]): Alphabet {
  const { folded, kindOf } = listLetters()
  const units = new Set<number>()
  for (const text of texts) for (let at = 0; at < text.length; at++) units.add(text.charCodeAt(at))
  units.delete(gapUnit)
  const symbolOfFolded = new Uint16Array(unitCount)
  const gapSymbol = 1
  let symbolCount = gapSymbol + 1
  for (const unit of units) symbolOfFolded[unit] = symbolCount++
  const codeOf = new Uint32Array(unitCount)
  for (let unit = 0; unit < unitCount; unit++) {
    const kind = kindOf[unit] ?? kinds.separator
    const isPart = kind >= kinds.latin && kind <= kinds.unspaced
    codeOf[unit] = (kind << symbolBits) | (isPart ? (symbolOfFolded[folded[unit] ?? unit] ?? 0) : 0)
  }
  return { codeOf, gapSymbol, symbolCount }
}

function toSymbols(text: string, { codeOf, gapSymbol }: Alphabet): string {
  let symbols = ''
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    symbols += String.fromCharCode(unit === gapUnit ? gapSymbol : (codeOf[unit] ?? 0) & symbolMask)
  }
  return symbols
}

interface Entry {
  /** Of its letters, as a text that sorts like them. */
  readonly symbols: string
  readonly isStem: boolean
  readonly value: number
}

/** Entries that begin alike, and the node that stands for what they begin with. */
interface Branch {
  readonly node: number
  readonly from: number
  readonly to: number
  readonly depth: number
}

/** As many places are passed over for others to fill that looking through them stays cheap. */
const crowdedShare = 0.9

class CellPacker {
  readonly #entries: readonly Entry[]
  readonly #symbolCount: number
  #cells: Int32Array
  #firstFree = 1
  /** Places in use, and one. */
  #end = 1

  constructor(entries: readonly Entry[], symbolCount: number) {
    this.#entries = entries
    this.#symbolCount = symbolCount
    this.#cells = new Int32Array(cellWidth * (symbolCount + 1_024))
  }

  /** Breadth first: every text enters at the root, few come far. */
  pack(): Pick<WordTrie, 'cells' | 'whole' | 'stem'> {
    const queue: Branch[] = [{ node: rootNode, from: 0, to: this.#entries.length, depth: 0 }]
    const ends: [node: number, at: number][] = []
    for (const branch of queue) queue.push(...this.#place(branch, ends))
    // From every node, every symbol leads to a place that is there.
    const places = this.#end + this.#symbolCount
    const cells = this.#cells.slice(0, places * cellWidth)
    const whole = new Int32Array(places)
    const stem = new Int32Array(places)
    for (const [node, at] of ends) {
      const entry = this.#entries[at]
      if (!entry) continue
      const values = entry.isStem ? stem : whole
      values[node >> 1] = entry.value
      if (entry.isStem) cells[node] = (cells[node] ?? 0) | 1
    }
    return { cells, whole, stem }
  }

  #place({ node, from, to, depth }: Branch, ends: [node: number, at: number][]): readonly Branch[] {
    let first = from
    for (; first < to && this.#entries[first]?.symbols.length === depth; first++) ends.push([node, first])
    const children = this.#divide({ node, from: first, to, depth })
    if (children.length === 0) return []
    const base = this.#findBase(children.map(({ symbol }) => symbol))
    this.#cells[node] = base * cellWidth
    return children.map(({ symbol, from: start, to: end }) => {
      const child = (base + symbol) * cellWidth
      this.#cells[child + parentCell] = node + 1
      this.#end = Math.max(this.#end, base + symbol + 1)
      return { node: child, from: start, to: end, depth: depth + 1 }
    })
  }

  #divide({ from, to, depth }: Branch): readonly { symbol: number; from: number; to: number }[] {
    const parts: { symbol: number; from: number; to: number }[] = []
    for (let at = from; at < to; at++) {
      const symbol = this.#entries[at]?.symbols.charCodeAt(depth) ?? 0
      const last = parts.at(-1)
      if (last?.symbol === symbol) last.to = at + 1
      else parts.push({ symbol, from: at, to: at + 1 })
    }
    return parts
  }

  /** Where none of the symbols meets a place in use. */
  #findBase(symbols: readonly number[]): number {
    const least = symbols[0] ?? 0
    let seen = 0
    for (let place = Math.max(this.#firstFree, least); ; place++) {
      this.#makeRoom(place - least + this.#symbolCount)
      seen++
      if (this.#isUsed(place)) continue
      if (!symbols.every((symbol) => !this.#isUsed(place - least + symbol))) continue
      if (this.#end - place < seen * (1 - crowdedShare)) this.#firstFree = Math.max(this.#firstFree, place)
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
