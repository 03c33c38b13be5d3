import type { PreparedPatterns } from '@inferometer/core/scan/prepared-patterns'

/**
 * What the build has prepared of the pattern file with this hash (SHA-256 of its text, in hexadecimal). Null: not prepared; sources never are.
 * In the bundle it reads a file of JSON that has the hash in its name (bundle.mjs).
 */
export function readPrepared(_sha256: string): PreparedPatterns | null {
  return null
}
