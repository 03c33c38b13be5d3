import { describe, expect, test } from 'vitest'
import { toLine } from './spend-lines.tsx'

describe('toLine()', () => {
  const sinceMs = Date.UTC(2026, 10, 28)
  const at = (hour: number, minute: number) => new Date(sinceMs + hour * 3_600_000 + minute * 60_000).toISOString()

  test('toLine() is flat where nothing was spent, and ends now', () => {
    const rows = [
      [at(2, 0), 1_000_000],
      [at(2, 30), 500_000],
    ]
    const { points } = toLine('today', rows, { sinceMs, untilMs: sinceMs + 3 * 3_600_000 })
    expect(points.map(({ hour, usd }) => [Math.round(hour * 60), usd])).toEqual([
      [0, 0],
      [120, 0],
      [130, 1],
      [150, 1],
      [160, 1.5],
      [180, 1.5],
    ])
  })

  test('toLine() ends a step that is not over at the moment of now', () => {
    const untilMs = sinceMs + 125 * 60_000
    const { points } = toLine('today', [[at(2, 0), 1_000_000]], { sinceMs, untilMs })
    expect(points.at(-1)?.hour).toBeCloseTo(125 / 60, 9)
  })
})
