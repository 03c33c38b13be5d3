import { describe, expect, it } from 'vitest'
import { backoffMs, judgeAnswer } from './verdict.ts'

const answer = (status: number) =>
  judgeAnswer({ kind: 'answered', status, retryAfterMs: null, body: Buffer.from('no') }).kind

describe('judgeAnswer()', () => {
  it('repeats what may pass and what speaks of the destination, and refuses what speaks of the calls', () => {
    expect([200, 202, 204].map(answer)).toEqual(Array(3).fill('taken'))
    const repeated = [301, 302, 401, 403, 404, 405, 407, 408, 415, 425, 429, 500, 501, 502, 503, 504, 529]
    expect(repeated.map(answer)).toEqual(repeated.map(() => 'retry'))
    expect([400, 409, 411, 413, 422, 431].map(answer)).toEqual(Array(6).fill('refused'))
  })
})

describe('backoffMs()', () => {
  it('grows, is jittered and bounded, and obeys Retry-After up to five minutes', () => {
    const backoff = { firstMs: 500, longestMs: 30_000 }
    for (const [failures, whole] of [
      [1, 500],
      [2, 1_000],
      [5, 8_000],
      [7, 30_000],
      [1_000, 30_000],
    ] as const) {
      const delays = Array.from({ length: 200 }, () => backoffMs(failures, null, backoff))
      expect(Math.min(...delays)).toBeGreaterThanOrEqual(whole / 2)
      expect(Math.max(...delays)).toBeLessThanOrEqual(whole)
      expect(Math.max(...delays) - Math.min(...delays)).toBeGreaterThan(whole / 4)
    }
    expect(backoffMs(1, 60_000, backoff)).toBe(60_000)
    expect(backoffMs(1, 86_400_000, backoff)).toBe(300_000)
  })
})
