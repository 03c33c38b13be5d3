import { readFileSync } from 'node:fs'
import { parse } from 'yaml'

/** The project's own patterns. In a bundle there is their text in the place of this file (bundle.mjs), without their examples. */
export function readShippedPatterns(): unknown {
  return parse(readFileSync(new URL('../../../config/patterns.yaml', import.meta.url), 'utf8'))
}
