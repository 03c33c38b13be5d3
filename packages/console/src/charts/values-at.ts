/** What a chart says at one of its steps: for the tooltip, and for who reads it by keyboard. */
import type { PanelSeries } from '@inferometer/core/panels/answer'
import type { LineChartData } from './line-option.ts'

/** A step is drawn at its end, so what is nearest to a moment is the step that ends there. */
export function stepAt({ timesMs, stepMs }: Pick<LineChartData, 'timesMs' | 'stepMs'>, timeMs: number): number {
  const step = Math.floor((timeMs - (timesMs[0] ?? 0) - stepMs / 2) / stepMs)
  return Math.min(timesMs.length - 1, Math.max(0, step))
}

interface SeriesAt {
  readonly one: PanelSeries
  readonly value: number
}

/** Every series that has a value there, the greatest first. */
export function valuesAt({ series }: Pick<LineChartData, 'series'>, at: number): readonly SeriesAt[] {
  return series
    .flatMap((one) => {
      const value = one.values[at] ?? null
      return value === null ? [] : [{ one, value }]
    })
    .sort((one, other) => other.value - one.value)
}
