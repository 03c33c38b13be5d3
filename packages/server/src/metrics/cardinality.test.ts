import type { MetricDefinition } from '@inferometer/core/metrics'
import { describe, expect, it } from 'vitest'
import { type CardinalityLimits, defaultLimits } from './cardinality.ts'
import { createRegistry, type Registry } from './registry.ts'

const labels = ['model', 'token_type']
const tokens: MetricDefinition = { name: 'tokens_total', type: 'counter', labels, help: 't' }
const calls: MetricDefinition = { name: 'calls_total', type: 'counter', labels: ['model'], help: 'c' }
const latency: MetricDefinition = { name: 'latency', type: 'histogram', labels: ['model'], help: 'l', buckets: [1, 2] }

function withLimits(limits: Partial<CardinalityLimits>): Registry {
  return createRegistry({ limits: { ...defaultLimits, ...limits } })
}

function overflows(registry: Registry): Record<string, number> {
  const family = registry.families().find(({ definition }) => definition.name.endsWith('cardinality_overflow_total'))
  if (family?.kind !== 'counter') throw new Error('no overflow counter')
  return Object.fromEntries(family.all.map(({ labelValues, total }) => [labelValues.join(), total]))
}

describe('cardinality caps', () => {
  it('a value becomes __other__ and is counted when its label is full', () => {
    const registry = withLimits({ valuesPerLabel: { model: 2 } })
    const counter = registry.counter(tokens)
    for (const model of ['a', 'b', 'c', 'd', 'a', 'c']) counter.add([model, 'prompt'], 1)
    expect(counter.all.map(({ labelValues, total }) => [labelValues[0], total])).toEqual([
      ['a', 2],
      ['b', 1],
      ['__other__', 3],
    ])
    expect(overflows(registry)).toEqual({ 'tokens_total,model': 3 })
    expect(registry.cardinality().labels).toEqual({
      model: { values: 2, limit: 2 },
      token_type: { values: 1, limit: 100 },
    })
  })

  it('a value is admitted in every metric or in none when several have the label', () => {
    const registry = withLimits({ valuesPerLabel: { model: 1 } })
    const first = registry.counter(tokens)
    const second = registry.counter(calls)
    first.add(['a', 'prompt'], 1)
    second.add(['b'], 1)
    second.add(['a'], 1)
    expect(second.all.map((series) => series.labelValues)).toEqual([['__other__'], ['a']])
  })

  it('labels from outside become __other__ and the rest stays right when the series are used up', () => {
    const registry = withLimits({ series: 4 })
    const counter = registry.counter(tokens)
    for (let i = 0; i < 10; i++) for (const type of ['prompt', 'completion']) counter.add([`m${i}`, type], 1)
    const sums = new Map<string, number>()
    for (const { labelValues, total } of counter.all)
      sums.set(labelValues[1] ?? '', (sums.get(labelValues[1] ?? '') ?? 0) + total)
    expect(Object.fromEntries(sums)).toEqual({ prompt: 10, completion: 10 })
    expect(counter.all).toHaveLength(6)
    expect(overflows(registry)).toEqual({ 'tokens_total,model': 16 })
  })

  it('a histogram counts as the series that Prometheus makes of it', () => {
    const registry = withLimits({ series: 9 })
    const before = registry.cardinality().series
    const histogram = registry.histogram(latency)
    histogram.observe(['a'], 1)
    expect(registry.cardinality().series - before).toBe(5)
    histogram.observe(['b'], 1)
    expect(histogram.all.map((series) => series.labelValues)).toEqual([['a'], ['__other__']])
  })

  it('memory stays flat when a million models come by', () => {
    const registry = withLimits({})
    const counter = registry.counter(tokens)
    for (let i = 0; i < 1_000_000; i++) counter.add([`model-${i}`, 'prompt'], 1)
    expect(counter.all).toHaveLength(defaultLimits.valuesPerLabel.model + 1)
    expect(registry.cardinality().labels.model?.values).toBe(defaultLimits.valuesPerLabel.model)
    expect(counter.all.reduce((sum, series) => sum + series.total, 0)).toBe(1_000_000)
  })

  it('what the caps refuse is counted without end when the caps are 1', () => {
    const registry = withLimits({ series: 1, valuesPerLabel: { model: 1 }, valuesPerOtherLabel: 1 })
    const counter = registry.counter(tokens)
    for (const model of ['a', 'b', 'c']) for (const type of ['x', 'y']) counter.add([model, type], 1)
    expect(overflows(registry)).toEqual({ 'tokens_total,model': 5, 'tokens_total,token_type': 3 })
  })

  it('a value is cut and made valid when it is too long or holds half a pair', () => {
    const registry = withLimits({})
    const counter = registry.counter(calls)
    counter.add(['x'.repeat(5000)], 1)
    counter.add([`${'y'.repeat(255)}\u{1f600}`], 1)
    counter.add(['half \ud800 pair'], 1)
    counter.add(['whole \u{1f600} pair'], 1)
    const values = counter.all.map((series) => series.labelValues[0])
    expect(values).toEqual(['x'.repeat(256), 'y'.repeat(255), 'half \ufffd pair', 'whole \u{1f600} pair'])
    counter.add(['x'.repeat(6000)], 1)
    expect(counter.all[0]?.total).toBe(2)
  })

  it('createRegistry() throws when a limit is no whole number from 1', () => {
    expect(() => withLimits({ series: 0 })).toThrow('Cannot limit series to 0')
    expect(() => withLimits({ valuesPerLabel: { model: 1.5 } })).toThrow('Cannot limit model to 1.5')
  })
})
