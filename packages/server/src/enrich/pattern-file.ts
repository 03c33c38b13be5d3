/** The pattern file: YAML text → a scanner, every mistake with its line and column. */
import type { CompileResult } from '@inferometer/core/scan/compile-patterns'
import { compilePatterns } from '@inferometer/core/scan/compile-patterns'
import type { Parsed } from './live-file.ts'
import { readYaml } from './yaml-file.ts'

type Scanner = Extract<CompileResult, { ok: true }>['scanner']

export function parsePatternFile(text: string): Parsed<Scanner> {
  const yaml = readYaml(text)
  if (!yaml.ok) return yaml
  const compiled = compilePatterns(yaml.value)
  return compiled.ok ? { ok: true, value: compiled.scanner } : { ok: false, problems: yaml.locate(compiled.problems) }
}
