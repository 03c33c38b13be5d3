import { createCall, type LlmCall } from '@inferometer/core/call'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { SeenSpan } from './normalize.ts'
import type { Layer } from './span-reading.ts'
import { createLeafSelector, type LeafDecisions, type LeafSettings } from './trace-leaves.ts'

const settings: LeafSettings = { settleMs: 2_000, rememberMs: 60_000, maxSpans: 10_000 }
const traceId = 'a'.repeat(32)
const startUs = 1_780_000_000_000_000

interface SightingOptions {
  readonly id: string
  readonly above?: string | null
  readonly layer?: Layer
  readonly emitter?: string
  /** Milliseconds since the start of the trace. */
  readonly from?: number
  readonly ms?: number
  readonly perAttempt?: boolean
  readonly trace?: string
  readonly call?: Partial<LlmCall>
}

function see(options: SightingOptions): SeenSpan {
  const { id, above = null, layer = 'client', emitter = layer, from = 0, ms = 100, trace = traceId } = options
  const call = createCall({
    traceId: trace,
    spanId: id,
    parentSpanId: above,
    serviceName: 'shop',
    operation: 'chat',
    provider: 'openai',
    requestModel: 'gpt-4o',
    startTimeUs: startUs + from * 1_000,
    latencyMs: ms,
    inputTokens: 10,
    outputTokens: 5,
    usageSource: 'provider',
    source: emitter,
    ...options.call,
  })
  const reading = { kind: 'call', call, layer, perAttempt: options.perAttempt ?? false, emitter } as const
  return { traceId: trace, spanId: id, parentSpanId: above, reading }
}

function node(id: string, above: string | null = null): SeenSpan {
  return { traceId, spanId: id, parentSpanId: above, reading: null }
}

const noUsage = { inputTokens: null, outputTokens: null, usageSource: 'missing' } as const
const failed = { ...noUsage, status: 'error', errorType: 'rate_limit', httpStatus: 429 } as const

/** All decisions about batches that come one millisecond after each other, and what waits to the end. */
function decide(batches: readonly (readonly SeenSpan[])[], change: Partial<LeafSettings> = {}): LeafDecisions {
  const selector = createLeafSelector({ ...settings, ...change })
  const all = batches.map((batch, index) => selector.take(batch, index))
  all.push(selector.settle(batches.length + settings.settleMs))
  expect(selector.heldCount).toBe(0)
  expect(selector.nextDueMs()).toBeNull()
  return { counted: all.flatMap(({ counted }) => counted), dropped: all.flatMap(({ dropped }) => dropped) }
}

const idsOf = (calls: readonly LlmCall[]) => calls.map(({ spanId }) => spanId)

function permute<T>(items: readonly T[]): T[][] {
  if (items.length <= 1) return [[...items]]
  return items.flatMap((item, index) =>
    permute([...items.slice(0, index), ...items.slice(index + 1)]).map((rest) => [item, ...rest]),
  )
}

/** Every way to cut a list into batches. */
function split<T>(items: readonly T[]): T[][][] {
  const ways: T[][][] = []
  for (let cuts = 0; cuts < 1 << Math.max(0, items.length - 1); cuts++) {
    const batches: T[][] = [[]]
    items.forEach((item, index) => {
      if (index > 0 && (cuts >> (index - 1)) & 1) batches.push([])
      batches.at(-1)?.push(item)
    })
    ways.push(batches)
  }
  return ways
}

interface Situation {
  readonly what: string
  readonly spans: readonly SeenSpan[]
  readonly counted: readonly string[]
}

