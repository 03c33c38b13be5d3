import type { MetricDefinition } from '@inferometer/core/metrics'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { defaultLimits } from './cardinality.ts'
import { formatCounter } from './expose/format-number.ts'
import { createRegistry } from './registry.ts'

const requests: MetricDefinition = { name: 'requests_total', type: 'counter', labels: ['model', 'kind'], help: 'r' }
const money: MetricDefinition = { name: 'money_total', type: 'counter', labels: [], help: 'm' }
const times: MetricDefinition = {
  name: 'times',
  type: 'histogram',
  labels: ['model'],
  help: 't',
  buckets: [1, 10, 100],
}
const depth: MetricDefinition = { name: 'depth', type: 'gauge', labels: ['model'], help: 'd' }

const newRegistry = () => createRegistry({ limits: defaultLimits })

describe('createRegistry()', () => {
  it('throws a bug when a metric is registered twice or as what it is not', () => {
    const registry = newRegistry()
    registry.counter(requests)
    expect(() => registry.counter(requests)).toThrow(/^BUG: requests_total is registered twice/)
    expect(() => registry.counter(depth)).toThrow(/^BUG: depth is a gauge/)
    expect(() => registry.histogram(depth)).toThrow(/^BUG: depth is a gauge/)
    expect(() => registry.histogram({ ...times, buckets: [1, 1] })).toThrow(/^BUG: the buckets of times/)
  })

  it('shows metrics in order of registration and runs the hooks when it is collected', () => {
    const registry = newRegistry()
    const gauge = registry.gauge(depth)
    registry.counter(requests)
    registry.onCollect(() => gauge.set(['m'], 4))
    const names = registry.collect().map((family) => family.definition.name)
    expect(names.slice(-2)).toEqual(['depth', 'requests_total'])
    expect(gauge.all[0]?.value).toBe(4)
  })
})

describe('Counter', () => {
  it('add() makes one series per set of label values when 0 is added', () => {
    const counter = newRegistry().counter(requests)
    counter.add(['a', 'x'], 0)
    counter.add(['a', 'y'], 2)
    counter.add(['a', 'y'], 3)
    expect(counter.all.map(({ labelValues, total }) => [labelValues, total])).toEqual([
      [['a', 'x'], 0],
      [['a', 'y'], 5],
    ])
  })

  it('add() throws a bug when the amount is negative, not finite or the labels are too few or many', () => {
    const counter = newRegistry().counter(requests)
    for (const amount of [-1, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => counter.add(['a', 'x'], amount)).toThrow(/^BUG: requests_total cannot grow by/)
    for (const labels of [[], ['a'], ['a', 'x', 'z']])
      expect(() => counter.add(labels, 1)).toThrow(/^BUG: requests_total has/)
  })

  it('add() keeps series apart when their label values only look alike once joined', () => {
    const counter = newRegistry().counter(requests)
    for (const labels of [
      ['a,b', 'c'],
      ['a', 'b,c'],
      ['a\u0000b', ''],
      ['a', '\u0000b'],
      ['__proto__', 'constructor'],
    ])
      counter.add(labels, 1)
    expect(counter.all.map((series) => series.total)).toEqual([1, 1, 1, 1, 1])
  })

  it('add() loses no part of a unit when many parts are added', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 10_000_000_000 })), (amounts) => {
        const counter = newRegistry().counter(money, 1000)
        for (const amount of amounts) counter.add([], amount)
        const nano = amounts.reduce((sum, amount) => sum + BigInt(amount), 0n)
        const [series] = counter.all
        if (series === undefined) throw new Error('no series')
        const [whole = '', parts = ''] = formatCounter(series).split('.')
        expect(BigInt(whole) * 1000n + BigInt(parts.padEnd(3, '0'))).toBe(nano)
      }),
    )
  })

  it('add() stays exact to the nano-dollar when the total is nine billion dollars', () => {
    const counter = newRegistry().counter(money, 1000)
    for (let i = 0; i < 1000; i++) counter.add([], 9_000_000_000_000_000)
    counter.add([], 1)
    const [series] = counter.all
    expect(series && formatCounter(series)).toBe('9000000000000000.001')
    expect(() => counter.add([], 0.5)).toThrow(/not whole/)
  })

  it('add() keeps the exemplar that is newest by its own time when they come in another order', () => {
    const counter = newRegistry().counter(requests)
    const exemplar = (traceId: string, timestampMs: number) => ({ traceId, spanId: 's', timestampMs })
    counter.add(['a', 'x'], 1, exemplar('first', 1000))
    counter.add(['a', 'x'], 2, exemplar('last', 3000))
    counter.add(['a', 'x'], 3, exemplar('late', 2000))
    expect(counter.all[0]?.exemplar).toEqual({ traceId: 'last', spanId: 's', timestampMs: 3000, value: 2 })
  })
})

describe('Histogram', () => {
  it('observe() counts each value in the bucket whose bound is not below it and in a native one', () => {
    const histogram = newRegistry().histogram(times)
    for (const value of [0, 1, 1.5, 10, 99, 100, 101]) histogram.observe(['m'], value)
    const [series] = histogram.all
    expect([...(series?.counts ?? [])]).toEqual([2, 2, 2, 1])
    expect(series?.count).toBe(7)
    expect(series?.sum).toBe(312.5)
    expect(series?.native.zeroCount).toBe(1)
    expect([...(series?.native.counts ?? [])].reduce((sum, count) => sum + count, 0)).toBe(6)
  })

  it('observe() keeps one exemplar per bucket when several are given', () => {
    const histogram = newRegistry().histogram(times)
    const exemplar = { traceId: 't', spanId: 's', timestampMs: 5 }
    histogram.observe(['m'], 5, exemplar)
    histogram.observe(['m'], 7, { ...exemplar, traceId: 'u' })
    histogram.observe(['m'], 1000, exemplar)
    expect(histogram.all[0]?.exemplars?.map((stored) => stored && [stored.traceId, stored.value])).toEqual([
      undefined,
      ['u', 7],
      undefined,
      ['t', 1000],
    ])
  })

  it('observe() throws a bug when the value is negative or not finite', () => {
    const histogram = newRegistry().histogram(times)
    for (const value of [-0.1, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => histogram.observe(['m'], value)).toThrow(/^BUG: times cannot observe/)
  })
})
