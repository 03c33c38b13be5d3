import type { Surroundings } from './surroundings.ts'

const groupsMax = 8

/** RFC 4291, section 2.2: eight groups, or fewer with one `::`. Loopback, link-local and documentation are nobody's. */
export function isIpv6(candidate: string, { before, after }: Surroundings): boolean {
  if (/[\p{L}\p{N}_:.]$/u.test(before) || /^[\p{L}\p{N}_:]/u.test(after)) return false
  const halves = candidate.split('::')
  if (halves.length > 2) return false
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')))
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return false
  const isComplete = halves.length === 1 ? groups.length === groupsMax : groups.length < groupsMax && groups.length > 1
  return isComplete && !/^(?:fe[89ab]|2001:0?db8:|ff)/i.test(candidate)
}
