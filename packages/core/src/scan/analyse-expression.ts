/** What must be known of an expression before it can be searched for, as plain JSON; and why some are refused. */
import type { PatternDefinition } from './pattern.ts'
import { measureLength } from './regex-length.ts'
import { findHazard } from './regex-safety.ts'
import type { RegexNode } from './regex-syntax.ts'
import { parseRegex } from './regex-syntax.ts'
import type { RequiredLiteral } from './required-literals.ts'
import { findRequiredSets } from './required-literals.ts'
import type { StartDescription } from './start-rule.ts'
import { describeStart } from './start-rule.ts'

export interface ExpressionAnalysis {
  /** Where to look for it. */
  readonly anchor: readonly RequiredLiteral[]
  /** Sets of literals of each of which a match has one too. */
  readonly others: readonly (readonly string[])[]
  /** Code units of the longest match. */
  readonly lengthMax: number
  readonly start: StartDescription
}

export type AnalysisResult =
  | { readonly ok: true; readonly analysis: ExpressionAnalysis }
  | { readonly ok: false; readonly reason: string }

type Expression = Pick<PatternDefinition, 'ignoreCase' | 'context'> & { readonly regex: string }

const matchLengthMax = 16_384

/** Equal where the analysis is. */
export function keyOfExpression({ regex, ignoreCase, context }: Expression): string {
  return `${ignoreCase ? 'i' : '-'}${context.length > 0 ? 'c' : '-'}${regex}`
}

/** Refused are expressions whose time could grow faster than the text, and those without a literal to look for first. */
export function analyseExpression({ regex, ignoreCase, context }: Expression): AnalysisResult {
  const parsed = parseRegex(regex, ignoreCase)
  if (!parsed.ok) return parsed
  const { node } = parsed
  const hazard = findHazard(node)
  if (hazard !== null) return { ok: false, reason: hazard }
  const length = measureLength(node)
  if (length.min === 0) return { ok: false, reason: 'matches the empty text' }
  if (length.max > matchLengthMax)
    return { ok: false, reason: `can match ${length.max} characters, at most ${matchLengthMax} are allowed` }
  // Near its context words is where to look, if it has some: they are rarer than any digits.
  const required = context.length > 0 ? { anchor: [], others: [] } : findRequiredSets(node)
  if (required === null)
    return {
      ok: false,
      reason:
        "needs a literal part of two or more characters that every match contains, or a 'context': it runs only where that is seen",
    }
  return { ok: true, analysis: { ...required, lengthMax: length.max, start: describeStart(node) } }
}

/** Of an expression that was analysed, and so is a good one. */
export function parseAnalysed({ regex, ignoreCase }: Expression): RegexNode {
  const parsed = parseRegex(regex, ignoreCase)
  if (!parsed.ok) throw new Error(`BUG: an expression that was taken is refused: ${parsed.reason}`)
  return parsed.node
}
