/**
 * Decides whether hints make an injection. One strong sign is enough; weak ones count only together and near each
 * other, so that a long text that mentions this and that is not one.
 */

/** A pattern that was seen. */
export interface Evidence {
  readonly pattern: string
  /** Below zero: speaks against an injection. */
  readonly weight: number
  readonly start: number
  readonly end: number
  /** How it reads without its disguise; not given where it stands as it is. Text that was scanned: for who sent it alone. */
  readonly readAs?: string
}

export interface JudgeOptions {
  /** Sum of weights at which a text is an injection. */
  readonly threshold: number
  /** Hints further apart than this many code units say nothing about each other. */
  readonly reach: number
}

export interface Judgement {
  readonly isInjection: boolean
  /** Highest sum of the weights of different patterns within reach of each other. */
  readonly score: number
  /** Those in a stretch that reaches the threshold. */
  readonly accepted: readonly Evidence[]
  /** Those of the stretch with the highest score, whatever it is; each pattern once. */
  readonly best: readonly Evidence[]
}

export const defaultJudgeOptions: JudgeOptions = { threshold: 1, reach: 600 }

/** What speaks clearly against may also come after what it speaks of, within this share of the reach: is 'ignore your rules' an attack? */
const hindsight = 0.25
const clearlyAgainst = -0.5

/** Sums of tenths are not exact. */
const tolerance = 1e-9

export function judgeInjection(evidence: readonly Evidence[], { threshold, reach }: JudgeOptions): Judgement {
  const placeOf = ({ weight, start }: Evidence) => (weight <= clearlyAgainst ? start - hindsight * reach : start)
  const sorted = [...evidence].sort((a, b) => placeOf(a) - placeOf(b))
  const accepted: Evidence[] = []
  const counts = new Map<string, number>()
  let weight = 0
  let score = 0
  let best: readonly [from: number, to: number] = [0, 0]
  let first = 0
  let next = 0
  for (const [at, each] of sorted.entries()) {
    weight += countIn(counts, each, 1)
    for (let oldest = sorted[first]; oldest && placeOf(each) - placeOf(oldest) > reach; oldest = sorted[first]) {
      weight += countIn(counts, oldest, -1)
      first++
    }
    if (weight > score + tolerance) {
      score = weight
      best = [first, at + 1]
    }
    if (weight < threshold - tolerance) continue
    accepted.push(...sorted.slice(Math.max(first, next), at + 1))
    next = at + 1
  }
  return {
    isInjection: accepted.length > 0,
    score,
    accepted: accepted.filter((each) => each.weight > 0),
    best: listOnce(sorted.slice(...best)),
  }
}

/** Adds or takes away one sight of a pattern; the change of weight it makes. */
function countIn(counts: Map<string, number>, { pattern, weight }: Evidence, change: 1 | -1): number {
  const before = counts.get(pattern) ?? 0
  counts.set(pattern, before + change)
  if (change === 1) return before === 0 ? weight : 0
  return before === 1 ? -weight : 0
}

function listOnce(evidence: readonly Evidence[]): readonly Evidence[] {
  const names = new Set<string>()
  return evidence.filter(({ pattern }) => !names.has(pattern) && names.add(pattern))
}
