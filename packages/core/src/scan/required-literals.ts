/** Which literals a text must contain for an expression to match, and how far into the match they stand. */
import type { ExactTexts } from './exact-texts.ts'
import { joinExact, listExact, noText, repeatExact } from './exact-texts.ts'
import type { LengthRange } from './regex-length.ts'
import { addRanges, measureLength } from './regex-length.ts'
import type { RegexNode } from './regex-syntax.ts'

export interface RequiredLiteral {
  /** Folded. */
  readonly text: string
  /** Code units from the start of the match to the end of the literal. */
  readonly endOffset: LengthRange
}

const textLengthMax = 12

const nothing: LengthRange = { min: 0, max: 0 }

/** A literal alone says too little when it is one letter, digit or space; a rare mark such as @ will do. */
function isTelling(text: string): boolean {
  return text.length >= 2 ? text.trim().length >= 2 || /[^a-z0-9 ]/.test(text) : /[^a-z0-9\s.,'"()-]/.test(text)
}

function toRequired(exact: ExactTexts, before: LengthRange): readonly RequiredLiteral[] | null {
  if (!exact.texts.every(isTelling)) return null
  return exact.texts.map((text) => {
    const kept = text.slice(0, textLengthMax)
    // Only white space, which the automaton folds, can be longer in the text than in the literal.
    const max = kept.includes(' ') ? exact.length.max : kept.length
    return { text: kept, endOffset: addRanges(before, { min: kept.length, max }) }
  })
}

/** Longer literals are rarer, fewer of them are cheaper, and each place a match may start at is one more attempt. */
function score(literals: readonly RequiredLiteral[] | null): number {
  if (literals === null) return Number.NEGATIVE_INFINITY
  const shortest = Math.min(...literals.map(({ text }) => text.length))
  const width = Math.max(...literals.map(({ endOffset }) => endOffset.max - endOffset.min))
  return Math.min(shortest, 6) * 10 - Math.log2(literals.length) - 4 * Math.log2(1 + width)
}

function better(
  a: readonly RequiredLiteral[] | null,
  b: readonly RequiredLiteral[] | null,
): readonly RequiredLiteral[] | null {
  return score(b) > score(a) ? b : a
}

/** Literals of which every match contains at least one. Null when the expression has none that tell anything. */
export function findRequiredLiterals(
  node: RegexNode,
  before: LengthRange = nothing,
): readonly RequiredLiteral[] | null {
  const exact = listExact(node)
  const whole = exact ? toRequired(exact, before) : null
  if (whole) return whole
  switch (node.type) {
    case 'sequence':
      return findInSequence(node.items, before)
    case 'choice': {
      const options = node.options.map((option) => findRequiredLiterals(option, before))
      return options.includes(null) ? null : options.flatMap((option) => option ?? [])
    }
    case 'repeat':
      return node.min > 0
        ? better(toRequired(withHead(noText, node), before), findRequiredLiterals(node.body, before))
        : null
    default:
      return null
  }
}

/** Runs of neighbours whose texts can be listed, and what each other item requires by itself; the best of them all. */
function findInSequence(items: readonly RegexNode[], start: LengthRange): readonly RequiredLiteral[] | null {
  let best: readonly RequiredLiteral[] | null = null
  let before = start
  let run: ExactTexts = noText
  let runBefore = start
  for (const item of items) {
    const exact = listExact(item)
    const joined = exact ? joinExact(run, exact) : null
    if (!joined) {
      best = better(best, toRequired(withHead(run, item), runBefore))
      best = better(best, findRequiredLiterals(item, before))
      const tail = tailOf(item)
      run = tail
      const itemEnd = addRanges(before, measureLength(item))
      runBefore = { min: itemEnd.min - tail.length.min, max: itemEnd.max - tail.length.min }
    } else run = joined
    before = addRanges(before, measureLength(item))
  }
  return better(best, toRequired(run, runBefore))
}

/** The copies of a repeated part that must be there stand next to what is before and after it. */
function repeatedPart(item: RegexNode): { readonly body: ExactTexts; readonly times: number } | null {
  const body = item.type === 'repeat' && item.min > 0 ? listExact(item.body) : null
  return body && item.type === 'repeat' ? { body, times: Math.min(item.min, textLengthMax) } : null
}

function withHead(run: ExactTexts, item: RegexNode): ExactTexts {
  const part = repeatedPart(item)
  const head = part ? repeatExact(part.body, part.times) : null
  return (head && joinExact(run, head)) ?? run
}

function tailOf(item: RegexNode): ExactTexts {
  const part = repeatedPart(item)
  const tail = part ? repeatExact(part.body, part.times) : listExact(item)
  return tail && tail.length.min === tail.length.max ? tail : noText
}
