/** A pattern file's value → a scanner, or every problem named by its path. */
import type { ConfigProblem } from '../config-problem.ts'
import type { AnalysisResult, ExpressionAnalysis } from './analyse-expression.ts'
import { analyseExpression, keyOfExpression, parseAnalysed } from './analyse-expression.ts'
import type { CompiledPattern } from './compiled-pattern.ts'
import { foldPhrase } from './fold.ts'
import type { FoldedWords } from './injection/vocabulary.ts'
import type { PatternDefinition } from './pattern.ts'
import { readPatterns } from './pattern.ts'
import { createLateMatcher } from './regex-matcher.ts'
import type { Scanner } from './scanner.ts'
import { createScanner } from './scanner.ts'
import { toStartRule } from './start-rule.ts'
import { findValidator } from './validators.ts'

export type CompileResult =
  | { readonly ok: true; readonly scanner: Scanner }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] }

/** What takes longest to find out, as plain JSON. */
export interface CompiledParts {
  /** By `keyOfExpression`. */
  readonly expressions: Readonly<Record<string, ExpressionAnalysis>>
  readonly words: FoldedWords
}

/**
 * Compiles `{patterns: [{name, type, regex | phrase, …}]}`. Refused are expressions whose time could grow faster than
 * the text, and those without a literal to look for first. `parts`: what `preparePatterns` found out about the same value, whose
 * examples then were run already.
 */
export function compilePatterns(value: unknown, parts: CompiledParts | null = null): CompileResult {
  const { definitions, words, judge, detector, problems: readProblems } = readPatterns(value)
  const problems: ConfigProblem[] = [...readProblems]
  const compiled: CompiledPattern[] = []
  const sequences = definitions.map(({ definition }) => definition).filter(({ sequence }) => sequence !== null)
  for (const { definition, path } of definitions) {
    if (definition.sequence !== null) continue
    const result = compilePattern(definition, parts)
    if (result.ok) compiled.push(result.pattern)
    else problems.push({ path: [...path, 'regex'], message: `'regex' ${result.reason}` })
  }
  if (problems.length > 0) return { ok: false, problems }
  const foldedWords = words.size > 0 ? parts?.words : undefined
  const scanner = createScanner(compiled, { sequences, words, judge, detector, ...(foldedWords && { foldedWords }) })
  const failed = parts ? [] : definitions.flatMap(({ definition, path }) => checkExamples(scanner, definition, path))
  return failed.length > 0 ? { ok: false, problems: failed } : { ok: true, scanner }
}

/** Examples are the pattern's own tests: one that fails is a mistake in the file. */
function checkExamples(
  scanner: Scanner,
  { name, examples }: PatternDefinition,
  path: ConfigProblem['path'],
): readonly ConfigProblem[] {
  if (examples.match.length + examples.noMatch.length === 0) return []
  const search = scanner.createSearch(name)
  const check = (key: 'match' | 'no_match', texts: readonly string[], message: string) =>
    texts.flatMap((text, at) => {
      const isFound = search(text).length > 0
      return isFound === (key === 'match')
        ? []
        : [{ path: [...path, 'examples', key, at], message: `${message} '${text}'` }]
    })
  return [
    ...check('match', examples.match, `'${name}' does not find its example`),
    ...check('no_match', examples.noMatch, `'${name}' finds what it must not:`),
  ]
}

type PatternResult =
  | { readonly ok: true; readonly pattern: CompiledPattern }
  | { readonly ok: false; readonly reason: string }

function compilePattern(definition: PatternDefinition, parts: CompiledParts | null): PatternResult {
  const { regex, validate, context } = definition
  const shared = {
    definition,
    validator: validate === null ? null : findValidator(validate),
    contextWords: context.map(foldPhrase),
  }
  if (regex === null) {
    const phrases = definition.phrases.map(foldPhrase)
    return { ok: true, pattern: { ...shared, phrases, anchor: [], others: [], matcher: null, startRule: null } }
  }
  const expression = { ...definition, regex }
  const known = parts?.expressions[keyOfExpression(expression)]
  const result: AnalysisResult = known ? { ok: true, analysis: known } : analyseExpression(expression)
  if (!result.ok) return result
  const { anchor, others, lengthMax, start } = result.analysis
  const matcher = createLateMatcher(lengthMax, () => parseAnalysed(expression))
  return { ok: true, pattern: { ...shared, anchor, others, phrases: [], matcher, startRule: toStartRule(start) } }
}
