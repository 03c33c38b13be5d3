import { formatBound } from './expose/format-number.ts'
import type { HistogramSeries } from './histogram.ts'
import type { Family } from './registry.ts'

export type Label = readonly [name: string, value: string]

/** The value of one series as Prometheus keeps it. Labels without `__name__`. */
export interface Sample {
  readonly name: string
  readonly labels: readonly Label[]
  readonly value: number
}

/** Every series a scrape of the text format would give, with the same names, labels and values. */
export function listSamples(families: readonly Family[]): Sample[] {
  const samples: Sample[] = []
  for (const family of families) {
    const { name, labels: labelNames } = family.definition
    const toLabels = (values: readonly string[]): Label[] => labelNames.map((label, i) => [label, values[i] ?? ''])
    if (family.kind === 'histogram') {
      for (const series of family.all) addHistogram(samples, { name, labels: toLabels(series.labelValues), series })
    } else if (family.kind === 'gauge') {
      for (const { labelValues, value } of family.all) samples.push({ name, labels: toLabels(labelValues), value })
    } else {
      for (const { labelValues, total, parts } of family.all)
        samples.push({ name, labels: toLabels(labelValues), value: total + parts / family.partsPerUnit })
    }
  }
  return samples
}

interface HistogramSamples {
  readonly name: string
  readonly labels: readonly Label[]
  readonly series: HistogramSeries
}

function addHistogram(samples: Sample[], { name, labels, series }: HistogramSamples): void {
  let cumulative = 0
  series.counts.forEach((count, i) => {
    cumulative += count
    const bound = formatBound(series.bounds[i] ?? Number.POSITIVE_INFINITY)
    samples.push({ name: `${name}_bucket`, labels: [...labels, ['le', bound]], value: cumulative })
  })
  samples.push({ name: `${name}_sum`, labels, value: series.sum })
  samples.push({ name: `${name}_count`, labels, value: series.count })
}
