import type { MetricDefinition } from '@inferometer/core/metrics'
import type { Admission } from './cardinality.ts'
import { Series } from './series.ts'
import { SeriesIndex } from './series-index.ts'

export class GaugeSeries extends Series {
  value = 0
}

/** A value that is set. Also a counter whose total is kept elsewhere, such as the CPU time of the process. */
export class Gauge {
  readonly kind = 'gauge'
  readonly definition: MetricDefinition
  private readonly index: SeriesIndex<GaugeSeries>

  constructor(definition: MetricDefinition, admission: Admission) {
    this.definition = definition
    this.index = new SeriesIndex(definition, admission, (labelValues) => new GaugeSeries(definition, labelValues))
  }

  set(labelValues: readonly string[], value: number): void {
    this.index.get(labelValues).value = value
  }

  get all(): readonly GaugeSeries[] {
    return this.index.all
  }
}
