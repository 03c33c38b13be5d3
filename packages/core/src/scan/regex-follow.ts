/** What can stand at the beginning of a part of an expression, and after one. */
import { CharSet, wordChars } from './char-set.ts'
import { isNullable } from './regex-length.ts'
import type { RegexNode } from './regex-syntax.ts'

export interface Follow {
  /** Characters that what follows can begin with. */
  readonly first: CharSet
  /** The match can end here: never, at once, or when an assertion holds. */
  readonly end: 'never' | 'free' | 'checked'
  /** A `\b` comes first. */
  readonly startsAtWord: boolean
}

/** After the whole expression. */
export const freeEnd: Follow = { first: CharSet.none, end: 'free', startsAtWord: false }

/** What follows the part before `node`, of what follows `node`. */
export function followOf(node: RegexNode, after: Follow): Follow {
  const isOptional = isNullable(node)
  const isChecked = after.end === 'free' && isOptional && hasAssertion(node)
  return {
    first: isOptional ? firstOf(node).union(after.first) : firstOf(node),
    end: isOptional ? (isChecked ? 'checked' : after.end) : 'never',
    startsAtWord: node.type === 'assertion' && node.kind === 'word',
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
  if (follow.startsAtWord && set.isWithin(wordChars)) return true
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
