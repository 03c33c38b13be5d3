/**
 * What compiling a pattern file finds out, as plain JSON: whoever ships a file can find it out when building, and compiles the file
 * in a fraction of the time.
 */
import { isRecord } from '../config-problem.ts'
import { analyseExpression, type ExpressionAnalysis, keyOfExpression } from './analyse-expression.ts'
import type { CompiledParts } from './compile-patterns.ts'
import { compilePatterns } from './compile-patterns.ts'
import { foldWords } from './injection/vocabulary.ts'
import { readPatterns } from './pattern.ts'

export interface PreparedPatterns {
  /** What the file holds, without the words of its concepts. */
  readonly value: unknown
  readonly parts: CompiledParts
}

/** Throws on a file that `compilePatterns` refuses: its examples are run here and not again. */
export function preparePatterns(value: unknown): PreparedPatterns {
  const compiled = compilePatterns(value)
  if (!compiled.ok || !isRecord(value))
    throw new Error(`Cannot prepare patterns: ${compiled.ok ? 'no map' : compiled.problems[0]?.message}`)
  const { definitions, words } = readPatterns(value)
  const expressions: Record<string, ExpressionAnalysis> = {}
  for (const { definition } of definitions) {
    if (definition.regex === null) continue
    const expression = { ...definition, regex: definition.regex }
    const result = analyseExpression(expression)
    if (result.ok) expressions[keyOfExpression(expression)] = result.analysis
  }
  const concepts = Object.fromEntries([...words.keys()].map((concept) => [concept, {}]))
  return {
    value: words.size === 0 ? value : { ...value, words: concepts },
    parts: { expressions, words: foldWords(words) },
  }
}
