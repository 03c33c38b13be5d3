import type { Surroundings } from './surroundings.ts'
import { isInsideToken } from './surroundings.ts'

const digitsMin = 7
/** ITU-T E.164. */
const digitsMax = 15

/** As many digits as a number has, set as people set them, and no date, time, money or piece of an id. */
export function isPhoneNumber(candidate: string, surroundings: Surroundings): boolean {
  if (isInsideToken(surroundings)) return false
  const digits = candidate.replace(/\D/g, '')
  if (digits.length < digitsMin || digits.length > digitsMax) return false
  if (new Set(digits.slice(-digitsMin)).size < 2) return false
  if (/[ ().-]{3,}|\(\)|\.\.|--/.test(candidate)) return false
  if (!hasSoundBrackets(candidate)) return false
  if (isDate(candidate)) return false
  const isMoney = /[$€£¥]\s?$/.test(surroundings.before.slice(-2)) || /^\s?(?:[$€£¥%]|USD|EUR)/.test(surroundings.after)
  return !isMoney && !/^\.\d/.test(surroundings.after)
}

function isDate(candidate: string): boolean {
  return (
    /^(?:19|20)\d{2}[-./ ](?:0?[1-9]|1[0-2])[-./ ](?:0?[1-9]|[12]\d|3[01])\b/.test(candidate) ||
    /^(?:0?[1-9]|[12]\d|3[01])[-./ ](?:0?[1-9]|[12]\d|3[01])[-./ ](?:19|20)\d{2}\b/.test(candidate)
  )
}

/** None, or one pair. */
function hasSoundBrackets(candidate: string): boolean {
  const open = candidate.indexOf('(')
  const close = candidate.indexOf(')')
  if (open < 0 && close < 0) return true
  return open >= 0 && close > open && open === candidate.lastIndexOf('(') && close === candidate.lastIndexOf(')')
}
