/** How each kind of panel looks in Grafana. What all kinds share is set in build-dashboard.ts. */
import { PanelBuilder as BarChart } from '@grafana/grafana-foundation-sdk/barchart'
import { PanelBuilder as BarGauge } from '@grafana/grafana-foundation-sdk/bargauge'
import {
  AxisPlacement,
  BarGaugeDisplayMode,
  BarGaugeValueMode,
  BigValueColorMode,
  BigValueGraphMode,
  GraphDrawStyle,
  LegendDisplayMode,
  LegendPlacement,
  LineInterpolation,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TableSortByFieldStateBuilder,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizOrientation,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common'
import type { DataTransformerConfig, Panel as GrafanaPanel } from '@grafana/grafana-foundation-sdk/dashboard'
import { PanelBuilder as Gauge } from '@grafana/grafana-foundation-sdk/gauge'
import {
  PanelBuilder as PieChart,
  PieChartLegendOptionsBuilder,
  PieChartLegendValues,
  PieChartType,
} from '@grafana/grafana-foundation-sdk/piechart'
import { PanelBuilder as Stat } from '@grafana/grafana-foundation-sdk/stat'
import { PanelBuilder as Table } from '@grafana/grafana-foundation-sdk/table'
import { PanelBuilder as TimeSeries } from '@grafana/grafana-foundation-sdk/timeseries'
import type { Panel, PanelKind } from '@inferometer/core/panels'
import { dimensionLabels } from '@inferometer/core/panels/terms'

const lastValue = () => new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false).fields('')
const tooltip = () => new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending)
const legend = () =>
  new VizLegendOptionsBuilder().showLegend(true).displayMode(LegendDisplayMode.Table).placement(LegendPlacement.Bottom)

function createTimeSeries(): TimeSeries {
  return new TimeSeries()
    .drawStyle(GraphDrawStyle.Line)
    .lineInterpolation(LineInterpolation.Linear)
    .lineWidth(1)
    .showPoints(VisibilityMode.Auto)
    .pointSize(4)
    .spanNulls(false)
    .axisPlacement(AxisPlacement.Auto)
    .legend(legend().calcs(['lastNotNull', 'mean', 'max']).sortBy('Last *').sortDesc(true))
    .tooltip(tooltip())
}

/** Bars of one query are sorted rows; bars of several stand side by side for each value of the dimension. */
function createBars(panel: Panel): BarGauge | BarChart {
  if (panel.queries.length === 1) {
    return new BarGauge()
      .orientation(VizOrientation.Horizontal)
      .displayMode(BarGaugeDisplayMode.Basic)
      .valueMode(BarGaugeValueMode.Text)
      .showUnfilled(false)
      .reduceOptions(lastValue())
  }
  return new BarChart()
    .orientation(VizOrientation.Auto)
    .showValue(VisibilityMode.Auto)
    .groupWidth(0.7)
    .barWidth(0.95)
    .fillOpacity(80)
    .lineWidth(0)
    .axisSoftMin(0)
    .legend(legend().calcs([]))
    .tooltip(tooltip())
}

const builders: Readonly<Record<PanelKind, (panel: Panel) => { build(): GrafanaPanel }>> = {
  timeseries: () => createTimeSeries().fillOpacity(0),
  stacked: () =>
    createTimeSeries().fillOpacity(25).stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A')),
  bars: createBars,
  donut: () =>
    new PieChart()
      .pieType(PieChartType.Donut)
      .reduceOptions(lastValue())
      .tooltip(tooltip())
      .legend(
        new PieChartLegendOptionsBuilder()
          .showLegend(true)
          .displayMode(LegendDisplayMode.Table)
          .placement(LegendPlacement.Right)
          .values([PieChartLegendValues.Value, PieChartLegendValues.Percent]),
      ),
  gauge: () => new Gauge().showThresholdMarkers(true).showThresholdLabels(true).reduceOptions(lastValue()).max(1),
  stat: ({ thresholds }) =>
    new Stat()
      .graphMode(BigValueGraphMode.None)
      .colorMode(thresholds.length > 0 ? BigValueColorMode.Value : BigValueColorMode.None)
      .reduceOptions(lastValue()),
  table: ({ queries }) =>
    new Table().sortBy([new TableSortByFieldStateBuilder().displayName(queries[0]?.legend ?? '').desc(true)]),
}

export function buildVisualization(panel: Panel): GrafanaPanel {
  return { ...builders[panel.kind](panel).build(), transformations: createTransformations(panel) }
}

/** Whether Grafana asks for one frame with a column per label, or for one frame per series. */
export function isTabular({ kind, queries }: Panel): boolean {
  return kind === 'table' || (kind === 'bars' && queries.length > 1)
}

export const refIdOf = (index: number) => String.fromCharCode('A'.charCodeAt(0) + index)

const columnTitles: Readonly<Record<string, string>> = {
  [dimensionLabels.model]: 'Model',
  [dimensionLabels.provider]: 'Provider',
  [dimensionLabels.serviceName]: 'Service',
  [dimensionLabels.errorType]: 'Error type',
  [dimensionLabels.findingKind]: 'Kind',
  [dimensionLabels.pattern]: 'Pattern',
}

/** One row for each combination of labels; Grafana calls the value of a lone query `Value`, of several `Value #A` … */
function createTransformations(panel: Panel): DataTransformerConfig[] {
  if (!isTabular(panel)) return []
  const { queries } = panel
  const labels = (queries[0]?.terms.by ?? []).map((dimension) => dimensionLabels[dimension])
  const values = queries.map((query, index) => ({
    field: queries.length === 1 ? 'Value' : `Value #${refIdOf(index)}`,
    title: query.legend,
  }))
  const columns = [...labels.map((label) => ({ field: label, title: columnTitles[label] ?? label })), ...values]
  return [
    { id: 'merge', options: {} },
    {
      id: 'organize',
      options: {
        excludeByName: { Time: true },
        indexByName: Object.fromEntries(columns.map(({ field }, index) => [field, index])),
        renameByName: Object.fromEntries(columns.map(({ field, title }) => [field, title])),
      },
    },
  ]
}
