import type { MetricDefinition } from '@inferometer/core/metrics'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CardinalityLimits, defaultLimits } from './cardinality.ts'
import { renderText } from './expose/text.ts'
import { createRegistry, type Registry } from './registry.ts'
import { restore, takeSnapshot } from './snapshot.ts'

const calls: MetricDefinition = { name: 'calls_total', type: 'counter', labels: ['model', 'service_name'], help: 'c' }
const cost: MetricDefinition = { name: 'cost_total', type: 'counter', labels: ['model'], help: 'm' }
const latency: MetricDefinition = {
  name: 'latency',
  type: 'histogram',
  labels: ['model'],
  help: 'l',
  buckets: [10, 100, 1000],
}

interface Observation {
  readonly model: string
  readonly service: string
  readonly amount: number
  readonly nano: number
  readonly ms: number
}

const observation = fc.record({
  model: fc.string({ unit: 'binary', maxLength: 20 }),
  service: fc.string({ unit: 'binary', maxLength: 20 }),
  amount: fc.double({ min: 0, max: 1e12, noNaN: true }),
  nano: fc.maxSafeNat(),
  ms: fc.double({ min: 0, max: 1e9, noNaN: true }),
})

function newRegistry(limits: CardinalityLimits = defaultLimits) {
  const registry = createRegistry({ limits })
  const metrics = {
    calls: registry.counter(calls),
    cost: registry.counter(cost, 1000),
    latency: registry.histogram(latency),
  }
  const record = ({ model, service, amount, nano, ms }: Observation) => {
    metrics.calls.add([model, service], amount)
    metrics.cost.add([model], nano)
    metrics.latency.observe([model], ms)
  }
  return { registry, metrics, record }
}

/** The text leaves out native buckets, so these are put beside it. */
function stateOf(registry: Registry): unknown {
  const families = registry.families()
  const natives = families.flatMap((family) =>
    family.kind === 'histogram'
      ? family.all.map(({ native }) => [native.schema, native.zeroCount, native.offset, [...native.counts]])
      : [],
  )
  return { text: renderText(families, 'prometheus'), natives }
}

describe('takeSnapshot() and restore()', () => {
  it('restore() gives back every counter and bucket when the registry is new', () => {
    fc.assert(
      fc.property(fc.array(observation), (observations) => {
        const before = newRegistry()
        observations.forEach(before.record)
        const after = newRegistry()
        expect(restore(after.registry, takeSnapshot(before.registry))).toMatchObject({ ok: true, problems: [] })
        expect(stateOf(after.registry)).toEqual(stateOf(before.registry))
      }),
    )
  })

  it('restore() gives back every series when the caps had been reached', () => {
    const limits = { series: 60, valuesPerLabel: { model: 12, service_name: 2 }, valuesPerOtherLabel: 5 }
    const before = newRegistry(limits)
    for (let i = 0; i < 200; i++)
      before.record({ model: `m${i % 20}`, service: `s${i % 3}`, amount: 1, nano: 1, ms: i })
    const after = newRegistry(limits)
    restore(after.registry, takeSnapshot(before.registry))
    expect(stateOf(after.registry)).toEqual(stateOf(before.registry))
    const one = { model: 'new', service: 'new', amount: 1, nano: 1, ms: 1 }
    before.record(one)
    after.record(one)
    expect(stateOf(after.registry)).toEqual(stateOf(before.registry))
  })

  it('restore() leaves gauges alone', () => {
    const depth: MetricDefinition = { name: 'depth', type: 'gauge', labels: [], help: 'd' }
    const before = createRegistry({ limits: defaultLimits })
    before.gauge(depth).set([], 7)
    const after = createRegistry({ limits: defaultLimits })
    const gauge = after.gauge(depth)
    restore(after, takeSnapshot(before))
    expect(gauge.all[0]?.value).toBe(0)
  })

  it('restore() keeps what it can and says what changed when the catalogue is another', () => {
    const before = createRegistry({ limits: defaultLimits })
    before.counter({ ...calls, name: 'gone_total' }).add(['a', 's'], 1)
    before.counter({ ...calls, name: 'other_type' }).add(['a', 's'], 1)
    const counter = before.counter(calls)
    counter.add(['a', 's'], 2)
    counter.add(['b', 's'], 3)
    const histogram = before.histogram(latency)
    for (const ms of [5, 50, 500, 5000]) histogram.observe(['a'], ms)

    const after = createRegistry({ limits: defaultLimits })
    after.histogram({ ...latency, name: 'other_type' })
    const counterAfter = after.counter({ ...calls, labels: ['region', 'service_name'] })
    const histogramAfter = after.histogram({ ...latency, buckets: [20, 100, 200, 2000] })
    const result = restore(after, takeSnapshot(before))

    expect(result).toEqual({
      ok: true,
      series: 3,
      problems: [
        { metric: 'gone_total', problem: 'unknown' },
        { metric: 'other_type', problem: 'type_changed' },
        { metric: 'calls_total', problem: 'labels_changed' },
        { metric: 'latency', problem: 'buckets_changed' },
      ],
    })
    expect(counterAfter.all.map(({ labelValues, total }) => [labelValues, total])).toEqual([[['', 's'], 5]])
    const [series] = histogramAfter.all
    expect([...(series?.counts ?? [])]).toEqual([1, 1, 0, 1, 1])
    expect([series?.count, series?.sum]).toEqual([4, 5555])
  })

  it('restore() changes nothing and says why when the bytes are no snapshot', () => {
    const before = newRegistry()
    before.record({ model: 'm', service: 's', amount: 1, nano: 1, ms: 1 })
    const whole = takeSnapshot(before.registry)
    const after = newRegistry()
    const empty = stateOf(after.registry)
    for (let length = 0; length < whole.length; length++)
      expect(restore(after.registry, whole.subarray(0, length)).ok).toBe(false)
    expect(restore(after.registry, Uint8Array.from([...whole, 0]))).toMatchObject({ why: 'something follows its end' })
    const newer = Uint8Array.from(whole)
    newer[20] = 99
    expect(restore(after.registry, newer)).toEqual({ ok: false, why: 'its version is 99, not 1' })
    expect(stateOf(after.registry)).toEqual(empty)
  })

  it('restore() answers and never throws when bytes are flipped', () => {
    const before = newRegistry()
    for (let i = 0; i < 5; i++) before.record({ model: `m${i}`, service: 's', amount: 1, nano: 1, ms: i * 100 })
    const whole = takeSnapshot(before.registry)
    fc.assert(
      fc.property(fc.nat({ max: whole.length - 1 }), fc.integer({ min: 1, max: 255 }), (position, flip) => {
        const damaged = Uint8Array.from(whole)
        damaged[position] = (damaged[position] ?? 0) ^ flip
        expect(typeof restore(newRegistry().registry, damaged).ok).toBe('boolean')
      }),
    )
  })
})
