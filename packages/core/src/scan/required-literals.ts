/** Which literals a text must contain for an expression to match, and how far into the match they stand. */
import { foldLiteral, foldUnit, spaceUnit } from './fold.ts'
import type { LengthRange } from './regex-safety.ts'
import { measureLength } from './regex-safety.ts'
import type { RegexNode } from './regex-syntax.ts'

export interface RequiredLiteral {
  /** Folded. */
  readonly text: string
  /** Code units from the start of the match to the end of the literal. */
  readonly endOffset: LengthRange
}

/** Folded strings that a part of an expression can match, all of them, with the length of the text they stand for. */
interface Exact {
  readonly texts: readonly string[]
  readonly length: LengthRange
}

const textsMax = 160
const textLengthMax = 12
const setUnitsMax = 12
const repeatMax = 16

const nothing: LengthRange = { min: 0, max: 0 }
const empty: Exact = { texts: [''], length: nothing }

function addRanges(a: LengthRange, b: LengthRange): LengthRange {
  return { min: a.min + b.min, max: a.max + b.max }
}

/** Null when there are too many such strings to list. */
function listExact(node: RegexNode): Exact | null {
  const length = measureLength(node)
  switch (node.type) {
    case 'assertion':
      return empty
    case 'set': {
      const units = node.set.listUnits()
      if (!units) return null
      const texts = [...new Set(units.map((unit) => String.fromCharCode(foldUnit(unit))))]
      return texts.length > 0 && texts.length <= setUnitsMax ? { texts, length } : null
    }
    case 'sequence':
      return node.items.map(listExact).reduce<Exact | null>((all, each) => (all && each ? join(all, each) : null), empty)
    case 'choice': {
      const options = node.options.map(listExact)
      if (options.includes(null)) return null
      const texts = [...new Set(options.flatMap((option) => option?.texts ?? []))]
      return texts.length <= textsMax ? { texts, length } : null
    }
    case 'repeat':
      return listExactRepeat(node, length)
  }
}

function listExactRepeat(node: Extract<RegexNode, { type: 'repeat' }>, length: LengthRange): Exact | null {
  const body = listExact(node.body)
  if (!body) return null
  // White space is folded to one space however much of it there is.
  const isSpaces = body.texts.length === 1 && body.texts[0] === ' '
  if (isSpaces) return { texts: node.min === 0 ? ['', ' '] : [' '], length }
  if (node.min === 0 && node.max === 1) return { texts: ['', ...body.texts], length }
  if (node.min !== node.max || node.max > repeatMax) return null
  return repeatExact(body, node.min)
}

function repeatExact(body: Exact, times: number): Exact | null {
  let all: Exact | null = empty
  for (let at = 0; at < times && all; at++) all = join(all, body)
  return all
}

function join(a: Exact, b: Exact): Exact | null {
  if (a.texts.length * b.texts.length > textsMax) return null
  const texts = a.texts.flatMap((left) => b.texts.map((right) => foldLiteral(left + right)))
  return { texts: [...new Set(texts)], length: addRanges(a.length, b.length) }
}

/** A literal alone says too little when it is one letter, digit or space; a rare mark such as @ will do. */
function isTelling(text: string): boolean {
  return text.length >= 2 ? text.trim().length >= 2 || /[^a-z0-9 ]/.test(text) : /[^a-z0-9\s.,'"()-]/.test(text)
}

function toRequired(exact: Exact, before: LengthRange): readonly RequiredLiteral[] | null {
  if (!exact.texts.every(isTelling)) return null
  return exact.texts.map((text) => {
    const kept = text.slice(0, textLengthMax)
    const isWhole = kept === text
    const span = isWhole ? { min: Math.max(text.length, exact.length.min), max: exact.length.max } : { min: kept.length, max: exact.length.max }
    return { text: kept, endOffset: addRanges(before, span) }
  })
}

/** Longer literals are rarer, fewer of them are cheaper. */
function score(literals: readonly RequiredLiteral[] | null): number {
  if (literals === null) return Number.NEGATIVE_INFINITY
  const shortest = Math.min(...literals.map(({ text }) => text.length))
  const width = Math.max(...literals.map(({ endOffset }) => endOffset.max - endOffset.min))
  return Math.min(shortest, 8) * 10 - Math.log2(literals.length) - Math.log2(1 + width)
}

function better(
  a: readonly RequiredLiteral[] | null,
  b: readonly RequiredLiteral[] | null,
): readonly RequiredLiteral[] | null {
  return score(b) > score(a) ? b : a
}

/** Literals of which every match contains at least one. Null when the expression has none that tell anything. */
export function findRequiredLiterals(node: RegexNode, before: LengthRange = nothing): readonly RequiredLiteral[] | null {
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
      return node.min > 0 ? findRequiredLiterals(node.body, before) : null
    default:
      return null
  }
}

/** Runs of neighbours whose texts can be listed, and what each other item requires by itself; the best of them all. */
function findInSequence(items: readonly RegexNode[], start: LengthRange): readonly RequiredLiteral[] | null {
  let best: readonly RequiredLiteral[] | null = null
  let before = start
  let run: Exact = empty
  let runBefore = start
  for (const item of items) {
    const exact = listExact(item)
    const joined = exact ? join(run, exact) : null
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
function repeatedPart(item: RegexNode): { readonly body: Exact; readonly times: number } | null {
  const body = item.type === 'repeat' && item.min > 0 ? listExact(item.body) : null
  return body && item.type === 'repeat' ? { body, times: Math.min(item.min, textLengthMax) } : null
}

function withHead(run: Exact, item: RegexNode): Exact {
  const part = repeatedPart(item)
  const head = part ? repeatExact(part.body, part.times) : null
  return (head && join(run, head)) ?? run
}

function tailOf(item: RegexNode): Exact {
  const part = repeatedPart(item)
  const tail = part ? repeatExact(part.body, part.times) : listExact(item)
  return tail && tail.length.min === tail.length.max ? tail : empty
}

/** For phrases: the literal is the whole match. */
export function requirePhrase(phrase: string): RequiredLiteral {
  const text = foldLiteral(phrase)
  return { text, endOffset: { min: text.length, max: text.length } }
}

export const foldedSpace = String.fromCharCode(spaceUnit)
