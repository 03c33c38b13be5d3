/** Where a context word stands. */
export interface Context {
  readonly start: number
  readonly end: number
}

/** Code units that may lie between a candidate and its context word. */
export const contextReach = 64

/** Does one of the words, which come by ascending end, stand within reach of start … end? */
export function isNearContext(contexts: readonly Context[], start: number, end: number): boolean {
  let low = 0
  let high = contexts.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((contexts[middle]?.end ?? 0) < start - contextReach) low = middle + 1
    else high = middle
  }
  // Words end in order, so the first in reach on the left is the only one that needs a look.
  const nearest = contexts[low]
  return nearest !== undefined && nearest.start <= end + contextReach
}
