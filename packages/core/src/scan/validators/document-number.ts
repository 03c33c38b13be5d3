import type { Surroundings } from './surroundings.ts'
import { isInsideToken } from './surroundings.ts'

/** A number of a passport or licence: letters and digits mixed as issuers mix them, not a word, a year or a phone. */
export function isDocumentNumber(candidate: string, surroundings: Surroundings): boolean {
  const compact = candidate.replace(/[ -]/g, '')
  const digitCount = compact.replace(/\D/g, '').length
  if (digitCount < (compact.length > 8 ? 1 : 4) || /^(?:19|20)\d{2}$/.test(compact) || isInsideToken(surroundings))
    return false
  return new Set(compact).size > 2
}
