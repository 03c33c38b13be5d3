import type { MetricDefinition } from '@inferometer/core/metrics'
import type { Admission } from './cardinality.ts'
import { type Exemplar, keepNewest, type StoredExemplar } from './exemplar.ts'
import { Series } from './series.ts'
import { SeriesIndex } from './series-index.ts'

/** In how many parts of its unit a counter is given its amounts: 1000 for micro-dollars given as nano-dollars. */
export type PartsPerUnit = 1 | 1000

export class CounterSeries extends Series {
  /** In whole units where the counter has parts, exact up to 2^53. */
  total = 0
  /** Parts beyond the whole units, below `partsPerUnit`. */
  parts = 0
  exemplar: StoredExemplar | undefined = undefined
  private readonly name: string
  private readonly partsPerUnit: PartsPerUnit

  constructor(definition: MetricDefinition, partsPerUnit: PartsPerUnit, labelValues: readonly string[]) {
    super(definition, labelValues)
    this.name = definition.name
    this.partsPerUnit = partsPerUnit
  }

  add(amount: number, exemplar?: Exemplar): void {
    if (!(amount >= 0 && amount < Number.POSITIVE_INFINITY))
      throw new Error(`BUG: ${this.name} cannot grow by ${amount}`)
    if (this.partsPerUnit === 1) this.total += amount
    else this.addParts(amount)
    if (exemplar !== undefined) this.exemplar = keepNewest(this.exemplar, exemplar, amount / this.partsPerUnit)
  }

  /** Adds a total that another counter of the same parts had. */
  merge({ total, parts }: { readonly total: number; readonly parts: number }): void {
    this.total += total
    this.carry(parts)
  }

  private addParts(amount: number): void {
    if (!Number.isSafeInteger(amount)) throw new Error(`BUG: ${this.name} cannot grow by ${amount} parts: not whole`)
    this.total += Math.floor(amount / this.partsPerUnit)
    this.carry(amount % this.partsPerUnit)
  }

  private carry(parts: number): void {
    const sum = this.parts + parts
    const overflows = sum >= this.partsPerUnit
    if (overflows) this.total += 1
    this.parts = overflows ? sum - this.partsPerUnit : sum
  }
}

/** A total that only grows. */
export class Counter {
  readonly kind = 'counter'
  readonly definition: MetricDefinition
  readonly partsPerUnit: PartsPerUnit
  private readonly index: SeriesIndex<CounterSeries>

  constructor(definition: MetricDefinition, admission: Admission, partsPerUnit: PartsPerUnit) {
    this.definition = definition
    this.partsPerUnit = partsPerUnit
    this.index = new SeriesIndex(
      definition,
      admission,
      (labelValues) => new CounterSeries(definition, partsPerUnit, labelValues),
    )
  }

  /**
   * Adds a finite amount from 0, in parts of the unit where the counter has parts. Adding 0 makes the series, so that
   * Prometheus sees it before its first growth.
   */
  add(labelValues: readonly string[], amount: number, exemplar?: Exemplar): void {
    this.index.get(labelValues).add(amount, exemplar)
  }

  /** The series itself, for a place that adds to the same one again and again. */
  series(labelValues: readonly string[]): CounterSeries {
    return this.index.get(labelValues)
  }

  get all(): readonly CounterSeries[] {
    return this.index.all
  }
}
