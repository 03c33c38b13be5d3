/**
 * The words of the injection grammar, as a tree that is entered at the beginning of a word: most words leave it within
 * three letters, whatever their number. A word that ends in `*` stands for all that begin with it; one with spaces, for
 * its parts in a row with anything but a sentence end between them.
 */
import { kinds, listLetters } from './letters.ts'

export interface WordTrie {
  /** Node of each first unit; 0: none. */
  readonly root: Int32Array
  readonly firstChild: Int32Array
  readonly nextSibling: Int32Array
  readonly unit: Uint16Array
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
  readonly #unit: number[] = [0]
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
    this.#unit.push(unit)
    this.#whole.push(0)
    this.#stem.push(0)
    return next
  }

  build(): WordTrie {
    const count = this.#children.length
    const root = new Int32Array(65_536)
    const firstChild = new Int32Array(count)
    const nextSibling = new Int32Array(count)
    for (const [unit, child] of this.#children[0] ?? []) root[unit] = child
    for (let node = 1; node < count; node++) {
      let last = 0
      for (const child of this.#children[node]?.values() ?? []) {
        if (last === 0) firstChild[node] = child
        else nextSibling[last] = child
        last = child
      }
    }
    return {
      root,
      firstChild,
      nextSibling,
      unit: Uint16Array.from(this.#unit),
      whole: Int32Array.from(this.#whole),
      stem: Int32Array.from(this.#stem),
    }
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
