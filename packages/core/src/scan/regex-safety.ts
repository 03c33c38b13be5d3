/**
 * Decides whether an expression can be run on anybody's text: its time must grow with the text and nothing else.
 *
 * A repetition is decided when no character that continues it may also follow it: then there is one way through it and
 * no other is ever tried with success. An undecided one multiplies the ways by its range. The product is what one start
 * can cost times the length of the match, and it is bounded.
 */
import { listHeads } from './exact-texts.ts'
import { type Follow, firstOf, followInLoop, followOf, freeEnd, isDecided } from './regex-follow.ts'
import { isNullable } from './regex-length.ts'
import type { RegexNode, RegexRepeat } from './regex-syntax.ts'

/** Ways through an expression from one start. */
const waysMax = 256

/** Null when the expression is safe, else why it is not. */
export function findHazard(node: RegexNode): string | null {
  try {
    const ways = countWays(node, freeEnd)
    if (ways <= waysMax) return null
    const count = Number.isFinite(ways) ? String(ways) : 'any number of'
    return `can match one place in ${count} ways, at most ${waysMax} are allowed: make what it repeats end at a character that it does not contain`
  } catch (error) {
    if (error instanceof Hazard) return error.message
    throw error
  }
}

class Hazard extends Error {}

function countWays(node: RegexNode, follow: Follow): number {
  switch (node.type) {
    case 'set':
      return 1
    case 'assertion':
      return node.body === null ? 1 : countWays(node.body, freeEnd)
    case 'group':
      return countWays(node.body, follow)
    case 'sequence':
      return countSequence(node.items, follow)
    case 'choice':
      return countChoice(node.options, follow)
    case 'repeat':
      return countRepeat(node, follow)
  }
}

function countSequence(items: readonly RegexNode[], follow: Follow): number {
  let after = follow
  let ways = 1
  for (const item of items.toReversed()) {
    ways *= countWays(item, after)
    after = followOf(item, after)
  }
  return ways
}

/** Options that exclude each other cannot add to the ways: at any place only one of them goes on. */
function countChoice(options: readonly RegexNode[], follow: Follow): number {
  const ways = options.map((option) => countWays(option, follow))
  const heads = options.map(listHeads)
  const areExclusive = options.every((option, at) =>
    options.slice(at + 1).every((next, offset) => {
      if (!firstOf(option).meets(firstOf(next))) return true
      return excludesHeads(heads[at] ?? [''], heads[at + 1 + offset] ?? [''])
    }),
  )
  return areExclusive ? Math.max(...ways) : ways.reduce((sum, each) => sum + each, 0)
}

/** No text of one is the beginning of a text of the other. */
function excludesHeads(a: readonly string[], b: readonly string[]): boolean {
  return a.every((left) => b.every((right) => !left.startsWith(right) && !right.startsWith(left)))
}

function countRepeat({ body, min, max }: RegexRepeat, follow: Follow): number {
  if (max > 1 && isNullable(body)) throw new Hazard('repeats something that may be empty')
  const bodyWays = countWays(body, max > 1 ? followInLoop(body, follow) : follow)
  if (bodyWays > 1 && max === Number.POSITIVE_INFINITY)
    throw new Hazard('repeats a repetition without end, as (a+)+ does: text can be made on which it never finishes')
  const isSettled =
    body.type === 'set'
      ? isDecided(body.set, follow, false)
      : !firstOf(body).meets(follow.first) && follow.end !== 'checked'
  return bodyWays ** Math.min(max, waysMax) * (isSettled ? 1 : max - min + 1)
}
