import type { Surroundings } from './surroundings.ts'
import { isInsideToken } from './surroundings.ts'

/** Published in advertisements and forms, never anybody's (Social Security Administration). */
const neverIssued = new Set(['078051120', '219099999', '457555462', '123456789', '987654321'])

/** Area not 000, 666 or 900–999, group not 00, serial not 0000 (Social Security Administration, POMS RM 10201.035). */
export function isUsSsn(candidate: string, surroundings: Surroundings): boolean {
  const digits = candidate.replace(/\D/g, '')
  if (digits.length !== 9 || neverIssued.has(digits)) return false
  const area = digits.slice(0, 3)
  if (area === '000' || area === '666' || area.startsWith('9')) return false
  return digits.slice(3, 5) !== '00' && digits.slice(5) !== '0000' && !isInsideToken(surroundings)
}
