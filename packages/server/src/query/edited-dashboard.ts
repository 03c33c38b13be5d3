/** What was edited in build/dashboards/<uid>.json, laid over the catalogue: the console shows what Grafana shows. */

import { dashboards } from '@inferometer/core/panels'
import type { ShownDashboard, ShownPanel, ShownQuery } from '@inferometer/core/panels/answer'
import { layOut } from '@inferometer/core/panels/layout'
import type { Dashboard, Panel, Unit } from '@inferometer/core/panels/panel'
import type { PanelTerms } from '@inferometer/core/panels/terms'

/** Grafana's words, as build-dashboard.ts writes them. */
const units: Readonly<Record<string, Unit>> = {
  ms: 'milliseconds',
  currencyUSD: 'usd',
  percentunit: 'share',
  short: 'count',
  none: 'count',
  'suffix: /s': 'calls_per_second',
  'si: tok/s': 'tokens_per_second',
}
const kinds: Readonly<Record<string, ShownPanel['kind']>> = {
  timeseries: 'timeseries',
  barchart: 'bars',
  bargauge: 'bars',
  piechart: 'donut',
  gauge: 'gauge',
  stat: 'stat',
  table: 'table',
}
const levels: Readonly<Record<string, 'good' | 'warn' | 'bad'>> = {
  green: 'good',
  orange: 'warn',
  yellow: 'warn',
  red: 'bad',
}

/** The terms of every PromQL that the catalogue knows, whichever panel it is of. */
const knownTerms: ReadonlyMap<string, PanelTerms> = new Map(
  dashboards.flatMap(({ panels }) =>
    panels.flatMap(({ queries }) => queries.map(({ promql, terms }) => [promql, terms])),
  ),
)

export function showDashboard({ uid, title, description, panels }: Dashboard): ShownDashboard {
  const places = layOut(panels)
  const shown = panels.map((panel, index) => showPanel(panel, places[index] ?? { x: 0, y: 0, w: 24, h: 9 }))
  return { uid, title, description, panels: shown, notes: [] }
}

function showPanel(panel: Panel, place: ShownPanel['place']): ShownPanel {
  const { id, title, description, kind, unit, thresholds, period, noData, exemplars, queries } = panel
  return {
    id,
    title,
    description,
    kind,
    unit,
    place,
    thresholds,
    period,
    queries,
    no_data: noData,
    examples: exemplars,
    notes: [],
  }
}

type Json = Readonly<Record<string, unknown>>
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
const listOf = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.filter(isObject) : [])
const objectOf = (value: unknown): Json => (isObject(value) ? value : {})
const textOf = (value: unknown): string | null => (typeof value === 'string' && value.trim() !== '' ? value : null)
const wholeOf = (value: unknown): number | null => (Number.isInteger(value) ? Number(value) : null)

/** `json` is the parsed file. Throws `Cannot show …` where it is no dashboard. */
export function applyEdits(dashboard: Dashboard, json: unknown): ShownDashboard {
  const base = showDashboard(dashboard)
  if (!isObject(json) || !Array.isArray(json.panels)) throw new Error('Cannot show it: it has no list of panels')
  const panels = listOf(json.panels)
    // A row is a heading of Grafana's, which holds no numbers.
    .filter(({ type }) => type !== 'row')
    .map((edited) => applyPanelEdits(edited, findPanel(base, edited)))
  return { ...base, title: textOf(json.title) ?? base.title, panels: withUniqueIds(panels) }
}

/** Grafana numbers panels from 1; build-dashboard.ts numbers them in the order of the catalogue. */
function findPanel({ panels }: ShownDashboard, edited: Json): ShownPanel | null {
  const byNumber = panels[(wholeOf(edited.id) ?? 0) - 1]
  return byNumber ?? panels.find(({ title }) => title === edited.title) ?? null
}

function withUniqueIds(panels: readonly ShownPanel[]): readonly ShownPanel[] {
  const seen = new Map<string, number>()
  return panels.map((panel) => {
    const times = (seen.get(panel.id) ?? 0) + 1
    seen.set(panel.id, times)
    return times === 1 ? panel : { ...panel, id: `${panel.id}-${times}` }
  })
}

