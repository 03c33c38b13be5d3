/** How the injection grammar sees text: letters without case and accents, each of a kind that says what it may do. */

export const kinds = {
  separator: 0,
  latin: 1,
  /** Cyrillic and Greek, some of whose letters look like Latin ones. */
  lookalike: 2,
  letter: 3,
  digit: 4,
  /** Written without spaces between words: a word may begin and end anywhere. */
  unspaced: 5,
  /** Shows nothing or sits on another letter. */
  nothing: 6,
  sentenceEnd: 7,
  /** Opens an escape of some notation. */
  escape: 8,
  /** Half of a pair, or a letter in costume: 𝐚 ⓐ ᵃ. */
  odd: 9,
} as const

/** The last of the kinds that words are made of; those before it are such too, but for `separator`. */
export const wordKindMax = kinds.digit

const unitCount = 65_536
const foldsSharpS = 0xdf
const dotlessI = 0x131
const longS = 0x17f

type Range = readonly [from: number, to: number]

const accented: readonly Range[] = [
  [0xc0, 0x24f],
  [0x370, 0x3ff],
  [0x400, 0x52f],
  [0x1e00, 0x1fff],
]
const lookalikes: readonly Range[] = [
  [0x370, 0x3ff],
  [0x400, 0x52f],
  [0x1f00, 0x1fff],
]
const unspaced: readonly Range[] = [
  [0x0e00, 0x0e33],
  [0x0e40, 0x0e46],
  [0x1100, 0x11ff],
  [0x3040, 0x30ff],
  [0x3400, 0x9fff],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
]
const otherLetters: readonly Range[] = [
  [0x531, 0x587],
  [0x5d0, 0x5ea],
  [0x620, 0x64a],
  [0x66e, 0x6d3],
  [0x900, 0xdff],
  [0xe80, 0xfff],
  [0x10a0, 0x10ff],
  [0x1200, 0x137f],
  [0x1780, 0x17d3],
]
const nothings: readonly Range[] = [
  [0xad, 0xad],
  [0x300, 0x36f],
  [0x591, 0x5c7],
  [0x610, 0x61a],
  [0x640, 0x640],
  [0x64b, 0x65f],
  [0x670, 0x670],
  [0xe34, 0xe3a],
  [0xe47, 0xe4e],
  [0x180e, 0x180e],
  [0x200b, 0x200f],
  [0x202a, 0x202e],
  [0x2060, 0x2064],
  [0x2066, 0x206f],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
]
const odds: readonly Range[] = [
  [0x1d00, 0x1dbf],
  [0x2070, 0x209f],
  [0x2100, 0x214f],
  [0x2460, 0x24ff],
  [0xd800, 0xdfff],
  [0xff10, 0xff19],
  [0xff21, 0xff3a],
  [0xff41, 0xff5a],
]
const arabicForms = new Map([
  [0x622, 0x627],
  [0x623, 0x627],
  [0x625, 0x627],
  [0x649, 0x64a],
  [0x6cc, 0x64a],
  [0x6a9, 0x643],
  [0x629, 0x647],
])

/** The folded unit of each code unit, and its kind. */
export interface Letters {
  readonly folded: Uint16Array
  readonly kindOf: Uint8Array
}

let letters: Letters | undefined

/** Made once. */
export function listLetters(): Letters {
  letters ??= { folded: listFolded(), kindOf: listKinds() }
  return letters
}

function listFolded(): Uint16Array {
  const folded = new Uint16Array(unitCount)
  for (let unit = 0; unit < unitCount; unit++) folded[unit] = unit
  for (let unit = 65; unit <= 90; unit++) folded[unit] = unit + 32
  for (const [from, to] of accented) for (let unit = from; unit <= to; unit++) folded[unit] = foldAccented(unit)
  for (let unit = 0x531; unit <= 0x556; unit++) folded[unit] = unit + 48
  for (let unit = 0xff01; unit <= 0xff5e; unit++) folded[unit] = folded[unit - 0xfee0] ?? unit
  for (const [form, plain] of arabicForms) folded[form] = plain
  return folded
}

function foldAccented(unit: number): number {
  if (unit === foldsSharpS || unit === longS) return 115
  if (unit === dotlessI || unit === 0x130) return 105
  // й is a letter of its own; taken apart it would be и, which does no harm as words are folded too.
  const plain = String.fromCharCode(unit).toLowerCase().normalize('NFD')
  return plain.charCodeAt(0)
}

function listKinds(): Uint8Array {
  const kindOf = new Uint8Array(unitCount)
  const set = (ranges: readonly Range[], kind: number) => {
    for (const [from, to] of ranges) kindOf.fill(kind, from, to + 1)
  }
  set(
    [
      [65, 90],
      [97, 122],
      [0xc0, 0x24f],
      [0x1e00, 0x1eff],
    ],
    kinds.latin,
  )
  set([[48, 57]], kinds.digit)
  set(lookalikes, kinds.lookalike)
  set(otherLetters, kinds.letter)
  set(unspaced, kinds.unspaced)
  set(nothings, kinds.nothing)
  set(odds, kinds.odd)
  for (const mark of '.!?\u3002\uff01\uff1f\u0964\u061f\u06d4') kindOf[mark.charCodeAt(0)] = kinds.sentenceEnd
  for (const mark of '%&\\<') kindOf[mark.charCodeAt(0)] = kinds.escape
  for (const mark of '\u00d7\u00f7\u0e3f') kindOf[mark.charCodeAt(0)] = kinds.separator
  return kindOf
}
