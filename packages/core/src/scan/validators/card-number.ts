import { isLuhn } from './luhn.ts'
import type { Surroundings } from './surroundings.ts'
import { isInsideToken } from './surroundings.ts'

/** Issuer prefixes with the lengths they use (ISO/IEC 7812; networks' published ranges). */
const networks: readonly (readonly [RegExp, readonly number[]])[] = [
  [/^4/, [13, 16, 19]],
  [/^(?:5[1-5]|2(?:22[1-9]|2[3-9]|[3-6]|7[01]|720))/, [16]],
  [/^3[47]/, [15]],
  [/^(?:6011|64[4-9]|65)/, [16, 17, 18, 19]],
  [/^3(?:0[0-5]|[689])/, [14, 16, 19]],
  [/^35(?:2[89]|[3-8])/, [16, 17, 18, 19]],
  [/^62/, [16, 17, 18, 19]],
  [/^(?:5018|5020|5038|5893|6304|6759|676[1-3])/, [13, 14, 15, 16, 17, 18, 19]],
]

/** A payment card's number: an issuer's prefix and length, the check digit, and not one digit over and over. */
export function isCardNumber(candidate: string, surroundings: Surroundings): boolean {
  if (!isLuhn(candidate)) return false
  const digits = candidate.replace(/\D/g, '')
  if (!networks.some(([prefix, lengths]) => prefix.test(digits) && lengths.includes(digits.length))) return false
  return new Set(digits).size > 1 && !isInsideToken(surroundings)
}
