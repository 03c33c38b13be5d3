/** Rows of time, kind, pattern, findings and calls → one line for each pattern. */
import type { QueryRow } from '../spend/query.ts'
import { toNumber } from '../spend/query.ts'
import type { TimeRange } from '../time-range.ts'

export interface PatternCount {
  readonly kind: string
  readonly pattern: string
  readonly findings: number
  readonly calls: number
  /** Findings of each step of the range, the steps without any included. */
  readonly byStep: readonly number[]
}

/** The one with the most findings first. */
export function countPatterns(
  rows: readonly QueryRow[],
  { sinceMs, untilMs }: TimeRange,
  stepMs: number,
): readonly PatternCount[] {
  const firstStep = Math.floor(sinceMs / stepMs)
  const steps = Math.max(1, Math.ceil(untilMs / stepMs) - firstStep)
  const counts = new Map<string, { kind: string; pattern: string; findings: number; calls: number; byStep: number[] }>()
  for (const [time, kind, pattern, findings, calls] of rows) {
    const key = JSON.stringify([kind, pattern])
    const count = counts.get(key) ?? {
      kind: String(kind),
      pattern: String(pattern),
      findings: 0,
      calls: 0,
      byStep: Array.from({ length: steps }, () => 0),
    }
    counts.set(key, count)
    const step = Math.floor(Date.parse(String(time)) / stepMs) - firstStep
    count.findings += toNumber(findings) ?? 0
    // A call is in one step alone, so the calls of all steps are the calls.
    count.calls += toNumber(calls) ?? 0
    if (step >= 0 && step < steps) count.byStep[step] = (count.byStep[step] ?? 0) + (toNumber(findings) ?? 0)
  }
  return [...counts.values()].sort((one, other) => other.findings - one.findings)
}
