/** Concepts and the words that stand for them, in every language at once. */
import type { WordTrie } from './word-trie.ts'
import { buildWordTrie, foldWord } from './word-trie.ts'

/** Concept → its words: `ignore`, `disregard*` (a stem), `do not follow`. */
export type WordLists = ReadonlyMap<string, readonly string[]>

export interface Vocabulary {
  readonly trie: WordTrie
  /** By the value in the trie less one: which concepts an entry stands for. Equal masks are one object. */
  readonly masks: readonly ConceptMask[]
  maskOf(concepts: readonly string[]): ConceptMask
}

/** A set of concepts, 31 in each half. */
export interface ConceptMask {
  readonly low: number
  readonly high: number
}

/** What becomes of word lists, as plain JSON: the long part of a vocabulary's making. */
export interface FoldedWords {
  /** In order of their texts; a stem ends in `*`. */
  readonly words: readonly string[]
  /** Of each word, which of the masks is its own. */
  readonly maskOf: readonly number[]
  readonly masks: readonly ConceptMask[]
}

const halfBits = 31
export const conceptsMax = 2 * halfBits - 2
/** Known words in a disguise of which only the whole text can be rid of. */
export const rotatedConcept = '#rotated'
export const reversedConcept = '#reversed'
const disguisedLengthMin = 6

/** `folded`: what `foldWords` made of the same lists, where that is known. */
export function buildVocabulary(lists: WordLists, folded: FoldedWords = foldWords(lists)): Vocabulary {
  const { words, maskOf, masks } = folded
  const entries = words.map((word, at) => {
    const isStem = word.endsWith('*')
    return { text: isStem ? word.slice(0, -1) : word, isStem, value: at + 1 }
  })
  const none = { low: 0, high: 0 }
  return {
    trie: buildWordTrie(entries),
    masks: maskOf.map((mask) => masks[mask] ?? none),
    maskOf: createMaskOf(lists),
  }
}

function createMaskOf(lists: WordLists): Vocabulary['maskOf'] {
  const names = [...lists.keys(), rotatedConcept, reversedConcept]
  return (concepts) => {
    let low = 0
    let high = 0
    for (const concept of concepts) {
      const at = names.indexOf(concept)
      if (at >= halfBits) high |= 1 << (at - halfBits)
      else if (at >= 0) low |= 1 << at
    }
    return { low, high }
  }
}

export function foldWords(lists: WordLists): FoldedWords {
  const toMask = createMaskOf(lists)
  const concepts = listConcepts(lists)
  const words = [...concepts.keys()].sort(byText)
  const masks: ConceptMask[] = []
  const known = new Map<string, number>()
  const maskOf = words.map((word) => {
    const mask = toMask([...(concepts.get(word) ?? [])])
    const key = `${mask.low} ${mask.high}`
    const at = known.get(key)
    if (at !== undefined) return at
    known.set(key, masks.length)
    return masks.push(mask) - 1
  })
  return { words, maskOf, masks }
}

/** A stem stands before what begins like it. */
function byText(a: string, b: string): number {
  const [left, right] = [a.replace('*', ''), b.replace('*', '')]
  return left < right ? -1 : left > right ? 1 : b.length - a.length
}

/** Folded word, or stem and `*` → its concepts, those of the stems that it begins with among them. */
function listConcepts(lists: WordLists): ReadonlyMap<string, ReadonlySet<string>> {
  const concepts = new Map<string, Set<string>>()
  const add = (word: string, concept: string) => {
    const known = concepts.get(word)
    if (known) known.add(concept)
    else concepts.set(word, new Set([concept]))
  }
  for (const [concept, words] of lists)
    for (const word of words) {
      const isStem = word.endsWith('*')
      const folded = foldWord(isStem ? word.slice(0, -1) : word)
      if (folded === '' || /^[a-z]$/.test(folded)) continue
      add(isStem ? `${folded}*` : folded, concept)
      if (isStem || folded.length < disguisedLengthMin || !/^[a-z]+$/.test(folded)) continue
      add(rotate13(folded), rotatedConcept)
      add(reverse(folded), reversedConcept)
    }
  for (const [word, own] of concepts) {
    const text = word.replace('*', '')
    // A stem goes on within its word only.
    for (let length = text.length; length > Math.max(1, text.lastIndexOf(' ') + 1); length--)
      if (length < text.length || !word.endsWith('*'))
        for (const concept of concepts.get(`${text.slice(0, length)}*`) ?? []) own.add(concept)
  }
  return concepts
}

export function rotate13(text: string): string {
  return text.replace(/[a-z]/gi, (letter) => {
    const unit = letter.charCodeAt(0)
    const base = unit >= 97 ? 97 : 65
    return String.fromCharCode(base + ((unit - base + 13) % 26))
  })
}

export function reverse(text: string): string {
  let reversed = ''
  for (let at = text.length - 1; at >= 0; at--) reversed += text[at]
  return reversed
}
