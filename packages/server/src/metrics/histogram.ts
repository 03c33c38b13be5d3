import type { MetricDefinition } from '@inferometer/core/metrics'
import type { Admission } from './cardinality.ts'
import { type Exemplar, keepNewest, type StoredExemplar } from './exemplar.ts'
import { NativeBuckets, type NativeState } from './native-buckets.ts'
import { Series } from './series.ts'
import { SeriesIndex } from './series-index.ts'

export interface HistogramState {
  readonly bounds: readonly number[]
  /** One more than there are bounds. */
  readonly counts: readonly number[]
  readonly sum: number
  readonly native: NativeState
}

export class HistogramSeries extends Series {
  /** Upper bounds, inclusive, ascending, without +Inf. */
  readonly bounds: readonly number[]
  /** Observations per bucket, not cumulative; the last is +Inf. */
  readonly counts: Float64Array
  readonly native = new NativeBuckets()
  /** By bucket. Made by the first exemplar. */
  exemplars: (StoredExemplar | undefined)[] | undefined = undefined
  count = 0
  sum = 0
  private readonly name: string

  constructor(definition: MetricDefinition, bounds: readonly number[], labelValues: readonly string[]) {
    super(definition, labelValues)
    this.name = definition.name
    this.bounds = bounds
    this.counts = new Float64Array(bounds.length + 1)
  }

  observe(value: number, exemplar?: Exemplar): void {
    if (!(value >= 0 && value < Number.POSITIVE_INFINITY)) throw new Error(`BUG: ${this.name} cannot observe ${value}`)
    const bucket = this.findBucket(value)
    this.counts[bucket] = (this.counts[bucket] ?? 0) + 1
    this.count += 1
    this.sum += value
    this.native.observe(value)
    if (exemplar === undefined) return
    this.exemplars ??= new Array<StoredExemplar | undefined>(this.counts.length).fill(undefined)
    this.exemplars[bucket] = keepNewest(this.exemplars[bucket], exemplar, value)
  }

  /**
   * Adds what another histogram of the same metric held, whose bounds may differ. Each of its buckets goes whole to the
   * bucket that holds its upper bound: exact at every bound that both have, and in count, sum and native buckets.
   */
  merge(state: HistogramState): void {
    state.counts.forEach((count, i) => {
      const bucket = this.findBucket(state.bounds[i] ?? Number.POSITIVE_INFINITY)
      this.counts[bucket] = (this.counts[bucket] ?? 0) + count
      this.count += count
    })
    this.sum += state.sum
    this.native.merge(state.native)
  }

  /** The bucket that holds the value: the first whose bound is not below it. */
  findBucket(value: number): number {
    let low = 0
    let high = this.bounds.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.bounds[middle] ?? 0) < value) low = middle + 1
      else high = middle
    }
    return low
  }
}

/** Observations in classic buckets and, at the same time, in the sparse buckets of a native histogram. */
export class Histogram {
  readonly kind = 'histogram'
  readonly definition: MetricDefinition
  readonly bounds: readonly number[]
  private readonly index: SeriesIndex<HistogramSeries>

  constructor(definition: MetricDefinition, admission: Admission) {
    const bounds = checkBounds(definition)
    this.definition = definition
    this.bounds = bounds
    this.index = new SeriesIndex(
      definition,
      admission,
      (labelValues) => new HistogramSeries(definition, bounds, labelValues),
    )
  }

  /** Takes a finite value from 0, in the unit of the metric. */
  observe(labelValues: readonly string[], value: number, exemplar?: Exemplar): void {
    this.index.get(labelValues).observe(value, exemplar)
  }

  /** The series itself, for a place that observes in the same one again and again. */
  series(labelValues: readonly string[]): HistogramSeries {
    return this.index.get(labelValues)
  }

  get all(): readonly HistogramSeries[] {
    return this.index.all
  }
}

function checkBounds({ name, buckets = [] }: MetricDefinition): readonly number[] {
  buckets.forEach((bound, i) => {
    if (!Number.isFinite(bound) || bound <= (buckets[i - 1] ?? Number.NEGATIVE_INFINITY))
      throw new Error(`BUG: the buckets of ${name} must be finite and ascend`)
  })
  return buckets
}
