/** What can stand at the beginning of a part of an expression, and after one. */
import { CharSet, wordChars } from './char-set.ts'
import { isNullable } from './regex-length.ts'
import type { RegexNode } from './regex-syntax.ts'

export interface Follow {
  /** Characters that what follows can begin with. */
  readonly first: CharSet
  /** The match can end here: never, at once, or when an assertion holds. */
  readonly end: 'never' | 'free' | 'checked'
  /** A `\b` comes first, or what is no part of a word: a word ends here or there is no match. */
  readonly endsWord: boolean
}

/** After the whole expression. */
export const freeEnd: Follow = { first: CharSet.none, end: 'free', endsWord: false }

/** What follows the part before `node`, of what follows `node`. */
export function followOf(node: RegexNode, after: Follow): Follow {
  const isOptional = isNullable(node)
  const isChecked = after.end === 'free' && isOptional && hasAssertion(node)
  return {
    first: isOptional ? firstOf(node).union(after.first) : firstOf(node),
    end: isOptional ? (isChecked ? 'checked' : after.end) : 'never',
    endsWord: (node.type === 'assertion' && node.kind === 'word') || keepsWordEnd(node, after),
  }
}

/** Something that may be left out, or that is done again, before what ends a word. */
function keepsWordEnd(node: RegexNode, after: Follow): boolean {
  return after.endsWord && isNullable(node) && !hasAssertion(node) && !firstOf(node).meets(wordChars)
}

/** What follows one pass through the body of a loop. */
export function followInLoop(body: RegexNode, after: Follow): Follow {
  const first = firstOf(body)
  return {
    first: first.union(after.first),
    end: after.end,
    endsWord: after.endsWord && !hasAssertion(body) && !first.meets(wordChars),
  }
}

function hasAssertion(node: RegexNode): boolean {
  switch (node.type) {
    case 'set':
      return false
    case 'assertion':
      return true
    case 'sequence':
      return node.items.some(hasAssertion)
    case 'choice':
      return node.options.some(hasAssertion)
    default:
      return hasAssertion(node.body)
  }
}

/**
 * A run of the set can only be left where it ends: no other length of it can lead to a match, or none is ever asked
 * for. After a `\b`, no part of a word does.
 */
export function isDecided(set: CharSet, follow: Follow, isLazy: boolean): boolean {
  if (follow.endsWord && set.isWithin(wordChars)) return true
  if (set.meets(follow.first)) return false
  return follow.end === 'never' || (follow.end === 'free' && !isLazy)
}

/** The characters that a match of the node can begin with. */
export function firstOf(node: RegexNode): CharSet {
  switch (node.type) {
    case 'set':
      return node.set
    case 'assertion':
      return CharSet.none
    case 'group':
    case 'repeat':
      return firstOf(node.body)
    case 'choice':
      return node.options.map(firstOf).reduce((all, each) => all.union(each), CharSet.none)
    case 'sequence': {
      let first = CharSet.none
      for (const item of node.items) {
        first = first.union(firstOf(item))
        if (!isNullable(item)) break
      }
      return first
    }
  }
}
