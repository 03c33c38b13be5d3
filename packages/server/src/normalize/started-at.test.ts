import { expect, test } from 'vitest'
import { parseStartedAt } from './started-at.ts'

const noonUs = Date.UTC(2026, 0, 31, 12) * 1_000

test.each<[string | number, number]>([
  ['2026-01-31T12:00:00Z', noonUs],
  ['2026-01-31T12:00:00z', noonUs],
  ['2026-01-31 12:00Z', noonUs],
  ['2026-01-31T14:00:00+02:00', noonUs],
  ['2026-01-31T14:00:00+0200', noonUs],
  ['2026-01-31T12:00:00.5Z', noonUs + 500_000],
  ['2026-01-31T12:00:00.123456Z', noonUs + 123_456],
  ['2026-01-31T12:00:00.123456789Z', noonUs + 123_456],
  ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29) * 1_000],
  [noonUs / 1e6, noonUs],
  [noonUs / 1e6 + 0.25, noonUs + 250_000],
  [noonUs / 1e3, noonUs],
  [noonUs, noonUs],
])('parseStartedAt() reads %j', (value, us) => {
  expect(parseStartedAt(value)).toEqual({ ok: true, us })
})

test.each<[string | number]>([
  [''],
  ['yesterday'],
  ['2026-01-31'],
  ['2026-01-31T12:00:00'],
  ['2026-02-29T12:00:00Z'],
  ['2026-13-01T12:00:00Z'],
  ['2026-01-31T25:00:00Z'],
  ['2026-01-31T12:60:00Z'],
  ['1999-12-31T23:59:59Z'],
  ['2100-01-01T00:00:00Z'],
  [0],
  [-1],
  [20_260_131],
  [noonUs * 1e3],
  [Number.NaN],
])('parseStartedAt() refuses %j', (value) => {
  expect(parseStartedAt(value).ok).toBe(false)
})
