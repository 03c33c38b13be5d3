import type { Surroundings } from './surroundings.ts'
import { isWordAt } from './surroundings.ts'

/** Networks that are nobody's address: own, private, link-local, documentation, multicast (RFC 6890). */
const notPublic: readonly ((parts: readonly number[]) => boolean)[] = [
  ([a = 0]) => a === 0 || a === 10 || a === 127 || a >= 224,
  ([a, b = 0]) => (a === 100 && b >= 64 && b < 128) || (a === 169 && b === 254) || (a === 172 && b >= 16 && b < 32),
  ([a, b, c]) => (a === 192 && b === 168) || (a === 192 && b === 0 && (c === 0 || c === 2)) || (a === 198 && b === 18),
  ([a, b, c]) => (a === 198 && b === 51 && c === 100) || (a === 203 && b === 0 && c === 113),
]

/** Four numbers up to 255 without leading zeros, an address of the internet, and no version, section or longer number. */
export function isPublicIpv4(candidate: string, { before, after }: Surroundings): boolean {
  if (isWordAt(before, before.length - 1) || /[.-]$/.test(before.slice(-1)) || /^[.-]?\w/.test(after)) return false
  const parts = candidate.split('.')
  if (parts.length !== 4 || parts.some((part) => !/^(?:0|[1-9]\d{0,2})$/.test(part))) return false
  const numbers = parts.map(Number)
  if (numbers.some((number) => number > 255) || notPublic.some((contains) => contains(numbers))) return false
  return !/(?:\bv|\bver|\bversions?|\brelease|\bbuild|\bsections?|§|\bchapter|\bfirmware|[<>~^]=?|==)[ .:]{0,2}$/i.test(
    before,
  )
}
