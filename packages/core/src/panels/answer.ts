/** What the server answers of panels, and the built-in console draws: the schema of POST /v1/panels/query in types. */

export interface PanelSeries {
  /** Index of the panel's query. */
  readonly query: number
  /** The legend, filled in. */
  readonly name: string
  /** The values of the query's `by`, by label: service_name, model … */
  readonly labels: Readonly<Record<string, string>>
  /** For the whole range; null is not known. */
  readonly value: number | null
  /** Of a stat or gauge: the same for the equal period before. */
  readonly previous: number | null
  /** Of each step; null is a gap. Of a stat or gauge: its course. */
  readonly values: readonly (number | null)[]
}

/** One of the calls behind a panel. */
export interface PanelExample {
  readonly time_ms: number
  readonly value: number
  readonly model: string
  readonly service_name: string
  readonly trace_id: string
  readonly span_id: string
}

export interface PanelAnswer {
  readonly id: string
  /** Why there is no answer; null where there is one. */
  readonly error: string | null
  readonly since_ms: number
  readonly until_ms: number
  /** Starts of the steps. */
  readonly times_ms: readonly number[]
  readonly step_ms: number
  readonly series: readonly PanelSeries[]
  /** What the numbers leave out. */
  readonly notes: readonly string[]
  /** The slowest calls, where the panel shows single calls. */
  readonly examples: readonly PanelExample[]
}

export interface PanelsAnswer {
  readonly panels: readonly PanelAnswer[]
}

/** A panel as it is shown: of the catalogue, with what was edited in build/dashboards. */
export interface ShownPanel {
  readonly id: string
  readonly title: string
  readonly description: string
  readonly kind: 'timeseries' | 'stacked' | 'bars' | 'donut' | 'gauge' | 'stat' | 'table'
  readonly unit: 'milliseconds' | 'usd' | 'share' | 'count' | 'calls_per_second' | 'tokens_per_second'
  /** On a grid of 24 columns. */
  readonly place: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
  readonly thresholds: readonly { readonly from: number; readonly level: 'good' | 'warn' | 'bad' }[]
  readonly no_data: string
  readonly period: 'chosen' | 'today'
  readonly examples: boolean
  readonly queries: readonly ShownQuery[]
  /** What of an edit the console cannot show. */
  readonly notes: readonly string[]
}

export interface ShownQuery {
  readonly legend: string
  readonly promql: string
  /** What is asked of the store; null where the PromQL was changed to something that has no such terms. */
  readonly terms: unknown
  readonly unit?: ShownPanel['unit'] | undefined
}

export interface ShownDashboard {
  readonly uid: string
  readonly title: string
  readonly description: string
  readonly panels: readonly ShownPanel[]
  /** What is wrong with its file in build/dashboards. */
  readonly notes: readonly string[]
}

export interface DashboardsAnswer {
  readonly dashboards: readonly ShownDashboard[]
}
