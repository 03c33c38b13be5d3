import { expect, test } from 'vitest'
import { createTrustedClock } from './trusted-clock.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const startMs = Date.UTC(2026, 10, 23)

function createClocks() {
  const at = { ranMs: 5_000, jumpMs: 0 }
  const now = () => startMs + at.ranMs + at.jumpMs
  const clock = createTrustedClock({ now, monotonicMs: () => at.ranMs })
  return { at, clock, realMs: () => startMs + at.ranMs }
}

test('createTrustedClock() follows a clock that goes, is set back, or was asleep over night', () => {
  const { at, clock, realMs } = createClocks()
  for (const jumpMs of [0, 12 * hourMs, -400 * dayMs, -400 * dayMs + hourMs]) {
    at.ranMs += hourMs
    at.jumpMs = jumpMs
    expect(clock.read()).toEqual({ nowMs: realMs() + jumpMs, aheadMs: 0 })
  }
})

test('createTrustedClock() goes on without a jump, for as long as it is not a day old', () => {
  const { at, clock, realMs } = createClocks()
  at.jumpMs = 400 * dayMs
  for (let hour = 0; hour < 24; hour++) {
    expect(clock.read()).toEqual({ nowMs: realMs(), aheadMs: 400 * dayMs })
    at.ranMs += hourMs
  }
  expect(clock.read()).toEqual({ nowMs: realMs() + 400 * dayMs, aheadMs: 0 })
})

test('createTrustedClock() forgets a jump that was taken back', () => {
  const { at, clock, realMs } = createClocks()
  at.jumpMs = 400 * dayMs
  expect(clock.read().nowMs).toBe(realMs())
  at.ranMs += 20 * hourMs
  at.jumpMs = 0
  expect(clock.read()).toEqual({ nowMs: realMs(), aheadMs: 0 })
  at.ranMs += 20 * hourMs
  at.jumpMs = 400 * dayMs
  expect(clock.read()).toEqual({ nowMs: realMs(), aheadMs: 400 * dayMs })
})
