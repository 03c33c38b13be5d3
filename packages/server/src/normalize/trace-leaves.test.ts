import { describe, expect, test } from 'vitest'
import type { SeenSpan } from './normalize.ts'
import { decide, failed, idsOf, node, noUsage, permute, see, settings, split, startUs } from './trace-leaves.cases.ts'
import { createLeafSelector } from './trace-leaves.ts'

describe('createLeafSelector()', () => {
  test('take() fills in the usage of a server, but adds nothing to what our SDK saw', () => {
    const server = see({ id: 's', above: 'c', layer: 'server', from: 20, ms: 60 })
    expect(decide([[see({ id: 'c', call: noUsage }), server]]).counted).toMatchObject([
      { spanId: 'c', inputTokens: 10, usageSource: 'provider' },
    ])
    expect(decide([[see({ id: 'c', layer: 'wire', call: noUsage }), server]]).counted).toMatchObject([
      { spanId: 'c', inputTokens: null, usageSource: 'missing' },
    ])
  })

  test('take() makes failed attempts of an AI SDK operation attempts of the call that answered', () => {
    const first = see({ id: 'f1', above: 'op', perAttempt: true, ms: 50, call: failed })
    const second = see({ id: 'f2', above: 'op', perAttempt: true, from: 250, ms: 50, call: failed })
    const last = see({ id: 'ok', above: 'op', perAttempt: true, from: 800, ms: 100, call: { ttftMs: 40 } })
    for (const attempts of permute([first, second, last])) {
      const { counted } = decide([[...attempts, node('op')]])
      expect(counted).toMatchObject([
        { spanId: 'ok', status: 'success', retryCount: 2, startTimeUs: startUs, latencyMs: 900, ttftMs: 840 },
      ])
      expect(counted[0]?.attempts).toMatchObject([
        { startMs: 0, durationMs: 50, waitMs: 0, httpStatus: 429, errorType: 'rate_limit' },
        { startMs: 250, durationMs: 50, waitMs: 200 },
        { startMs: 800, durationMs: 100, waitMs: 500, errorType: null },
      ])
    }
    for (const batches of split([first, second, last, node('op')]))
      expect(idsOf(decide(batches).counted)).toEqual(['ok'])
  })

  test('take() counts one error when every attempt failed, and at once when the operation has ended', () => {
    const attempts = [0, 200, 400].map((from, index) =>
      see({ id: `f${index}`, above: 'op', perAttempt: true, from, ms: 50, call: failed }),
    )
    const { counted } = createLeafSelector(settings).take([...attempts, node('op')], 0)
    expect(counted).toMatchObject([{ spanId: 'f2', status: 'error', retryCount: 2 }])
  })

  test("take() makes a client's failures attempts of the framework's call that retried it", () => {
    const spans = [
      see({ id: 'f', layer: 'framework', ms: 500 }),
      see({ id: 'c1', above: 'f', ms: 50, call: failed }),
      see({ id: 'c2', above: 'f', from: 300, ms: 150 }),
    ]
    expect(decide([spans]).counted).toMatchObject([{ spanId: 'c2', retryCount: 1, status: 'success' }])
  })

  test('take() does not make calls attempts of each other that only follow each other', () => {
    const spans = [see({ id: 'c1', above: 'n', call: failed }), see({ id: 'c2', above: 'n', from: 300 }), node('n')]
    expect(idsOf(decide([spans]).counted).sort()).toEqual(['c1', 'c2'])
  })

  test.each<[string, SeenSpan, boolean]>([
    ['our SDK', see({ id: 'c', above: 'x', layer: 'wire', call: noUsage }), false],
    ['a client that knows the usage', see({ id: 'c', above: 'x' }), false],
    ['a client that failed', see({ id: 'c', above: 'x', call: failed }), false],
    ['a client without usage', see({ id: 'c', above: 'x', call: noUsage }), true],
    ['a framework', see({ id: 'c', layer: 'framework' }), true],
    ['a server at the root', see({ id: 'c', layer: 'server' }), false],
    ['a server below an unknown span', see({ id: 'c', above: 'x', layer: 'server' }), true],
    [
      'a failed attempt of an operation that goes on',
      see({ id: 'c', above: 'x', perAttempt: true, call: failed }),
      true,
    ],
  ])('take() of a call by %s holds it only if something may still say more', (_what, span, isHeld) => {
    const selector = createLeafSelector(settings)
    expect(selector.take([span], 100).counted).toHaveLength(isHeld ? 0 : 1)
    expect(selector.heldCount).toBe(isHeld ? 1 : 0)
    expect(selector.nextDueMs()).toBe(isHeld ? 2_100 : null)
    expect(selector.settle(2_099).counted).toEqual([])
    expect(idsOf(selector.settle(2_100).counted)).toEqual(isHeld ? ['c'] : [])
    expect(selector.settle(9_000).counted).toEqual([])
  })

  test('take() never waits when the window is 0', () => {
    const { counted } = createLeafSelector({ ...settings, settleMs: 0 }).take([see({ id: 'f', layer: 'framework' })], 5)
    expect(idsOf(counted)).toEqual(['f'])
  })

  test('flush() decides what is held', () => {
    const selector = createLeafSelector(settings)
    selector.take([see({ id: 'f', layer: 'framework' })], 0)
    expect(idsOf(selector.flush().counted)).toEqual(['f'])
    expect(idsOf(selector.flush().counted)).toEqual([])
  })

  test('take() drops a child that comes after its parent was counted, and the parts of a counted sum', () => {
    const selector = createLeafSelector(settings)
    selector.take([see({ id: 'f', layer: 'framework', ms: 300 })], 0)
    expect(idsOf(selector.settle(5_000).counted)).toEqual(['f'])
    expect(selector.take([see({ id: 'c1', above: 'f' })], 6_000)).toMatchObject({
      counted: [],
      dropped: [{ spanId: 'c1', reason: 'duplicate' }],
    })
    expect(selector.take([see({ id: 'c2', above: 'f', from: 150 })], 7_000)).toMatchObject({
      counted: [],
      dropped: [{ spanId: 'c2', reason: 'covered' }],
    })
  })

  test('take() counts a span that is sent again again, and drops a dropped one again', () => {
    const selector = createLeafSelector(settings)
    const batch = [see({ id: 'f', layer: 'framework', call: { userId: 'u' } }), see({ id: 'c', above: 'f', ms: 90 })]
    const first = selector.take(batch, 0)
    expect(first.counted).toMatchObject([{ spanId: 'c', userId: 'u' }])
    expect(selector.take(batch, 10)).toEqual(first)
    expect(selector.take([see({ id: 'f2', layer: 'framework' })], 20).counted).toEqual([])
  })

  test('take() keeps traces apart', () => {
    const other = 'b'.repeat(32)
    const spans = [
      see({ id: 'c', call: { responseId: 'r' } }),
      see({ id: 'c', trace: other, emitter: 'x', call: { responseId: 'r' } }),
    ]
    expect(decide([spans]).counted).toHaveLength(2)
  })

  test('settle() forgets quiet traces: what comes later counts for itself', () => {
    const selector = createLeafSelector(settings)
    selector.take([see({ id: 'c' })], 0)
    selector.settle(60_000)
    expect(
      idsOf(selector.take([see({ id: 'f', layer: 'framework' }), see({ id: 'd', above: 'c' })], 60_001).counted),
    ).toEqual(['d'])
  })

  test('take() stays within maxSpans and loses no held call', () => {
    const selector = createLeafSelector({ ...settings, maxSpans: 50 })
    let counted = 0
    for (let index = 0; index < 1_000; index++) {
      const span = see({ id: `f${index}`, layer: 'framework', trace: `t${index}` })
      counted += selector.take([span], index).counted.length
      expect(selector.heldCount).toBeLessThanOrEqual(50)
    }
    expect(counted + selector.flush().counted.length).toBe(1_000)
  })

  test('take() of a trace without end takes no longer the longer it gets', () => {
    const selector = createLeafSelector({ ...settings, maxSpans: 100_000 })
    let counted = 0
    for (let batch = 0; batch < 200; batch++) {
      const spans = Array.from({ length: 50 }, (_, index) => see({ id: `${batch}-${index}`, from: batch * 200 }))
      counted += selector.take(spans, batch).counted.length
    }
    expect(counted).toBe(10_000)
  })

  test('take() survives spans that are their own ancestors, and endless ways up', () => {
    const circle = [see({ id: 'a', above: 'b' }), see({ id: 'b', above: 'a' }), see({ id: 'self', above: 'self' })]
    expect(idsOf(decide([circle]).counted).length).toBeGreaterThan(0)
    const chain = Array.from({ length: 3_000 }, (_, index) =>
      see({ id: `s${index}`, above: `s${index + 1}`, layer: 'framework' }),
    )
    expect(decide([chain]).counted.length).toBeGreaterThan(0)
  })
})
