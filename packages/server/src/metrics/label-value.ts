const maxLength = 256
const surrogate = /[\ud800-\udfff]/

/**
 * Any string as a label value: valid Unicode (a lone surrogate becomes U+FFFD, since no exposition format can carry it),
 * at most 256 UTF-16 units.
 */
export function cleanLabelValue(value: string): string {
  if (value.length <= maxLength && !surrogate.test(value)) return value
  return copyString(cutString(value))
}

/** Never between the halves of a surrogate pair. */
function cutString(value: string): string {
  if (value.length <= maxLength) return value
  const last = value.charCodeAt(maxLength - 1)
  const splitsPair = last >= 0xd800 && last <= 0xdbff
  return value.slice(0, splitsPair ? maxLength - 1 : maxLength)
}

/**
 * A string that shares no memory with the one it is made from: V8 keeps the whole request body alive for as long as
 * a slice of it is a key. UTF-8 has no lone surrogates, so these become U+FFFD on the way.
 */
export function copyString(value: string): string {
  return Buffer.from(value, 'utf8').toString('utf8')
}
