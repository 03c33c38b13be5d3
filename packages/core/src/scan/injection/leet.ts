/** Digits and marks for the letters they look like. */
const pairs = '0o1i2z3e4a5s6g7t8b9g@a$s€e'

const letterOf = new Map<number, number>()
for (let at = 0; at < pairs.length; at += 2) letterOf.set(pairs.charCodeAt(at), pairs.charCodeAt(at + 1))

/** The unit of the letter that a unit stands for, or the unit itself. */
export function readLeetUnit(unit: number): number {
  return unit < 97 || unit > 127 ? (letterOf.get(unit) ?? unit) : unit
}

export function readLeet(text: string): string {
  return text.replace(/[0-9@$€]/g, (mark) => String.fromCharCode(readLeetUnit(mark.charCodeAt(0))))
}
