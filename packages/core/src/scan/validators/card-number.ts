import { isLuhn } from './luhn.ts'
import type { Surroundings } from './surroundings.ts'
import { isInsideToken, isNumberOfThing } from './surroundings.ts'

/** Issuer prefixes with the lengths they use (ISO/IEC 7812; networks' published ranges). */
const networks: readonly (readonly [RegExp, readonly number[]])[] = [
  [/^4/, [13, 16, 19]],
  [/^(?:5[1-5]|2(?:22[1-9]|2[3-9]|[3-6]|7[01]|720))/, [16]],
  [/^3[47]/, [15]],
  [/^(?:6011|64[4-9]|65)/, [16, 17, 18, 19]],
  [/^3(?:0[0-5]|[689])/, [14, 16, 19]],
  [/^35(?:2[89]|[3-8])/, [16, 17, 18, 19]],
  [/^(?:2131|1800)/, [15]],
  [/^62/, [16, 17, 18, 19]],
  [/^(?:5018|5020|5038|5893|6304|6759|676[1-3])/, [13, 14, 15, 16, 17, 18, 19]],
]

/** A payment card's number: an issuer's prefix and length, the check digit, and not one digit over and over. */
export function isCardNumber(candidate: string, surroundings: Surroundings): boolean {
  if (!isLuhn(candidate)) return false
  const digits = candidate.replace(/\D/g, '')
  if (!networks.some(([prefix, lengths]) => prefix.test(digits) && lengths.includes(digits.length))) return false
  return isCandidate(candidate, digits, surroundings)
}

/** Where words say that it is one, any issuer will do: there are store cards, and debit cards of twelve digits. */
export function isLabelledCardNumber(candidate: string, surroundings: Surroundings): boolean {
  if (!isLuhn(candidate)) return false
  const digits = candidate.replace(/\D/g, '')
  if (/\d[ -]$/.test(surroundings.before) || /^[ -]\d/.test(surroundings.after)) return false
  return digits.length >= 12 && digits.length <= 19 && isCandidate(candidate, digits, surroundings)
}

function isCandidate(candidate: string, digits: string, surroundings: Surroundings): boolean {
  const isBare = digits.length === candidate.length
  return new Set(digits).size > 1 && !isInsideToken(surroundings) && !(isBare && isNumberOfThing(surroundings))
}
