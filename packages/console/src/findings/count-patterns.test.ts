import { expect, test } from 'vitest'
import { countPatterns } from './count-patterns.ts'

const minuteMs = 60_000
const at = (minute: number) => new Date(minute * minuteMs).toISOString()

test('countPatterns() adds up each pattern, the most first, with a step for every part of the range', () => {
  const rows = [
    [at(1), 'pii', 'email', 2, 1],
    [at(3), 'pii', 'email', 1, 1],
    [at(3), 'injection', 'email', 9, 4],
  ]
  expect(countPatterns(rows, { sinceMs: 1.5 * minuteMs, untilMs: 4.5 * minuteMs }, minuteMs)).toEqual([
    { kind: 'injection', pattern: 'email', findings: 9, calls: 4, byStep: [0, 0, 9, 0] },
    { kind: 'pii', pattern: 'email', findings: 3, calls: 2, byStep: [2, 0, 1, 0] },
  ])
})
