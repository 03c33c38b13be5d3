/**
 * The words of the injection grammar, as a tree that is entered at the beginning of a word: most words leave it within
 * three letters, whatever their number. A word that ends in `*` stands for all that begin with it; one with spaces, for
 * its parts in a row with anything but a sentence end between them.
 */
import { kinds, listLetters } from './letters.ts'

export interface WordTrie {
  /** Node of each first unit; 0: none. */
  readonly root: Int32Array
  /** 1 where an entry may begin with these three letters, a to z: five bits for each. */
  readonly heads: Uint8Array
  /** The other moves: a hash table of node and unit to node. */
  readonly moveKeys: Uint32Array
  readonly moveNodes: Int32Array
  /** The entry that ends here, counted from one; 0: none. */
  readonly whole: Int32Array
  /** The same for entries that go on as they like. */
  readonly stem: Int32Array
}

/** Stands for what is between two words. */
export const gapUnit = 32

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

interface Entry {
  readonly word: string
  readonly isStem: boolean
}

class TrieBuilder {
  readonly #children: Map<number, number>[] = [new Map()]
  readonly #whole: number[] = [0]
  readonly #stem: number[] = [0]

  add({ word, isStem }: Entry, value: number): void {
    let node = 0
    for (let at = 0; at < word.length; at++) node = this.#step(node, word.charCodeAt(at))
    const ends = isStem ? this.#stem : this.#whole
    ends[node] = value
  }

  #step(node: number, unit: number): number {
    const children = this.#children[node]
    const known = children?.get(unit)
    if (known !== undefined) return known
    const next = this.#children.length
    children?.set(unit, next)
    this.#children.push(new Map())
    this.#whole.push(0)
    this.#stem.push(0)
    return next
  }

  /** Entries that go on as they like may go on with any letter. */
  #listHeads(): Uint8Array {
    const heads = new Uint8Array(1 << 15)
    for (const [first, firstNode] of this.#children[0] ?? []) {
      if ((first - 97) >>> 0 > 25) continue
      const firstAt = (first - 97) << 10
      if (this.#stem[firstNode] !== 0) heads.fill(1, firstAt, firstAt + (1 << 10))
      for (const [second, secondNode] of this.#children[firstNode] ?? []) {
        if ((second - 97) >>> 0 > 25) continue
        const secondAt = firstAt | ((second - 97) << 5)
        if (this.#stem[secondNode] !== 0) heads.fill(1, secondAt, secondAt + (1 << 5))
        for (const third of this.#children[secondNode]?.keys() ?? [])
          if ((third - 97) >>> 0 < 26) heads[secondAt | (third - 97)] = 1
      }
    }
    return heads
  }

  build(): WordTrie {
    const size = 2 ** Math.ceil(Math.log2(3 * this.#children.length + 2))
    const moveKeys = new Uint32Array(size)
    const moveNodes = new Int32Array(size)
    const root = new Int32Array(65_536)
    for (const [unit, child] of this.#children[0] ?? []) root[unit] = child
    for (let node = 1; node < this.#children.length; node++)
      for (const [unit, child] of this.#children[node] ?? []) {
        let slot = hashMove(node, unit) & (size - 1)
        while (moveNodes[slot] !== 0) slot = (slot + 1) & (size - 1)
        moveKeys[slot] = node * 65_536 + unit
        moveNodes[slot] = child
      }
    const heads = this.#listHeads()
    return { root, heads, moveKeys, moveNodes, whole: Int32Array.from(this.#whole), stem: Int32Array.from(this.#stem) }
  }
}

/** Could an entry begin with these three folded units? True for all that are no letters from a to z. */
export function canBegin(heads: Uint8Array, [first, second, third]: readonly [number, number, number]): boolean {
  const isLetters = (first - 97) >>> 0 < 26 && (second - 97) >>> 0 < 26 && (third - 97) >>> 0 < 26
  return !isLetters || heads[((first - 97) << 10) | ((second - 97) << 5) | (third - 97)] === 1
}

function hashMove(node: number, unit: number): number {
  const mixed = Math.imul(node, 0x9e3779b1) ^ Math.imul(unit, 0x85ebca6b)
  return (mixed ^ (mixed >>> 15)) >>> 0
}

/** Where the tree goes from a node; 0: nowhere. */
export function findMove({ moveKeys, moveNodes }: WordTrie, node: number, unit: number): number {
  const key = node * 65_536 + unit
  const last = moveKeys.length - 1
  for (let slot = hashMove(node, unit) & last; ; slot = (slot + 1) & last) {
    const next = moveNodes[slot] ?? 0
    if (next === 0 || moveKeys[slot] === key) return next
  }
}

/** `words`: each word or stem* with its value, above zero. The last of equal words wins. */
export function buildWordTrie(words: Iterable<readonly [word: string, value: number]>): WordTrie {
  const builder = new TrieBuilder()
  for (const [word, value] of words) {
    const folded = foldWord(word.endsWith('*') ? word.slice(0, -1) : word)
    if (folded !== '') builder.add({ word: folded, isStem: word.endsWith('*') }, value)
  }
  return builder.build()
}
