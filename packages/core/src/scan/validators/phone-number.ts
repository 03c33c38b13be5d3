import { digitsOf, isVaried } from './digit-checks.ts'
import type { Surroundings } from './surroundings.ts'
import { isInsideToken, isNumberOfThing } from './surroundings.ts'

const digitsMin = 7
/** ITU-T E.164. */
const digitsMax = 15

/** As many digits as a number has, set as people set them, and no date, time, money or piece of an id. */
export function isPhoneNumber(candidate: string, surroundings: Surroundings): boolean {
  if (isInsideToken(surroundings)) return false
  const digits = digitsOf(withoutExtension(candidate))
  if (digits.length < digitsMin || digits.length > digitsMax || !isVaried(digits.slice(-digitsMin))) return false
  if (/[ ().-]{4,}|\(\)|\.\.|--/.test(candidate) || !hasSoundBrackets(candidate)) return false
  if (isDate(candidate) || isYears(candidate) || isEpoch(candidate) || isThousands(candidate) || isCount(candidate))
    return false
  const isMoney = /[$€£¥]\s?$/.test(surroundings.before.slice(-2)) || /^\s?(?:[$€£¥%]|USD|EUR)/.test(surroundings.after)
  if (isMoney || /^\.\d/.test(surroundings.after) || isNumberOfThing(surroundings)) return false
  return candidate.startsWith('+') ? isInternational(digits.join(''), candidate) : true
}

/** Ten digits of North America; no area begins with 0. */
export function isNorthAmericanPhone(candidate: string, surroundings: Surroundings): boolean {
  const digits = digitsOf(withoutExtension(candidate)).slice(-10)
  return digits[0] !== 0 && isPhoneNumber(candidate, surroundings)
}

function withoutExtension(candidate: string): string {
  const at = candidate.search(/[xe]/)
  return at < 0 ? candidate : candidate.slice(0, at)
}

/** Country codes (ITU-T E.164, list of 2016): of one and two digits; the first two digits of those of three. */
const oneDigit = /^[17]/
const twoDigits = /^(?:2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58])/
const threeDigits =
  /^(?:21[1-368]|22\d|23\d|24\d|25[0-8]|26\d|29[0-1789]|35\d|37\d|38[0-35-79]|42[013]|50\d|59\d|67[02-9]|68[0-35-9]|69[0-2]|8[05]\d|87[08]|88[0-368]|96[0-8]|97[0-79]|99[2-68])/

/** Digits with the country code, where a country has one length only. */
const fixedLengths: Readonly<Record<string, number>> = { 1: 11, 7: 11, 33: 11, 34: 11, 91: 12, 351: 12, 420: 12 }

function isInternational(digits: string, candidate: string): boolean {
  const code = [threeDigits, twoDigits, oneDigit].map((codes) => codes.exec(digits)?.[0]).find(Boolean)
  if (!code) return false
  // The trunk prefix that is not dialled from abroad: +44 (0)20 7946 0958.
  const length = digits.length - (candidate.includes('(0)') ? 1 : 0)
  const fixed = fixedLengths[code]
  return fixed === undefined ? length >= 8 : length === fixed
}

function isDate(candidate: string): boolean {
  return (
    /^(?:19|20)\d{2}[-./ ](?:0?[1-9]|1[0-2])[-./ ](?:0?[1-9]|[12]\d|3[01])\b/.test(candidate) ||
    /^(?:0?[1-9]|[12]\d|3[01])[-./ ](?:0?[1-9]|[12]\d|3[01])[-./ ](?:19|20)\d{2}\b/.test(candidate)
  )
}

/** `(12) 2024-2025` */
function isYears(candidate: string): boolean {
  return /\b(?:19|20)\d{2} ?- ?(?:19|20)\d{2}$/.test(candidate)
}

/** `01 02 03 04 05` */
function isCount(candidate: string): boolean {
  let groups = 0
  let last = -1
  for (let at = 0; at < candidate.length; at++) {
    if (!isDigitAt(candidate, at)) continue
    let value = 0
    for (; isDigitAt(candidate, at); at++) value = value * 10 + candidate.charCodeAt(at) - 48
    if (groups++ > 0 && value !== last + 1) return false
    last = value
  }
  return groups > 2
}

function isDigitAt(text: string, at: number): boolean {
  const unit = text.charCodeAt(at)
  return unit >= 48 && unit <= 57
}

/** Seconds or milliseconds since 1970. */
function isEpoch(candidate: string): boolean {
  return /^1[4-9]\d{8}(?:\d{3})?$/.test(candidate)
}

/** `12.500.000`, `12 500 000`, `1.234` */
function isThousands(candidate: string): boolean {
  return /^\d{1,3}(?:[. ]000){1,4}$/.test(candidate)
}

/** None, or one pair. */
function hasSoundBrackets(candidate: string): boolean {
  const open = candidate.indexOf('(')
  const close = candidate.indexOf(')')
  if (open < 0 && close < 0) return true
  return open >= 0 && close > open && open === candidate.lastIndexOf('(') && close === candidate.lastIndexOf(')')
}
