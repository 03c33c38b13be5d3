/**
 * The words of the injection grammar, as a tree that is entered at the beginning of a word: most words leave it within
 * a few letters, whatever their number. A word that ends in `*` stands for all that begin with it; one with spaces, for
 * its parts in a row with anything but a sentence end between them.
 *
 * A double array: a node's moves lie where others have gaps, so that a step is two look-ups in one row of the memory.
 */
import { kinds, listLetters } from './letters.ts'

export interface WordTrie {
  /** Symbol of each code unit, folded; 0 where it can be no part of a known word. 1 to `latinMax` are Latin letters. */
  readonly symbolOf: Uint16Array
  readonly latinMax: number
  /** Stands for what is between two words. */
  readonly gapSymbol: number
  /**
   * Four numbers for each node, which is known by the place of the first: where its moves begin, the node before it
   * plus one, the entry that ends here, the entry that goes on as it likes; entries count from one, 0 is none.
   */
  readonly cells: Int32Array
}

export const cellWidth = 4
const parentCell = 1
export const wholeCell = 2
export const stemCell = 3
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
  const next = (cells[node] ?? 0) + symbol * cellWidth
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
  return { ...alphabet, cells: new CellPacker(entries, alphabet.symbolCount).pack() }
}

interface Alphabet {
  readonly symbolOf: Uint16Array
  readonly latinMax: number
  readonly gapSymbol: number
  readonly symbolCount: number
}

/** The first symbol is for Latin letters that no word has. */
function buildAlphabet(texts: readonly string[]): Alphabet {
  const { folded, kindOf } = listLetters()
  const units = new Set<number>()
  for (const text of texts) for (let at = 0; at < text.length; at++) units.add(text.charCodeAt(at))
  units.delete(gapUnit)
  const symbolOfFolded = new Uint16Array(unitCount)
  let symbolCount = 2
  for (const unit of units) if (kindOf[unit] === kinds.latin) symbolOfFolded[unit] = symbolCount++
  const latinMax = symbolCount - 1
  const gapSymbol = symbolCount++
  for (const unit of units) if (kindOf[unit] !== kinds.latin) symbolOfFolded[unit] = symbolCount++
  const symbolOf = new Uint16Array(unitCount)
  for (let unit = 0; unit < unitCount; unit++) {
    const kind = kindOf[unit] ?? kinds.separator
    if (kind < kinds.latin || kind > kinds.unspaced) continue
    const symbol = symbolOfFolded[folded[unit] ?? unit] ?? 0
    symbolOf[unit] = kind === kinds.latin ? Math.max(1, symbol) : symbol
  }
  return { symbolOf, latinMax, gapSymbol, symbolCount }
}

function toSymbols(text: string, { symbolOf, gapSymbol }: Alphabet): string {
  let symbols = ''
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    symbols += String.fromCharCode(unit === gapUnit ? gapSymbol : (symbolOf[unit] ?? 0))
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

  pack(): Int32Array {
    const queue: Branch[] = [{ node: rootNode, from: 0, to: this.#entries.length, depth: 0 }]
    for (let branch = queue.pop(); branch; branch = queue.pop()) queue.push(...this.#place(branch))
    // From every node, every symbol leads to a place that is there.
    return this.#cells.slice(0, (this.#end + this.#symbolCount) * cellWidth)
  }

  #place({ node, from, to, depth }: Branch): readonly Branch[] {
    let first = from
    for (; first < to && this.#entries[first]?.symbols.length === depth; first++) this.#endHere(node, first)
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

  #endHere(node: number, at: number): void {
    const entry = this.#entries[at]
    if (entry) this.#cells[node + (entry.isStem ? stemCell : wholeCell)] = entry.value
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
