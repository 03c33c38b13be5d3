/** Where, before a literal that has been seen, an expression can begin. */
import { wordChars } from './char-set.ts'
import type { SetTester } from './matcher-parts.ts'
import { buildTester } from './matcher-parts.ts'
import { isWordUnit } from './matcher-state.ts'
import { firstOf } from './regex-follow.ts'
import { isNullable, type LengthRange } from './regex-length.ts'
import type { RegexNode, RegexRepeat } from './regex-syntax.ts'
import type { RequiredLiteral } from './required-literals.ts'
import { work } from './work.ts'

export interface StartRule {
  /** Same text: same rule. */
  readonly key: string
  readonly first: SetTester
  /** Where it begins with a letter or digit, a word begins. */
  readonly startsWord: boolean
  /** The run of one set that it begins with. */
  readonly lead: Lead | null
}

export interface Lead {
  readonly tester: SetTester
  readonly min: number
  readonly max: number
}

/** A start rule as plain JSON: sets as their ranges. */
export interface StartDescription {
  readonly first: readonly number[]
  readonly startsWord: boolean
  readonly lead: { readonly set: readonly number[]; readonly min: number; readonly max: number } | null
}

export function describeStart(node: RegexNode): StartDescription {
  const items = node.type === 'sequence' ? node.items : [node]
  const isSplit = items[0]?.type === 'assertion' && items[0].kind === 'word'
  const head = items[isSplit ? 1 : 0]
  const lead = head?.type === 'repeat' ? describeLead(head) : null
  return { first: firstOf(node).ranges, startsWord: doesStartWord(node), lead }
}

export function toStartRule(description: StartDescription): StartRule {
  const { first, startsWord, lead } = description
  return {
    key: JSON.stringify(description),
    first: buildTester({ ranges: first }),
    startsWord,
    lead: lead && { tester: buildTester({ ranges: lead.set }), min: lead.min, max: lead.max },
  }
}

function doesStartWord(node: RegexNode): boolean {
  switch (node.type) {
    case 'set':
      return !node.set.meets(wordChars)
    case 'assertion':
      return node.kind === 'word'
    case 'choice':
      return node.options.every(doesStartWord)
    case 'sequence':
      return doesSequenceStartWord(node.items)
    default:
      return doesStartWord(node.body)
  }
}

/** What may be left out, or takes no text, leaves the question to what follows it. */
function doesSequenceStartWord(items: readonly RegexNode[]): boolean {
  for (const item of items) {
    if (item.type === 'assertion') {
      if (item.kind === 'word') return true
      continue
    }
    if (!doesStartWord(item)) return false
    if (!isNullable(item)) return true
  }
  return false
}

function describeLead({ body, min, max }: RegexRepeat): StartDescription['lead'] {
  if (body.type !== 'set' || min === 0 || !Number.isFinite(max)) return null
  return { set: body.set.ranges, min, max }
}

export function canStartAt(text: string, at: number, { first, startsWord }: StartRule): boolean {
  const unit = text.charCodeAt(at)
  if (unit < 128 ? first.ascii[unit] === 0 : !first.hasOther(unit)) return false
  return !startsWord || at === 0 || !isWordUnit(unit) || !isWordUnit(text.charCodeAt(at - 1))
}

/** In the midst of a run of characters that all fold to `unit`, no match begins. */
export function cannotStartInRun({ first, startsWord }: StartRule, unit: number): boolean {
  const units = unit === 48 ? [48, 49, 50, 51, 52, 53, 54, 55, 56, 57] : [unit, unit - 32]
  return (startsWord && isWordUnit(unit)) || units.every((each) => first.ascii[each] !== 1)
}

/** Only the length of the lead varies in what comes before the literal, and all of that is lead. */
export function isLedTo({ before }: RequiredLiteral, lead: Lead): boolean {
  return before.max - before.min === lead.max - lead.min && before.max <= lead.max && before.max > before.min
}

/**
 * The earliest start from which the lead reaches the literal at `place`. If no match begins there, none with this
 * literal begins anywhere: after the lead all of them look at the same text. -1 when there is none.
 */
export function findLedStart(text: string, place: number, { rule, lead, before }: LedSearch): number {
  let from = place
  const { ascii, hasOther } = lead.tester
  const last = Math.max(0, place - before.max)
  while (from > last) {
    const unit = text.charCodeAt(from - 1)
    if (unit < 128 ? ascii[unit] === 0 : !hasOther(unit)) break
    from--
  }
  work.steps += place - from
  while (from <= place - before.min && !canStartAt(text, from, rule)) from++
  return from <= place - before.min ? from : -1
}

export interface LedSearch {
  readonly rule: StartRule
  readonly lead: Lead
  readonly before: LengthRange
}