function applyPanelEdits(edited: Json, known: ShownPanel | null): ShownPanel {
  const defaults = objectOf(objectOf(edited.fieldConfig).defaults)
  const kind = readKind(edited, defaults)
  const unitText = textOf(defaults.unit)
  const unit = unitText === null ? 'count' : units[unitText]
  const queries = listOf(edited.targets).map((target) => readQuery(target, known))
  const notes = [
    ...(kind === null ? [`The console has no panel of type ${String(edited.type)}`] : []),
    ...(unit === undefined ? [`The console does not know the unit ${String(unitText)}`] : []),
    ...(queries.some(({ terms }) => terms === null)
      ? ['Its PromQL was changed: the console answers from recorded calls and cannot run it, Grafana can']
      : []),
  ]
  return {
    id: known?.id ?? `panel-${String(edited.id)}`,
    title: textOf(edited.title) ?? known?.title ?? 'Without a title',
    description: readDescription(edited, known),
    kind: kind ?? known?.kind ?? 'timeseries',
    unit: unit ?? known?.unit ?? 'count',
    place: readPlace(objectOf(edited.gridPos), known),
    thresholds: readThresholds(defaults),
    no_data: textOf(defaults.noValue) ?? known?.no_data ?? 'No calls in this range',
    period: edited.timeFrom === 'now/d' ? 'today' : 'chosen',
    examples: known?.examples ?? false,
    queries,
    notes,
  }
}

/** What Grafana's description says of Prometheus is not true of the console, so an unchanged one is the catalogue's. */
function readDescription(edited: Json, known: ShownPanel | null): string {
  const text = textOf(edited.description) ?? ''
  return known !== null && text.startsWith(known.description) ? known.description : text
}

function readKind(edited: Json, defaults: Json): ShownPanel['kind'] | null {
  const kind = kinds[String(edited.type)] ?? null
  const stacking = objectOf(objectOf(defaults.custom).stacking).mode
  return kind === 'timeseries' && stacking !== undefined && stacking !== 'none' ? 'stacked' : kind
}

function readQuery(target: Json, known: ShownPanel | null): ShownQuery {
  const expression = textOf(target.expr) ?? ''
  const sorted = /^sort_desc\(([\s\S]*)\)$/.exec(expression)?.[1]
  const promql = sorted !== undefined && knownTerms.has(sorted) ? sorted : expression
  const terms = knownTerms.get(promql) ?? null
  const same = known?.queries.find((query) => query.promql === promql)
  const legend = textOf(target.legendFormat)?.replace(
    /\{\{\s*(\w+)\s*\}\}/g,
    (_, label: string) => `{${dimensionOf(label)}}`,
  )
  return { legend: legend ?? same?.legend ?? '', promql, terms, ...(same?.unit !== undefined && { unit: same.unit }) }
}

const special: Readonly<Record<string, string>> = { kind: 'findingKind' }

/** `service_name` is `serviceName`. */
function dimensionOf(label: string): string {
  return special[label] ?? label.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

const columns = 24
const rowsAtMost = 60

function readPlace(gridPos: Json, known: ShownPanel | null): ShownPanel['place'] {
  const fallback = known?.place ?? { x: 0, y: 0, w: 12, h: 9 }
  const read = (name: 'x' | 'y' | 'w' | 'h') => wholeOf(gridPos[name]) ?? fallback[name]
  const x = Math.min(Math.max(0, read('x')), columns - 1)
  const [w, h] = [Math.min(Math.max(1, read('w')), columns - x), Math.min(Math.max(2, read('h')), rowsAtMost)]
  return { x, y: Math.max(0, read('y')), w, h }
}

function readThresholds(defaults: Json): ShownPanel['thresholds'] {
  return listOf(objectOf(defaults.thresholds).steps).flatMap(({ value, color }) => {
    const level = levels[String(color)]
    return level === undefined ? [] : [{ from: typeof value === 'number' ? value : 0, level }]
  })
}
