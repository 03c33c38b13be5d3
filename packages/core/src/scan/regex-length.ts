/** How long a match of an expression can be. */
import type { RegexNode } from './regex-syntax.ts'

/** An unbounded repetition sees at most this much of the text. */
export const unboundedLengthMax = 256

export function isNullable(node: RegexNode): boolean {
  return measureLength(node).min === 0
}

export interface LengthRange {
  readonly min: number
  readonly max: number
}

/** Asked of the same parts again and again; a part never changes. */
const measured = new WeakMap<RegexNode, LengthRange>()

/** How long a match can be, in code units; unbounded repetitions count as `unboundedLengthMax` more than they need. */
export function measureLength(node: RegexNode): LengthRange {
  const known = measured.get(node)
  if (known !== undefined) return known
  const length = findLength(node)
  measured.set(node, length)
  return length
}

function findLength(node: RegexNode): LengthRange {
  switch (node.type) {
    case 'set':
      return { min: 1, max: 1 }
    case 'assertion':
      return { min: 0, max: 0 }
    case 'sequence':
      return node.items
        .map(measureLength)
        .reduce((a, b) => ({ min: a.min + b.min, max: a.max + b.max }), { min: 0, max: 0 })
    case 'choice': {
      const lengths = node.options.map(measureLength)
      return { min: Math.min(...lengths.map((each) => each.min)), max: Math.max(...lengths.map((each) => each.max)) }
    }
    case 'group':
      return measureLength(node.body)
    case 'repeat': {
      const body = measureLength(node.body)
      const most =
        node.max === Number.POSITIVE_INFINITY ? node.min * body.max + unboundedLengthMax : node.max * body.max
      return { min: node.min * body.min, max: most }
    }
  }
}

export function addRanges(a: LengthRange, b: LengthRange): LengthRange {
  return { min: a.min + b.min, max: a.max + b.max }
}
