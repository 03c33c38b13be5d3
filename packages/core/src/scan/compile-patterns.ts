/** A pattern file's value → a scanner, or every problem named by its path. */
import type { ConfigProblem } from '../config-problem.ts'
import type { CompiledPattern } from './compiled-pattern.ts'
import { foldPhrase } from './fold.ts'
import type { PatternDefinition } from './pattern.ts'
import { readPatterns } from './pattern.ts'
import { measureLength } from './regex-length.ts'
import { createMatcher } from './regex-matcher.ts'
import { findHazard } from './regex-safety.ts'
import { parseRegex } from './regex-syntax.ts'
import { findRequiredSets } from './required-literals.ts'
import type { Scanner } from './scanner.ts'
import { createScanner } from './scanner.ts'
import { buildStartRule } from './start-rule.ts'
import { findValidator } from './validators.ts'

export type CompileResult =
  | { readonly ok: true; readonly scanner: Scanner }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] }

/**
 * Compiles `{patterns: [{name, type, regex | phrase, …}]}`. Refused are expressions whose time could grow faster than
 * the text, and those without a literal to look for first.
 */
export function compilePatterns(value: unknown): CompileResult {
  const { definitions, words, judge, detector, problems: readProblems } = readPatterns(value)
  const problems: ConfigProblem[] = [...readProblems]
  const compiled: CompiledPattern[] = []
  const sequences = definitions.map(({ definition }) => definition).filter(({ sequence }) => sequence !== null)
  for (const { definition, path } of definitions) {
    if (definition.sequence !== null) continue
    const result = compilePattern(definition)
    if (result.ok) compiled.push(result.pattern)
    else problems.push({ path: [...path, 'regex'], message: `'regex' ${result.reason}` })
  }
  if (problems.length > 0) return { ok: false, problems }
  const scanner = createScanner(compiled, { sequences, words, judge, detector })
  const failed = definitions.flatMap(({ definition, path }) => checkExamples(scanner, definition, path))
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

function compilePattern(definition: PatternDefinition): PatternResult {
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
  const parsed = parseRegex(regex, definition.ignoreCase)
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
  const matcher = createMatcher(node)
  return {
    ok: true,
    pattern: {
      ...shared,
      ...(required ?? { anchor: [], others: [] }),
      phrases: [],
      matcher,
      startRule: buildStartRule(node),
    },
  }
}

const matchLengthMax = 16_384
