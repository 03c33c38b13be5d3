/**
 * Decides whether hints make an injection. One strong sign is enough; weak ones count only together and near each
 * other, so that a long text that mentions this and that is not one.
 */
import type { Match } from './finder.ts'

/** Hints further apart than this many code units say nothing about each other. */
const reach = 600

/** Evidence at which a text is an injection. */
const threshold = 1
/** Sums of tenths are not exact. */
const tolerance = 1e-9

/** The matches that belong to a stretch whose evidence, each pattern counted once, reaches the threshold. */
export function judgeInjection(matches: readonly Match[]): readonly Match[] {
  const sorted = [...matches].sort((a, b) => a.start - b.start)
  const accepted: Match[] = []
  const counts = new Map<string, number>()
  let weight = 0
  let first = 0
  let next = 0
  for (const [at, match] of sorted.entries()) {
    weight += countIn(counts, match, 1)
    for (let oldest = sorted[first]; oldest && match.start - oldest.start > reach; oldest = sorted[first]) {
      weight += countIn(counts, oldest, -1)
      first++
    }
    if (weight < threshold - tolerance) continue
    accepted.push(...sorted.slice(Math.max(first, next), at + 1))
    next = at + 1
  }
  return accepted
}

/** Adds or takes away one match of a pattern; the change of weight it makes. */
function countIn(counts: Map<string, number>, { pattern }: Match, change: 1 | -1): number {
  const { name, weight } = pattern.definition
  const before = counts.get(name) ?? 0
  counts.set(name, before + change)
  if (change === 1) return before === 0 ? weight : 0
  return before === 1 ? -weight : 0
}
