import { type MetricDefinition, type MetricType, selfMetrics } from '@inferometer/core/metrics'
import {
  type Cardinality,
  CardinalityCaps,
  type CardinalityLimits,
  type OverflowListener,
  seriesWeight,
  unlimited,
} from './cardinality.ts'
import { Counter, type PartsPerUnit } from './counter.ts'
import { Gauge } from './gauge.ts'
import { Histogram } from './histogram.ts'

export type Family = Counter | Gauge | Histogram

export interface Registry {
  /** `partsPerUnit` 1000: amounts are given in thousandths of the metric's unit, whole, and add up without drift. */
  counter(definition: MetricDefinition, partsPerUnit?: PartsPerUnit): Counter
  /** Takes the definition of a counter as well, when its total is kept elsewhere and only shown here. */
  gauge(definition: MetricDefinition): Gauge
  histogram(definition: MetricDefinition): Histogram
  /** Runs before every scrape, to set what is only read then. */
  onCollect(hook: () => void): void
  /** What a scrape shows: runs the hooks, then answers every metric in order of registration. */
  collect(): readonly Family[]
  /** The same without running the hooks. */
  families(): readonly Family[]
  /** How full the caps are: distinct values per label, series in all. */
  cardinality(): Cardinality
}

export interface RegistryOptions {
  readonly limits: CardinalityLimits
  /** Told of every value that the caps refused. */
  readonly onOverflow?: OverflowListener
}

/**
 * An empty registry. It brings its own two metrics: the number of series, and what the caps refused.
 * Throws `Cannot limit …` when a limit is no whole number from 1.
 */
export function createRegistry({ limits, onOverflow }: RegistryOptions): Registry {
  const byName = new Map<string, Family>()
  const hooks: (() => void)[] = []

  const register = <F extends Family>(family: F, types: readonly MetricType[]): F => {
    const { name, type } = family.definition
    if (!types.includes(type)) throw new Error(`BUG: ${name} is a ${type}`)
    if (byName.has(name)) throw new Error(`BUG: ${name} is registered twice`)
    byName.set(name, family)
    return family
  }
  const families = () => [...byName.values()]
  const countSeries = () =>
    families().reduce((sum, { definition, all }) => sum + all.length * seriesWeight(definition), 0)

  const overflow = register(new Counter(selfMetrics.cardinalityDropped, unlimited, 1), ['counter'])
  const caps = new CardinalityCaps(limits, (metric, label) => {
    overflow.add([metric, label], 1)
    onOverflow?.(metric, label)
  })
  const series = register(new Gauge(selfMetrics.series, unlimited), ['gauge'])
  hooks.push(() => series.set([], countSeries()))

  return {
    counter: (definition, partsPerUnit = 1) => register(new Counter(definition, caps, partsPerUnit), ['counter']),
    gauge: (definition) => register(new Gauge(definition, caps), ['gauge', 'counter']),
    histogram: (definition) => register(new Histogram(definition, caps), ['histogram']),
    onCollect: (hook) => void hooks.push(hook),
    collect: () => {
      for (const hook of hooks) hook()
      return families()
    },
    families,
    cardinality: () => ({ series: countSeries(), seriesLimit: limits.series, labels: caps.labels() }),
  }
}
