/** The texts that parts of an expression can match, where there are few enough to list. */
import { foldLiteral, foldUnit } from './fold.ts'
import type { LengthRange } from './regex-length.ts'
import { addRanges, measureLength } from './regex-length.ts'
import type { RegexNode } from './regex-syntax.ts'

/** Folded strings that a part of an expression can match, all of them, with the length of the text they stand for. */
export interface ExactTexts {
  readonly texts: readonly string[]
  readonly length: LengthRange
}

const textsMax = 160
const setUnitsMax = 12
/** Before they are folded. */
const listedUnitsMax = 64
const repeatMax = 16

const nothing: LengthRange = { min: 0, max: 0 }
export const noText: ExactTexts = { texts: [''], length: nothing }

/** Asked of the same parts again and again while an expression is taken apart; a part never changes. */
const listed = new WeakMap<RegexNode, ExactTexts | null>()

/** Null when there are too many such strings to list. */
export function listExact(node: RegexNode): ExactTexts | null {
  const known = listed.get(node)
  if (known !== undefined) return known
  const texts = findExact(node)
  listed.set(node, texts)
  return texts
}

function findExact(node: RegexNode): ExactTexts | null {
  const length = measureLength(node)
  switch (node.type) {
    case 'assertion':
      return noText
    case 'set': {
      if (node.set.isSpaces) return { texts: [' '], length }
      const units = node.unit === undefined ? node.set.listUnits(listedUnitsMax) : [node.unit]
      if (!units) return null
      const texts = [...new Set(units.map((unit) => String.fromCharCode(foldUnit(unit))))]
      return texts.length > 0 && texts.length <= setUnitsMax ? { texts, length } : null
    }
    case 'sequence':
      return node.items
        .map(listExact)
        .reduce<ExactTexts | null>((all, each) => (all && each ? joinExact(all, each) : null), noText)
    case 'choice': {
      const options = node.options.map(listExact)
      if (options.includes(null)) return null
      const texts = [...new Set(options.flatMap((option) => option?.texts ?? []))]
      return texts.length <= textsMax ? { texts, length } : null
    }
    case 'group':
      return listExact(node.body)
    case 'repeat':
      return listExactRepeat(node, length)
  }
}

function listExactRepeat(node: Extract<RegexNode, { type: 'repeat' }>, length: LengthRange): ExactTexts | null {
  const body = listExact(node.body)
  if (!body) return null
  // White space is folded to one space however much of it there is.
  const isSpaces = body.texts.length === 1 && body.texts[0] === ' '
  if (isSpaces) return { texts: node.min === 0 ? ['', ' '] : [' '], length }
  if (node.min === 0 && node.max === 1) return { texts: ['', ...body.texts], length }
  if (node.min !== node.max || node.max > repeatMax) return null
  return repeatExact(body, node.min)
}

export function repeatExact(body: ExactTexts, times: number): ExactTexts | null {
  let all: ExactTexts | null = noText
  for (let at = 0; at < times && all; at++) all = joinExact(all, body)
  return all
}

export function joinExact(a: ExactTexts, b: ExactTexts): ExactTexts | null {
  if (a.texts.length * b.texts.length > textsMax) return null
  const texts = a.texts.flatMap((left) => b.texts.map((right) => foldLiteral(left + right)))
  return { texts: [...new Set(texts)], length: addRanges(a.length, b.length) }
}

/** The texts that the beginning of a match can be, as far as they can be listed: `['']` when nothing is known. */
export function listHeads(node: RegexNode): readonly string[] {
  const exact = listExact(node)
  if (exact) return exact.texts
  if (node.type !== 'sequence') return noText.texts
  let heads = noText
  for (const item of node.items) {
    const texts = listExact(item)
    const joined = texts && joinExact(heads, texts)
    if (!joined) break
    heads = joined
  }
  return heads.texts
}
