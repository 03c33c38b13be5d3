/** The same on Node, where patterns may be a file. */
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { readEnvironment, safetyVariables } from './config.ts'
import { createSafety as create, type SafetyOptions as Options } from './create-safety.ts'
import type { Safety } from './safety-policy.ts'

export { BlockedError } from './blocked-error.ts'
export type { Policy } from './create-safety.ts'
export type { Safety } from './safety-policy.ts'

export interface SafetyOptions extends Omit<Options, 'patterns'> {
  /**
   * In the place of the shipped ones: the path of a pattern file (YAML or JSON), read now, or what it holds.
   * Default: INFEROMETER_SAFETY_PATTERNS.
   */
  patterns?: object | string
}

/** Throws `Cannot create safety: …` on an option, a file or a pattern that makes no sense. */
export function createSafety({ patterns, ...options }: SafetyOptions = {}): Safety {
  const source = patterns ?? (readEnvironment()[safetyVariables.patterns] || undefined)
  if (source === undefined) return create(options)
  return create({ ...options, patterns: typeof source === 'string' ? readFile(source) : source })
}

function readFile(path: string): object {
  try {
    const value: unknown = parse(readFileSync(path, 'utf8'))
    return typeof value === 'object' && value !== null ? value : {}
  } catch (error) {
    throw new Error(`Cannot create safety: ${path}: ${error instanceof Error ? error.message : String(error)}`)
  }
}
