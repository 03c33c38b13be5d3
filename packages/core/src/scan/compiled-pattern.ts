/** A pattern ready to be searched for. */
import type { PatternDefinition } from './pattern.ts'
import type { Matcher } from './regex-matcher.ts'
import type { RequiredLiteral } from './required-literals.ts'
import type { StartRule } from './start-rule.ts'
import type { Validator } from './validators/surroundings.ts'

export interface CompiledPattern {
  readonly definition: PatternDefinition
  readonly validator: Validator | null
  /** As `foldPhrase` gives them. Empty for an expression. */
  readonly phrases: readonly string[]
  /** Where to look for the expression. */
  readonly anchor: readonly RequiredLiteral[]
  /** Sets of literals of each of which a match of the expression has one too. */
  readonly others: readonly (readonly string[])[]
  /** Words as `foldPhrase` gives them, of which one must stand near. Empty: none needed. */
  readonly contextWords: readonly string[]
  readonly matcher: Matcher | null
  readonly startRule: StartRule | null
}
