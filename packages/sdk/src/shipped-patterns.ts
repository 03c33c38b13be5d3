import { readFileSync } from 'node:fs'
import type { PreparedPatterns } from '@inferometer/core/scan/prepared-patterns'
import { parse } from 'yaml'

/**
 * The project's own patterns. In a bundle there is their text in the place of this file (bundle.mjs), prepared and without their
 * examples.
 */
export function readShippedPatterns(): PreparedPatterns | { readonly value: unknown; readonly parts: null } {
  return { value: parse(readFileSync(new URL('../../../config/patterns.yaml', import.meta.url), 'utf8')), parts: null }
}