const situations: readonly Situation[] = [
  { what: 'one call', spans: [see({ id: 'c' })], counted: ['c'] },
  {
    what: 'a call under agent, step and HTTP spans',
    spans: [node('agent'), node('step', 'agent'), see({ id: 'c', above: 'step' }), node('http', 'c')],
    counted: ['c'],
  },
  {
    what: "a framework's call above a client's",
    spans: [see({ id: 'f', layer: 'framework' }), see({ id: 'c', above: 'f', from: 10, ms: 80 })],
    counted: ['c'],
  },
  {
    what: "a framework's call above a client's, with another span between",
    spans: [
      see({ id: 'f', layer: 'framework' }),
      node('between', 'f'),
      see({ id: 'c', above: 'between', from: 10, ms: 80 }),
    ],
    counted: ['c'],
  },
  {
    what: 'framework, client and our SDK above each other',
    spans: [
      see({ id: 'f', layer: 'framework' }),
      see({ id: 'c', above: 'f', ms: 90 }),
      see({ id: 'w', above: 'c', layer: 'wire', ms: 80, call: { inputTokens: 11 } }),
    ],
    counted: ['c|w'],
  },
  {
    what: 'a sum of two calls, and the calls',
    spans: [
      see({ id: 'sum', layer: 'framework', ms: 300, call: { inputTokens: 30, outputTokens: 9 } }),
      see({ id: 'c1', above: 'sum', from: 0, call: { inputTokens: 10, outputTokens: 3 } }),
      see({ id: 'c2', above: 'sum', from: 150, call: { inputTokens: 20, outputTokens: 6 } }),
    ],
    counted: ['c1', 'c2'],
  },
  {
    what: 'two instrumentations beside each other, with the response id',
    spans: [
      see({ id: 'n', emitter: 'native', call: { responseId: 'r1', source: 'anthropic-sdk' } }),
      see({ id: 't', emitter: 'third-party', from: 1, ms: 98, call: { responseId: 'r1', inputTokens: 12 } }),
    ],
    counted: ['n|t'],
  },
  {
    what: 'two instrumentations beside each other, with counts only',
    spans: [
      see({ id: 'a', emitter: 'a', call: { source: 'gen_ai' } }),
      see({ id: 'b', emitter: 'b', from: 1, ms: 98, call: { requestModel: null, responseModel: 'gpt-4o' } }),
    ],
    counted: ['a|b'],
  },
  {
    what: 'two instrumentations beside each other below a framework',
    spans: [
      see({ id: 'f', layer: 'framework' }),
      see({ id: 'a', above: 'f', emitter: 'a', ms: 90 }),
      see({ id: 'b', above: 'f', emitter: 'b', from: 1, ms: 88 }),
    ],
    counted: ['a|b'],
  },
  {
    what: 'two equal calls at the same time of one instrumentation',
    spans: [see({ id: 'c1' }), see({ id: 'c2' })],
    counted: ['c1', 'c2'],
  },
  {
    what: 'two equal calls at the same time, each seen by two instrumentations',
    spans: [
      see({ id: 'a1', emitter: 'a' }),
      see({ id: 'a2', emitter: 'a' }),
      see({ id: 'b1', emitter: 'b' }),
      see({ id: 'b2', emitter: 'b' }),
    ],
    counted: ['a1|b1|a2|b2', 'a1|b1|a2|b2'],
  },
  {
    what: 'an answer from a cache: the same response id after the first call ended',
    spans: [
      see({ id: 'a', emitter: 'a', call: { responseId: 'r1' } }),
      see({ id: 'b', emitter: 'b', from: 500, call: { responseId: 'r1' } }),
    ],
    counted: ['a', 'b'],
  },
  {
    what: 'two spans of one instrumentation around an embedding, of which the inner one has the usage',
    spans: [
      see({ id: 'outer', call: { operation: 'embeddings', ...noUsage } }),
      see({ id: 'inner', above: 'outer', ms: 90, call: { operation: 'embeddings', outputTokens: null } }),
    ],
    counted: ['inner'],
  },
  {
    what: "a client's call and the server's that answered it",
    spans: [
      see({ id: 'c', call: noUsage }),
      node('http', 'c'),
      see({ id: 's', above: 'http', layer: 'server', from: 20, ms: 60, call: { serviceName: 'vllm' } }),
    ],
    counted: ['c'],
  },
  {
    what: "a server's call that nobody else saw",
    spans: [node('proxy'), see({ id: 's', above: 'proxy', layer: 'server' })],
    counted: ['s'],
  },
  {
    what: 'a failed call seen by two instrumentations',
    spans: [
      see({ id: 'a', emitter: 'a', call: failed }),
      see({ id: 'b', emitter: 'b', from: 1, ms: 98, call: failed }),
    ],
    counted: ['a|b'],
  },
]

