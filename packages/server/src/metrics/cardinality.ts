import { type MetricDefinition, overflowLabel } from '@inferometer/core/metrics'
import { cleanLabelValue, copyString } from './label-value.ts'

export interface CardinalityLimits {
  /**
   * Series in all, as Prometheus counts them: a counter is one, a histogram one per bucket and three (+Inf, sum, count).
   * One pair of model and service makes about 90.
   */
  readonly series: number
  /** Distinct values of the labels whose values come from outside. */
  readonly valuesPerLabel: Readonly<Record<string, number>>
  /** Distinct values of every other label; these come from our own code, so this only guards against a bug. */
  readonly valuesPerOtherLabel: number
}

export const defaultLimits = {
  series: 50_000,
  valuesPerLabel: { model: 200, provider: 50, service_name: 100, pattern: 200, http_status: 60, destination: 20 },
  valuesPerOtherLabel: 100,
} as const satisfies CardinalityLimits

export interface Cardinality {
  readonly series: number
  readonly seriesLimit: number
  readonly labels: Readonly<Record<string, { readonly values: number; readonly limit: number }>>
}

/** Decides which label values and series of a metric may come into being. */
export interface Admission {
  /** Makes label values fit the caps of their labels. */
  admitValues(definition: MetricDefinition, labelValues: readonly string[]): readonly string[]
  /** Makes room for a series that does not exist yet, or says which one takes its place. */
  admitSeries(definition: MetricDefinition, labelValues: readonly string[]): readonly string[]
}

/** For the metric that counts what the caps refused: it must never be refused itself. */
export const unlimited: Admission = {
  admitValues: (_definition, labelValues) => labelValues,
  admitSeries: (_definition, labelValues) => labelValues,
}

/** How many series of Prometheus one label set of this metric makes. */
export function seriesWeight(definition: MetricDefinition): number {
  return definition.type === 'histogram' ? (definition.buckets?.length ?? 0) + 3 : 1
}

export type OverflowListener = (metric: string, label: string) => void

/**
 * Caps that hold for the whole registry: a value is admitted to its label, first come first served, in every metric or
 * in none, so that metrics can be joined. When the series are used up, labels with values from outside become
 * `__other__` and the rest stay: totals by token type or status remain right.
 */
export class CardinalityCaps implements Admission {
  private readonly limits: CardinalityLimits
  private readonly onOverflow: OverflowListener
  /** Per label, each admitted value to a copy of it that is ours. */
  private readonly admitted = new Map<string, Map<string, string>>()
  private usedSeries = 0

  constructor(limits: CardinalityLimits, onOverflow: OverflowListener) {
    checkLimits(limits)
    this.limits = limits
    this.onOverflow = onOverflow
  }

  admitValues(definition: MetricDefinition, labelValues: readonly string[]): readonly string[] {
    const hasRoom = this.hasRoom(definition)
    return definition.labels.map((label, i) => {
      const value = this.admitValue(label, cleanLabelValue(labelValues[i] ?? ''), hasRoom)
      if (value === undefined) this.onOverflow(definition.name, label)
      return value ?? overflowLabel
    })
  }

  admitSeries(definition: MetricDefinition, labelValues: readonly string[]): readonly string[] {
    if (definition.labels.every((label, i) => !this.isOpen(label) || labelValues[i] === overflowLabel))
      return labelValues
    if (this.hasRoom(definition)) {
      this.usedSeries += seriesWeight(definition)
      return labelValues
    }
    return labelValues.map((value, i) => {
      const label = definition.labels[i] ?? ''
      if (!this.isOpen(label) || value === overflowLabel) return value
      this.onOverflow(definition.name, label)
      return overflowLabel
    })
  }

  labels(): Cardinality['labels'] {
    const entries = [...this.admitted].map(([label, values]) => [
      label,
      { values: values.size, limit: this.valueLimit(label) },
    ])
    return Object.fromEntries(entries)
  }

  private admitValue(label: string, value: string, hasRoom: boolean): string | undefined {
    if (value === overflowLabel) return value
    let values = this.admitted.get(label)
    if (values === undefined) {
      values = new Map()
      this.admitted.set(label, values)
    }
    const known = values.get(value)
    if (known !== undefined) return known
    if (values.size >= this.valueLimit(label) || (!hasRoom && this.isOpen(label))) return undefined
    const own = copyString(value)
    values.set(own, own)
    return own
  }

  private hasRoom(definition: MetricDefinition): boolean {
    return this.usedSeries + seriesWeight(definition) <= this.limits.series
  }

  private isOpen(label: string): boolean {
    return Object.hasOwn(this.limits.valuesPerLabel, label)
  }

  private valueLimit(label: string): number {
    return this.limits.valuesPerLabel[label] ?? this.limits.valuesPerOtherLabel
  }
}

function checkLimits(limits: CardinalityLimits): void {
  const { series, valuesPerLabel, valuesPerOtherLabel } = limits
  for (const [name, limit] of Object.entries({ series, valuesPerOtherLabel, ...valuesPerLabel }))
    if (!Number.isSafeInteger(limit) || limit < 1)
      throw new Error(`Cannot limit ${name} to ${limit}: a limit is a whole number from 1`)
}
