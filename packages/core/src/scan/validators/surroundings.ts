/** Text around a candidate, up to `surroundingsLength` code units on each side. */
export interface Surroundings {
  readonly before: string
  readonly after: string
}

export const surroundingsLength = 64

/** A check of a candidate that has the right shape. */
export type Validator = (candidate: string, surroundings: Surroundings) => boolean

/** The candidate is a piece of something longer: a hash, an id, a path, a decimal number. */
export function isInsideToken({ before, after }: Surroundings): boolean {
  const continues = /[\p{L}\p{N}_]$|[\p{L}\p{N}_][-./:+=]$|[/#=]$/u.test(before) && !isLabelled(before)
  return continues || /^[\p{L}\p{N}_]|^[-/:+=][\p{L}\p{N}_]/u.test(after)
}

/** `phone=`, `card:`, `tel.` before a value are a label, not a part of it. */
function isLabelled(before: string): boolean {
  return /[a-z][ "']{0,2}[:=.]$/i.test(before)
}
