/** The pattern file: YAML text → a scanner, every mistake with its line and column. */
import { readFile } from 'node:fs/promises'
import type { CompileResult } from '@inferometer/core/scan/compile-patterns'
import { compilePatterns } from '@inferometer/core/scan/compile-patterns'
import type { Parsed } from './live-file.ts'
import { formatProblem, readYaml } from './yaml-file.ts'

type Scanner = Extract<CompileResult, { ok: true }>['scanner']

export function parsePatternFile(text: string): Parsed<Scanner> {
  const yaml = readYaml(text)
  if (!yaml.ok) return yaml
  const compiled = compilePatterns(yaml.value)
  return compiled.ok ? { ok: true, value: compiled.scanner } : { ok: false, problems: yaml.locate(compiled.problems) }
}

export type PatternFileCheck =
  | { readonly ok: true; readonly scanner: Scanner; readonly patternCount: number }
  | { readonly ok: false; readonly problems: readonly string[] }

/** Reads a pattern file and runs its examples. Problems are lines of text that begin with `file:line:column`. */
export async function checkPatternFile(file: string): Promise<PatternFileCheck> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    return { ok: false, problems: [`${file}: ${error instanceof Error ? error.message : String(error)}`] }
  }
  const parsed = parsePatternFile(text)
  if (!parsed.ok) return { ok: false, problems: parsed.problems.map((problem) => formatProblem(file, problem)) }
  return { ok: true, scanner: parsed.value, patternCount: parsed.value.definitions.length }
}
