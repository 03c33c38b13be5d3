import { digitsOf, isDay } from './digit-checks.ts'
import type { Surroundings } from './surroundings.ts'

/** Nobody alive was born before. */
const yearMin = 1905

/** A date that a living person can be born on: day and month in either order, or the year first. Words are months. */
export function isBirthDate(candidate: string, { after }: Surroundings): boolean {
  if (/^[-/.]?\d/.test(after)) return false
  const groups = candidate.match(/\d+/g) ?? []
  if (/\p{L}{3}/u.test(candidate)) return isYear(groups.find((group) => group.length === 4)) && groups.length <= 2
  const [a = '', b = '', c = ''] = groups
  if (groups.length === 1 && a.length === 8) return isCompact(a)
  if (groups.length !== 3) return false
  if (a.length === 4) return isYear(a) && isDay(Number(b), Number(c))
  const isEither = isDay(Number(b), Number(a)) || isDay(Number(a), Number(b))
  return isEither && (c.length === 2 || isYear(c))
}

function isCompact(text: string): boolean {
  const digits = digitsOf(text)
  const at = (from: number, to: number) => Number(digits.slice(from, to).join(''))
  return (isYear(text.slice(0, 4)) && isDay(at(4, 6), at(6, 8))) || (isYear(text.slice(4)) && isDay(at(2, 4), at(0, 2)))
}

function isYear(text: string | undefined): boolean {
  const year = Number(text)
  return year >= yearMin && year <= 2100
}
