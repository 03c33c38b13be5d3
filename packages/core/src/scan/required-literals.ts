/** Which literals a text must contain for an expression to match, and how far into the match they stand. */
import type { ExactTexts } from './exact-texts.ts'
import { joinExact, listExact, noText, repeatExact } from './exact-texts.ts'
import type { LengthRange } from './regex-length.ts'
import { addRanges, measureLength } from './regex-length.ts'
import type { RegexNode } from './regex-syntax.ts'

export interface RequiredLiteral {
  /** Folded. */
  readonly text: string
  /** Code units of a match before it. */
  readonly before: LengthRange
}

const textLengthMax = 12

const nothing: LengthRange = { min: 0, max: 0 }

/** A literal alone says too little when it is one letter, digit or space; a rare mark such as @ will do. */
function isTelling(text: string): boolean {
  return text.length >= 2 ? text.trim().length >= 2 || /[^a-z0-9 ]/.test(text) : /[^a-z0-9\s.,'"()-]/.test(text)
}

function toRequired(exact: ExactTexts, before: LengthRange): readonly RequiredLiteral[] | null {
  if (!exact.texts.every(isTelling)) return null
  return exact.texts.map((text) => ({ text: text.slice(0, textLengthMax), before }))
}

/** Longer literals are rarer, fewer of them are cheaper, and each place a match may start at is one more attempt. */
function score(literals: readonly RequiredLiteral[] | null): number {
  if (literals === null) return Number.NEGATIVE_INFINITY
  const shortest = Math.min(...literals.map(({ text }) => text.length))
  const width = Math.max(...literals.map(({ before }) => before.max - before.min))
  return Math.min(shortest, 6) * 10 - Math.log2(literals.length) - 6 * Math.log2(1 + width)
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
    case 'group':
      return findRequiredLiterals(node.body, before)
    case 'repeat':
      return node.min > 0
        ? better(toRequired(withHead(noText, node), before), findRequiredLiterals(node.body, before))
        : null
    default:
      return null
  }
}

/** The best of what a sequence requires. */
function findInSequence(items: readonly RegexNode[], start: LengthRange): readonly RequiredLiteral[] | null {
  return listInSequence(items, start).reduce<readonly RequiredLiteral[] | null>(better, null)
}

/** Literals where a match is looked for, and further ones of which each match has one too. */
export interface RequiredSets {
  readonly anchor: readonly RequiredLiteral[]
  readonly others: readonly (readonly string[])[]
}

/** Large sets and short literals are seen everywhere. */
const otherTextsMax = 60
const otherLengthMin = 4

/** Null when the expression has no literals that tell anything. */
export function findRequiredSets(node: RegexNode): RequiredSets | null {
  const anchor = findRequiredLiterals(node)
  if (!anchor) return null
  const known = new Set(anchor.map(({ text }) => text))
  const others = (node.type === 'sequence' ? listInSequence(node.items, nothing) : [])
    .filter((set) => set.length <= otherTextsMax && !set.some(({ text }) => known.has(text)))
    .filter((set) => set.every(({ text }) => text.trim().length >= otherLengthMin))
    .slice(0, 1)
  return { anchor, others: others.map((set) => [...new Set(set.map(({ text }) => text))]) }
}

/** Runs of neighbours whose texts can be listed, and what each other item requires by itself. */
function listInSequence(items: readonly RegexNode[], start: LengthRange): readonly (readonly RequiredLiteral[])[] {
  const found: (readonly RequiredLiteral[])[] = []
  const add = (set: readonly RequiredLiteral[] | null) => {
    if (set) found.push(set)
  }
  let before = start
  let run: ExactTexts = noText
  let runBefore = start
  for (const item of items) {
    const exact = listExact(item)
    const joined = exact ? joinExact(run, exact) : null
    if (!joined) {
      add(toRequired(withHead(run, item), runBefore))
      add(findRequiredLiterals(item, before))
      const tail = tailOf(item)
      run = tail
      const itemEnd = addRanges(before, measureLength(item))
      runBefore = { min: itemEnd.min - tail.length.min, max: itemEnd.max - tail.length.min }
    } else run = joined
    before = addRanges(before, measureLength(item))
  }
  add(toRequired(run, runBefore))
  return found
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
