/** Values that stand where a secret would: `<your-key>`, `${TOKEN}`, `xxxx`, `changeme`. */
const placeholder =
  /^[<[{$%(*]|[>\]}]$|^(?:x+|\*+|\.+|0+)$|your|example|placeholder|change.?me|redacted|dummy|sample|insert|todo|none|null|undefined|process\.env|os\.environ|getenv|secrets?\.|config\./i

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

/** Shannon entropy of the characters, bits per character. */
function measureEntropy(text: string): number {
  const counts = new Map<string, number>()
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1)
  let bits = 0
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length)
  return bits
}
