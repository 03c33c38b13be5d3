/** How text is seen by the automaton: letters without case, all digits alike, any white space as one space. */

/** Characters that show nothing and are put between letters to hide a word. */
export const zeroWidthUnits: ReadonlySet<number> = new Set([0x00ad, 0x200b, 0x200c, 0x200d, 0x2060, 0xfeff])
const spaceUnits = new Set([9, 10, 11, 12, 13, 32, 0x85, 0xa0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000])

export const spaceUnit = 32
const digitUnit = 48

export function isZeroWidth(unit: number): boolean {
  return zeroWidthUnits.has(unit)
}

/** One code unit → the one that stands for it. */
export function foldUnit(unit: number): number {
  const folded = foldLetter(unit)
  return folded >= 48 && folded <= 57 ? digitUnit : folded
}

/** As `foldUnit`, but digits stay what they are. */
export function foldLetter(unit: number): number {
  if (unit >= 65 && unit <= 90) return unit + 32
  if (unit < 128) return spaceUnits.has(unit) ? spaceUnit : unit
  if (spaceUnits.has(unit) || (unit >= 0x2000 && unit <= 0x200a)) return spaceUnit
  if (unit === 0x2018 || unit === 0x2019) return 39
  if (unit === 0x201c || unit === 0x201d) return 34
  // Full-width forms of ASCII.
  if (unit >= 0xff01 && unit <= 0xff5e) return foldLetter(unit - 0xfee0)
  return String.fromCharCode(unit).toLowerCase().charCodeAt(0)
}

/** A literal as the automaton takes it: folded, runs of white space as one space. */
export function foldLiteral(text: string): string {
  return foldWith(text, foldUnit)
}

/** A phrase as `matchPhrase` takes it: as a literal, but with its digits. */
export function foldPhrase(text: string): string {
  return foldWith(text, foldLetter)
}

function foldWith(text: string, fold: (unit: number) => number): string {
  let folded = ''
  for (let at = 0; at < text.length; at++) {
    const unit = fold(text.charCodeAt(at))
    if (unit === spaceUnit && folded.endsWith(' ')) continue
    if (!isZeroWidth(unit)) folded += String.fromCharCode(unit)
  }
  return folded
}
