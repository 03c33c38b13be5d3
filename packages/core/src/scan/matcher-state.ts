/** What the parts of a matcher share while it runs. */
export interface MatchState {
  text: string
  length: number
  /** Goes up with each text; what a part remembers belongs to one. */
  pass: number
  steps: number
  groupStart: number
  groupEnd: number
}

/** Goes on from a place; the end of the whole match, or -1. */
export type Continue = (at: number) => number

const words = new Uint8Array(128)
for (let unit = 0; unit < 128; unit++) words[unit] = /\w/.test(String.fromCharCode(unit)) ? 1 : 0

/** `\w` */
export function isWordUnit(unit: number): boolean {
  return unit < 128 && words[unit] === 1
}
