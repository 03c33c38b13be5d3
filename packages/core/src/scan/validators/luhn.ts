const digitZero = 48

/** The check digit of card numbers, IMEIs and others (ISO/IEC 7812-1). Anything but digits is passed over. */
export function isLuhn(candidate: string): boolean {
  let sum = 0
  let count = 0
  for (let at = candidate.length - 1; at >= 0; at--) {
    const digit = candidate.charCodeAt(at) - digitZero
    if (digit < 0 || digit > 9) continue
    const doubled = count % 2 === 1 ? digit * 2 : digit
    sum += doubled > 9 ? doubled - 9 : doubled
    count++
  }
  return count > 1 && sum % 10 === 0
}
