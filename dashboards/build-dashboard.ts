/** One dashboard of the catalogue as Grafana's JSON. */
import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/common'
import {
  type AnnotationQuery,
  AnnotationQueryBuilder,
  DashboardBuilder,
  DashboardCursorSync,
  type DashboardLink,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  type DynamicConfigValue,
  FieldColorModeId,
  type FieldConfig,
  type Dashboard as GrafanaDashboard,
  type Panel as GrafanaPanel,
  QueryVariableBuilder,
  type Threshold as Step,
  ThresholdsMode,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard'
import { type Dataquery, DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus'
import { callMetrics, selfMetrics } from '@inferometer/core/metrics'
import type { Dashboard, Panel, PanelQuery, Threshold, Unit } from '@inferometer/core/panels'
import { type Cell, layOut } from '@inferometer/core/panels/layout'
import { isOverTime } from '@inferometer/core/panels/panel'
import { variableLabels } from '@inferometer/core/panels/promql'
import { type Dimension, dimensionLabels } from '@inferometer/core/panels/terms'
import { buildVisualization, isTabular, refIdOf } from './visualization.ts'

/** What the dashboards find each other by. */
const tag = 'llm-observability'
const datasource: DataSourceRef = { type: 'prometheus', uid: `\${datasource}` }

/**
 * Four scrapes lie in a window of at least a minute: calls of models come seldom, and a percentile of two calls says
 * nothing.
 */
const minimumStep = '15s'

const grafanaUnits: Readonly<Record<Unit, string>> = {
  milliseconds: 'ms',
  usd: 'currencyUSD',
  share: 'percentunit',
  count: 'short',
  calls_per_second: 'suffix: /s',
  tokens_per_second: 'si: tok/s',
}

const levelColors: Readonly<Record<Threshold['level'], string>> = {
  good: 'green',
  warn: 'orange',
  bad: 'red',
}

/** Colours that mean something, by the value of a dimension. Everything else takes its colour from its name. */
const meaningfulColors: Partial<Record<Dimension, readonly (readonly [pattern: string, color: string])[]>> = {
  status: [
    ['/^success$/', 'green'],
    ['/^error$/', 'red'],
    ['/^cancelled$/', '#8e8e8e'],
  ],
  httpStatus: [
    ['/^2/', 'green'],
    ['/^429$/', 'orange'],
    ['/^(5|none)/', 'red'],
  ],
}

export function buildDashboard({ uid, title, description, panels }: Dashboard): GrafanaDashboard {
  const builder = new DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags([tag])
    .editable()
    .timezone('browser')
    .time({ from: 'now-6h', to: 'now' })
    .refresh('30s')
    .tooltip(DashboardCursorSync.Crosshair)
    .variables(createVariables())
  const cells = layOut(panels)
  return {
    ...builder.build(),
    annotations: { list: [createReloadAnnotation()] },
    links: [createSisterLinks()],
    panels: panels.map((panel, index) => buildPanel(panel, index + 1, cells[index])),
  }
}

/** Links to every dashboard with the tag; they keep the range of time and the variables. */
function createSisterLinks(): DashboardLink {
  const link = new DashboardLinkBuilder('LLM Observability')
    .type(DashboardLinkType.Dashboards)
    .tags([tag])
    .asDropdown(false)
    .keepTime(true)
    .includeVars(true)
  return withoutPlacement(link.build())
}

/** The SDK's default hides links and annotations in a menu; without it they stand above the panels. */
function withoutPlacement<T extends { placement?: unknown }>({ placement: _, ...rest }: T): Omit<T, 'placement'> {
  return rest
}

function createVariables() {
  const data = new DatasourceVariableBuilder('datasource').label('Data source').type('prometheus')
  const { name } = callMetrics.spans
  const narrowed: string[] = []
  const choices = Object.entries(variableLabels).map(([variable, label]) => {
    const series = narrowed.length === 0 ? name : `${name}{${narrowed.join(', ')}}`
    const query = `label_values(${series}, ${label})`
    narrowed.push(`${label}=~"$${variable}"`)
    return new QueryVariableBuilder(variable)
      .label(`${variable[0]?.toUpperCase()}${variable.slice(1)}`)
      .datasource(datasource)
      .query({ qryType: 1, query, refId: `${variable}-values` })
      .definition(query)
      .refresh(VariableRefresh.OnTimeRangeChanged)
      .sort(VariableSort.AlphabeticalAsc)
      .multi(true)
      .includeAll(true)
      .allValue('.*')
      .current({ selected: true, text: ['All'], value: ['$__all'] })
  })
  return [data, ...choices]
}

/** Prices and patterns that came into force explain steps in cost and findings. */
function createReloadAnnotation(): AnnotationQuery {
  const annotation = new AnnotationQueryBuilder()
    .name('Configuration reloads')
    .datasource(datasource)
    .enable(true)
    .iconColor('blue')
    .expr(`sum by (file, result) (changes(${selfMetrics.configReloads.name}[1m])) > 0`)
    .step('60s')
    .titleFormat('{{file}} reloaded: {{result}}')
  return withoutPlacement(annotation.build())
}

function buildPanel(panel: Panel, id: number, gridPos: Cell | undefined): GrafanaPanel {
  const visualization = buildVisualization(panel)
  return {
    ...visualization,
    id,
    title: panel.title,
    description: panel.inPrometheus === null ? panel.description : `${panel.description} ${panel.inPrometheus}`,
    datasource,
    ...(gridPos && { gridPos }),
    targets: panel.queries.map((query, index) => buildTarget(panel, query, index)),
    ...(panel.period === 'today' && { timeFrom: 'now/d' }),
    fieldConfig: {
      defaults: { ...visualization.fieldConfig?.defaults, ...createFieldDefaults(panel) },
      overrides: createOverrides(panel),
    },
  }
}

function createFieldDefaults(panel: Panel): Partial<FieldConfig> {
  const steps: Step[] = panel.thresholds.map(({ from, level }, index) => ({
    // Grafana's first step begins at minus infinity, which JSON writes as null.
    value: index === 0 ? null : from,
    color: levelColors[level],
  }))
  return {
    unit: grafanaUnits[panel.unit],
    min: 0,
    noValue: panel.noData,
    color: { mode: steps.length > 0 ? FieldColorModeId.Thresholds : FieldColorModeId.PaletteClassicByName },
    thresholds: {
      mode: ThresholdsMode.Absolute,
      steps: steps.length > 0 ? steps : [{ value: null, color: 'text' }],
    },
  }
}

interface Override {
  matcher: { id: string; options: unknown }
  properties: DynamicConfigValue[]
}

function createOverrides({ queries }: Panel): Override[] {
  const units = queries.flatMap(({ legend, unit }) =>
    unit === undefined
      ? []
      : [{ matcher: { id: 'byName', options: legend }, properties: [{ id: 'unit', value: grafanaUnits[unit] }] }],
  )
  const [dimension] = queries[0]?.terms.by ?? []
  const colors = (dimension && meaningfulColors[dimension]) ?? []
  return [
    ...units,
    ...colors.map(([pattern, fixedColor]) => ({
      matcher: { id: 'byRegexp', options: pattern },
      properties: [{ id: 'color', value: { mode: FieldColorModeId.Fixed, fixedColor } }],
    })),
  ]
}

function buildTarget(panel: Panel, query: PanelQuery, index: number): Dataquery {
  const sorted = panel.kind === 'bars' && !isTabular(panel) ? `sort_desc(${query.promql})` : query.promql
  const target = new DataqueryBuilder()
    .refId(refIdOf(index))
    .datasource(datasource)
    .expr(sorted)
    .legendFormat(query.legend.replace(/\{(\w+)\}/g, (_, dimension: Dimension) => `{{${dimensionLabels[dimension]}}}`))
    // The exemplars of all percentiles are the same.
    .exemplar(panel.exemplars && index === 0)
    .format(isTabular(panel) ? PromQueryFormat.Table : PromQueryFormat.TimeSeries)
  return (isOverTime(panel) ? target.range().interval(minimumStep) : target.instant()).build()
}
