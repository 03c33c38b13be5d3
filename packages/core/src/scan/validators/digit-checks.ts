/** Arithmetic of check digits. Digits come as numbers. */

export function digitsOf(text: string): readonly number[] {
  const digits: number[] = []
  for (let at = 0; at < text.length; at++) {
    const digit = text.charCodeAt(at) - 48
    if (digit >= 0 && digit <= 9) digits.push(digit)
  }
  return digits
}

/** Σ digit × weight, over as many digits as there are weights. */
export function sumWeighted(digits: readonly number[], weights: readonly number[]): number {
  return weights.reduce((sum, weight, at) => sum + weight * (digits[at] ?? 0), 0)
}

/** The number that the digits spell, modulo `modulus`; exact for any length. */
export function remainderOf(digits: readonly number[], modulus: number): number {
  return digits.reduce((rest, digit) => (rest * 10 + digit) % modulus, 0)
}

/** ISO/IEC 7064, MOD 11,10: the check digit is part of the digits. */
export function isIso7064(digits: readonly number[]): boolean {
  let product = 10
  for (const digit of digits.slice(0, -1)) {
    const sum = (digit + product) % 10 || 10
    product = (sum * 2) % 11
  }
  return (11 - product) % 10 === digits.at(-1)
}

const verhoeffNext = [
  '0123456789',
  '1576283094',
  '5803796142',
  '8916043527',
  '9453126870',
  '4286573901',
  '2793806415',
  '7046913258',
]

/** Products of the dihedral group of ten. */
function multiply(a: number, b: number): number {
  if (a < 5) return b < 5 ? (a + b) % 5 : 5 + ((a + b) % 5)
  return b < 5 ? 5 + ((a - b + 5) % 5) : (a - b + 5) % 5
}

/** Verhoeff's check digit, the last of the digits. */
export function isVerhoeff(digits: readonly number[]): boolean {
  let check = 0
  for (const [at, digit] of digits.toReversed().entries())
    check = multiply(check, Number(verhoeffNext[at % 8]?.[digit] ?? 0))
  return check === 0
}

/** More than one different digit. */
export function isVaried(digits: readonly number[]): boolean {
  return digits.some((digit) => digit !== digits[0])
}

const monthDays = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** Day and month of any year. */
export function isDay(month: number, day: number): boolean {
  return day >= 1 && day <= (monthDays[month - 1] ?? 0)
}

/** The number in digits `from` to `to`. */
export function pick(digits: readonly number[], from: number, to: number): number {
  return digits.slice(from, to).reduce((all, digit) => all * 10 + digit, 0)
}
