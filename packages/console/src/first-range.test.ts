import { beforeAll, describe, expect, test, vi } from 'vitest'

let fitRange: typeof import('./first-range.ts').fitRange

beforeAll(async () => {
  // The address of the page is read when url.ts is loaded.
  vi.stubGlobal('document', { baseURI: 'http://127.0.0.1/' })
  ;({ fitRange } = await import('./first-range.ts'))
})

describe('fitRange()', () => {
  const nowMs = Date.UTC(2026, 10, 28)
  test.each([
    [0, 'now-5m'],
    [4, 'now-5m'],
    [5, 'now-15m'],
    [40, 'now-1h'],
    [120, 'now-3h'],
    [171, null],
    [60 * 24 * 9, null],
  ])('fitRange() shows all since a first call %i minutes ago in %s', (minutes, from) => {
    expect(fitRange(nowMs - minutes * 60_000, nowMs)).toBe(from)
  })

  test('fitRange() takes a call of a clock that is ahead for one of now', () => {
    expect(fitRange(nowMs + 60_000, nowMs)).toBe('now-5m')
  })
})
