/** The order in which spans come must not change what is counted. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { SeenSpan } from './normalize.ts'
import type { Layer } from './span-reading.ts'
import { decide, failed, idsOf, node, noUsage, permute, see, split } from './trace-leaves.cases.ts'

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
