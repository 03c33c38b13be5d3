import type { Surroundings } from './surroundings.ts'
import { isInsideToken } from './surroundings.ts'

const digitsMin = 7
/** ITU-T E.164. */
const digitsMax = 15

/** As many digits as a number has, set as people set them, and no date, time, money or piece of an id. */
export function isPhoneNumber(candidate: string, surroundings: Surroundings): boolean {
  const digits = candidate.replace(/\D/g, '')
  if (digits.length < digitsMin || digits.length > digitsMax) return false
  if (new Set(digits.slice(-digitsMin)).size < 2) return false
  if (/[ ().-]{3,}|\(\)|\.\.|--/.test(candidate)) return false
  const opened = candidate.split('(').length
  if (opened !== candidate.split(')').length || opened > 2) return false
  if (isDate(candidate) || isInsideToken(surroundings)) return false
  const isMoney = /[$€£¥]\s?$/.test(surroundings.before) || /^\s?(?:[$€£¥%]|USD|EUR)/.test(surroundings.after)
  return !isMoney && !/^\.\d/.test(surroundings.after)
}

function isDate(candidate: string): boolean {
  return (
    /^(?:19|20)\d{2}[-./ ](?:0?[1-9]|1[0-2])[-./ ](?:0?[1-9]|[12]\d|3[01])\b/.test(candidate) ||
    /^(?:0?[1-9]|[12]\d|3[01])[-./ ](?:0?[1-9]|[12]\d|3[01])[-./ ](?:19|20)\d{2}\b/.test(candidate)
  )
}
