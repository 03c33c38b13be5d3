/** When tokens go out: each model has its own speed, every gap its jitter, and now and then a stream stalls. */
import { setTimeout as sleep } from 'node:timers/promises'
import { createRandom, hashText } from './random.ts'

export interface Pace {
  readonly firstTokenMs: number
  /** Gap before the next token, drawn anew for each. */
  nextGapMs(): number
  readonly stallMs: number
}

const stallChancePerToken = 0.0005

/** `speed` scales all waiting: 1 is life-like, 0 does not wait at all. */
export function createPace({ model, seed, speed }: { model: string; seed: number; speed: number }): Pace {
  const byModel = createRandom(hashText(model))
  const typicalFirstMs = byModel.between(120, 480)
  const typicalGapMs = byModel.between(6, 22)
  const random = createRandom(seed)
  // The product of two draws has the long right tail that first tokens have.
  const firstTokenMs = typicalFirstMs * (0.6 + random.next() + 1.5 * random.next() ** 6)
  return {
    firstTokenMs: firstTokenMs * speed,
    nextGapMs: () => (random.chance(stallChancePerToken) ? 3_000 : typicalGapMs * (0.4 + 1.2 * random.next())) * speed,
    stallMs: 3_000 * speed,
  }
}

/** Timers have a granularity of a millisecond: shorter gaps are saved up until they are worth a wait. */
export function createPacer(): (ms: number) => Promise<void> {
  let owedMs = 0
  return async (ms) => {
    owedMs += ms
    if (owedMs < 1) return
    const before = performance.now()
    await sleep(owedMs)
    owedMs -= performance.now() - before
  }
}
