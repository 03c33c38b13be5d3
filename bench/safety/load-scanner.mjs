import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { compilePatterns } from '../../packages/core/dist/scan/compile-patterns.js'

const shipped = fileURLToPath(new URL('../../config/patterns.yaml', import.meta.url))

/** The shipped patterns, or those of one type only. */
export function loadScanner(type = null) {
  const value = parse(readFileSync(shipped, 'utf8'))
  if (type !== null) value.patterns = value.patterns.filter((pattern) => pattern.type === type)
  if (type === 'PII_STRUCTURAL') value.words = undefined
  const result = compilePatterns(value)
  if (!result.ok) throw new Error(`Cannot load patterns: ${result.problems.map(({ message }) => message).join('; ')}`)
  return result.scanner
}
