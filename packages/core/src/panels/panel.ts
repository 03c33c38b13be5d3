import { type Window, writePromql } from './promql.ts'
import type { PanelTerms } from './terms.ts'

/**
 * `timeseries`, `stacked`: values over time. The others show one value for the whole range: `bars` one per row or, of
 * several queries, side by side; `table` one row per combination of values and one column per query.
 */
export type PanelKind = 'timeseries' | 'stacked' | 'bars' | 'donut' | 'gauge' | 'stat' | 'table'

/** `share`: of 1. `usd`: dollars. */
export type Unit = 'milliseconds' | 'usd' | 'share' | 'count' | 'calls_per_second' | 'tokens_per_second'

/** In force from `from` on. */
export interface Threshold {
  readonly from: number
  readonly level: 'good' | 'warn' | 'bad'
}

export interface PanelQuery {
  /** Of a series, slice, bar or column; {model} stands for the value of that dimension. */
  readonly legend: string
  readonly terms: PanelTerms
  readonly promql: string
  /** Where it differs from the panel's. */
  readonly unit?: Unit
}

export interface Panel {
  /** Unique on its dashboard. */
  readonly id: string
  readonly title: string
  /** What it means, and what to do about it. */
  readonly description: string
  /** What is true of it in Prometheus alone: the store of calls can be narrowed by everything. */
  readonly inPrometheus: string | null
  readonly kind: PanelKind
  readonly unit: Unit
  /** Of 24 columns. */
  readonly width: 6 | 8 | 12 | 24
  readonly queries: readonly PanelQuery[]
  /** Ascending; none: nothing is judged. */
  readonly thresholds: readonly Threshold[]
  /** What is shown where there is no answer. */
  readonly noData: string
  /** `today`: from the viewer's midnight until now, whatever range is chosen. */
  readonly period: 'chosen' | 'today'
  /** Single calls are shown as points that lead to their trace. */
  readonly exemplars: boolean
}

export interface Dashboard {
  readonly uid: string
  readonly title: string
  readonly description: string
  readonly panels: readonly Panel[]
}

type Optional = 'inPrometheus' | 'thresholds' | 'noData' | 'period' | 'exemplars'
export type PanelFields = Omit<Panel, 'queries' | Optional> &
  Partial<Pick<Panel, Optional>> & { readonly queries: readonly Omit<PanelQuery, 'promql'>[] }

export function isOverTime({ kind }: Pick<Panel, 'kind'>): boolean {
  return kind === 'timeseries' || kind === 'stacked'
}

export function definePanel(fields: PanelFields): Panel {
  const window: Window = isOverTime(fields) ? 'each_step' : 'whole_range'
  return {
    inPrometheus: null,
    thresholds: [],
    noData: 'No calls in this range',
    period: 'chosen',
    exemplars: false,
    ...fields,
    queries: fields.queries.map((query) => ({ ...query, promql: writePromql(query.terms, window) })),
  }
}
