import type { Surroundings } from './surroundings.ts'

/** Values that stand where a secret would: `<your-key>`, `${TOKEN}`, `xxxx`, `changeme`. */
const placeholder =
  /^[<[{$%(*]|[>\]}]$|^(?:x+|\*+|\.+|0+)$|x{6}|your|example|placeholder|change.?me|redacted|dummy|sample|insert|todo|none|null|undefined|process\.env|os\.environ|getenv|secrets?\.|config\.|settings\.|self\.|this\.|abcdef|123456789/i

const bitsPerCharMin = 2.5

/** Stand-ins show at the beginning of a value. */
const headLength = 48

/** A made-up value, not a word or a stand-in: letters and digits or marks mixed, and enough of them different. */
export function isSecret(candidate: string): boolean {
  const value = candidate.replace(/^(?:[a-z]{2,4}[-_])?(?:live|test|proj|ant|pat)?[-_]/i, '')
  if (!/\d|[^A-Za-z0-9_.-]/.test(value)) return false
  const sorts = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter((sort) => sort.test(value)).length
  if (sorts < 2 || placeholder.test(candidate.slice(0, headLength)) || placeholder.test(value.slice(0, headLength)))
    return false
  return measureEntropy(value) >= bitsPerCharMin
}

/** Letters and digits in a row, without a word between them. */
const chunkMin = 16
const mixedLengthMin = 24

/** Behind a word like `key` or `token`, which have many other uses: only what nobody would write by hand. */
export function isRandomValue(candidate: string, { after }: Surroundings): boolean {
  if (!isSecret(candidate) || /^(?:\(|\[|\.[A-Za-z])/.test(after)) return false
  const longest = candidate.split(/[^A-Za-z0-9]/).reduce((a, b) => (b.length > a.length ? b : a), '')
  const changes = countChanges(candidate)
  if (longest.length >= chunkMin) return /\d/.test(longest) && /[A-Za-z]/.test(longest) && countChanges(longest) >= 4
  const isMixed = /[a-z]/.test(candidate) && /[A-Z]/.test(candidate)
  return candidate.length >= mixedLengthMin && isMixed && changes >= 6
}

/** A password that somebody told: it has a digit or a mark, and is no word of the sentence. */
export function isToldPassword(candidate: string): boolean {
  const value = candidate.replace(/[.!?]$/, '')
  const isWord = /^[\p{L}'’-]*$/u.test(value)
  return value.length >= 6 && !isWord && !/^\d{1,6}$/.test(value) && !placeholder.test(value.slice(0, headLength))
}

/** How often letters turn into digits or back. */
function countChanges(text: string): number {
  let changes = 0
  for (let at = 1; at < text.length; at++) if (isDigit(text, at) !== isDigit(text, at - 1)) changes++
  return changes
}

function isDigit(text: string, at: number): boolean {
  const unit = text.charCodeAt(at)
  return unit >= 48 && unit <= 57
}

/** Shannon entropy of the characters, bits per character. */
function measureEntropy(text: string): number {
  const counts = new Map<string, number>()
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1)
  let bits = 0
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length)
  return bits
}
