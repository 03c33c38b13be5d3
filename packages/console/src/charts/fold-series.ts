/** At most eight series are drawn: the greatest, and the rest as `other (n)` where a sum of them means something. */
import type { PanelSeries, ShownPanel } from '@inferometer/core/panels/answer'

export const shownAtMost = 8
export const otherName = (count: number): string => `other (${count})`

export interface Folded {
  readonly series: readonly PanelSeries[]
  /** So many are not drawn, and cannot be added up. */
  readonly hidden: number
}

export const lastOf = (values: readonly (number | null)[]): number | null =>
  values.reduceRight<number | null>((found, value) => found ?? value, null)

export function meanOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length
}

export function maxOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : Math.max(...known)
}

const sizeOf = ({ value, values }: PanelSeries): number => value ?? meanOf(values) ?? -1

/** Sums can be added up, percentiles and shares cannot. */
export function isAdditive({ unit, kind }: Pick<ShownPanel, 'unit' | 'kind'>): boolean {
  return kind === 'stacked' || kind === 'donut' || (unit !== 'milliseconds' && unit !== 'share' && kind !== 'bars')
}

export function foldSeries(series: readonly PanelSeries[], panel: Pick<ShownPanel, 'unit' | 'kind'>): Folded {
  const isGrouped = series.some(({ labels }) => Object.keys(labels).length > 0)
  // What is no group of calls stays in the order of the panel.
  const sorted = isGrouped ? [...series].sort((one, other) => sizeOf(other) - sizeOf(one)) : series
  if (series.length <= shownAtMost) return { series: sorted, hidden: 0 }
  if (!isAdditive(panel)) return { series: sorted.slice(0, shownAtMost), hidden: series.length - shownAtMost }
  const rest = sorted.slice(shownAtMost - 1)
  return { series: [...sorted.slice(0, shownAtMost - 1), addUp(rest)], hidden: 0 }
}

export function addUp(rest: readonly PanelSeries[]): PanelSeries {
  const sum = (numbers: readonly (number | null)[]) => {
    const known = numbers.filter((number) => number !== null)
    return known.length === 0 ? null : known.reduce((total, number) => total + number, 0)
  }
  const length = Math.max(0, ...rest.map(({ values }) => values.length))
  return {
    query: rest[0]?.query ?? 0,
    name: otherName(rest.length),
    labels: {},
    value: sum(rest.map(({ value }) => value)),
    previous: null,
    values: Array.from({ length }, (_, index) => sum(rest.map(({ values }) => values[index] ?? null))),
  }
}
