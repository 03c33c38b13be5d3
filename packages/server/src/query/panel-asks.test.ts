import { expect, it } from 'vitest'
import type { AggregateRequest, Measure } from './aggregate-source.ts'
import { createAsks } from './panel-asks.ts'

const window = { sinceUs: 0, untilUs: 1_000, stepUs: null }
const calls: Measure = { kind: 'amount', of: 'calls' }
const average: Measure = { kind: 'average', of: 'latencyMs' }
const p95: Measure = { kind: 'quantile', of: 'latencyMs', quantile: 0.95 }
const values = { amount: 7, average: 20, quantile: 90 }

it('createAsks() asks what differs in its measure alone at once, and percentiles apart from what sums can answer', async () => {
  const asked: AggregateRequest[] = []
  const store = {
    async aggregate(request: AggregateRequest) {
      asked.push(request)
      const isGone = request.measures.some(({ kind }) => kind === 'quantile')
      return isGone ? [] : [{ timeUs: null, key: [], values: request.measures.map(({ kind }) => values[kind]) }]
    },
  }
  const asks = createAsks(store, [])
  const read = [p95, calls, average, calls, p95].map((measure) => asks.add(window, [], measure))
  await asks.run()
  expect(asked.map(({ measures }) => measures)).toEqual([[p95], [calls, average]])
  // Retention took the calls, and left what they add up to.
  expect(read.map((answer) => answer().get('[]')?.value)).toEqual([undefined, 7, 20, 7, undefined])
})