describe('createLeafSelector()', () => {
  test.each(situations)(
    'take() counts $what once, in every order and every split into batches',
    ({ spans, counted }) => {
      for (const order of permute(spans))
        for (const batches of split(order)) {
          const decisions = decide(batches)
          const ids = idsOf(decisions.counted).sort()
          expect(ids).toHaveLength(counted.length)
          expect(new Set(ids).size).toBe(ids.length)
          for (const [index, id] of ids.entries()) expect(counted[index]?.split('|')).toContain(id)
          const sightings = spans.filter(({ reading }) => reading !== null).length
          expect(decisions.dropped).toHaveLength(sightings - ids.length)
        }
    },
  )

  test('take() gives the record what only the other sightings know', () => {
    const spans = [
      see({
        id: 'f',
        layer: 'framework',
        call: { userId: 'u', tags: ['t'], cacheReadTokens: 4, finishReason: 'stop' },
      }),
      see({ id: 'c', above: 'f', from: 10, ms: 80, call: { responseId: 'r', ttftMs: 20 } }),
    ]
    for (const order of permute(spans))
      expect(decide([order]).counted).toMatchObject([
        {
          spanId: 'c',
          userId: 'u',
          tags: ['t'],
          cacheReadTokens: 4,
          finishReason: 'stop',
          responseId: 'r',
          ttftMs: 20,
        },
      ])
  })

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
    const startMs = performance.now()
    expect(decide([chain]).counted.length).toBeGreaterThan(0)
    expect(performance.now() - startMs).toBeLessThan(5_000)
  })
})

/** True calls below one agent, all seen in the same of the ways there are: an instrumentation that is there sees every call. */
const trueCalls = fc.record({
  ways: fc.uniqueArray(fc.constantFrom('framework', 'client', 'second', 'wire', 'server'), { minLength: 1 }),
  calls: fc.array(
    fc.record({
      tokens: fc.integer({ min: 1, max: 3 }),
      from: fc.integer({ min: 0, max: 300 }),
      fails: fc.boolean(),
    }),
    { minLength: 1, maxLength: 4 },
  ),
})

interface TrueCall {
  readonly tokens: number
  readonly from: number
  readonly fails: boolean
}

function seeTrueCall({ tokens, from: anyTime, fails }: TrueCall, index: number, ways: readonly string[]): SeenSpan[] {
  // Equal failures at the same time cannot be told apart before their parents are known.
  const from = fails ? 1_000 * (index + 1) : anyTime
  const call = fails
    ? failed
    : { inputTokens: tokens * 10, outputTokens: tokens, responseId: `r${index}`, usageSource: 'provider' as const }
  const spans: SeenSpan[] = []
  let above = 'agent'
  let inset = 0
  const add = (layer: Layer, emitter: string) => {
    const id = `${index}-${emitter}`
    spans.push(see({ id, above, layer, emitter, from: from + inset, ms: 100 - 2 * inset, call }))
    inset += 5
    above = id
  }
  if (ways.includes('framework')) add('framework', 'framework')
  if (ways.includes('client')) add('client', 'client')
  if (ways.includes('second')) add('client', 'second')
  if (ways.includes('wire')) add('wire', 'wire')
  if (ways.includes('server')) add('server', 'server')
  return spans
}

test('createLeafSelector() counts every true call once, whatever saw it and in whatever order it comes', () => {
  fc.assert(
    fc.property(
      trueCalls,
      fc.infiniteStream(fc.nat()),
      fc.integer({ min: 1, max: 6 }),
      ({ ways, calls }, random, batchSize) => {
        const spans = [node('agent'), ...calls.flatMap((call, index) => seeTrueCall(call, index, ways))]
        const order = [...random.take(spans.length)]
          .map((key, index) => ({ key, span: spans[index] }))
          .sort((a, b) => a.key - b.key)
          .flatMap(({ span }) => span ?? [])
        const batches: SeenSpan[][] = []
        for (let at = 0; at < order.length; at += batchSize) batches.push(order.slice(at, at + batchSize))
        const { counted, dropped } = decide(batches)
        expect(counted.map(({ spanId }) => Number(spanId.split('-')[0])).sort((a, b) => a - b)).toEqual(
          calls.map((_, index) => index),
        )
        // What a guess dropped may count after all, once its parents say more: the last word is one of the two.
        const decided = new Set([...idsOf(counted), ...dropped.map(({ spanId }) => spanId)])
        expect(decided.size).toBe(spans.length - 1)
      },
    ),
    { numRuns: 2_000 },
  )
})
