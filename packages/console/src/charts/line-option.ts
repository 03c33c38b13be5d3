/** The ECharts option of a chart over time. */
import type { PanelExample, PanelSeries, ShownPanel } from '@inferometer/core/panels/answer'
import type { EChartsCoreOption } from 'echarts/core'
import { formatAxis, formatTick, paceSeconds } from '../numbers.ts'

export interface Mark {
  readonly timeMs: number
  readonly text: string
}

export interface LineChartData {
  readonly panel: Pick<ShownPanel, 'kind' | 'unit' | 'thresholds'>
  readonly series: readonly PanelSeries[]
  readonly timesMs: readonly number[]
  readonly stepMs: number
  readonly sinceMs: number
  readonly untilMs: number
  readonly examples: readonly PanelExample[]
  readonly marks: readonly Mark[]
}

interface Look {
  readonly colorOf: (series: PanelSeries) => string
  readonly token: (name: string) => string
  readonly isNarrow: boolean
}

/** Under so many samples each is shown as a point. */
const pointsBelow = 2
const lineWidth = 1.5
/** Of several percentiles of one model, the middle one is the line to look at. */
const dashes: Readonly<Record<string, 'solid' | 'dashed' | 'dotted'>> = { p50: 'dotted', p95: 'solid', p99: 'dashed' }

export function createLineOption(data: LineChartData, look: Look): EChartsCoreOption {
  const { panel, sinceMs, untilMs, stepMs, timesMs } = data
  const { token } = look
  const ticks = ticksOf(data)
  return {
    animation: false,
    textStyle: { fontFamily: token('--font') },
    grid: { left: 8, right: 12, top: 10, bottom: 4, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
    xAxis: {
      type: 'time',
      min: Math.min(sinceMs, timesMs[0] ?? sinceMs),
      max: untilMs,
      splitNumber: look.isNarrow ? 3 : 6,
      axisLine: { lineStyle: { color: token('--line') } },
      axisTick: { show: false },
      splitLine: { show: false },
      axisLabel: {
        color: token('--text-faint'),
        fontSize: 11,
        hideOverlap: true,
        formatter: (ms: number) => formatTick(ms, stepMs),
      },
    },
    yAxis: {
      type: 'value',
      min: 0,
      max: ticks.max,
      interval: ticks.interval,
      axisLabel: {
        color: token('--text-faint'),
        fontSize: 11,
        formatter: (value: number) => formatAxis(value, panel.unit, ticks),
      },
      splitLine: { lineStyle: { color: token('--grid') } },
    },
    series: [
      ...data.series.map((one, index) => createSeries(one, { data, look, index })),
      ...createExamples(data, look),
    ],
  }
}

function ticksOf(data: LineChartData) {
  const greatest = greatestOf(data)
  // A share does not go above all.
  if (data.panel.unit === 'share' && greatest > 0.8 && greatest <= 1) return { max: 1, interval: 0.25 }
  // Round in the unit that is written: by the minute or the hour where calls are few.
  const seconds = data.panel.unit === 'calls_per_second' && greatest > 0 ? paceSeconds(greatest) : 1
  const { max, interval } = niceTicks(greatest * seconds)
  return { max: max / seconds, interval: interval / seconds }
}

export function greatestOf({ panel, series, timesMs }: Pick<LineChartData, 'panel' | 'series' | 'timesMs'>): number {
  if (panel.kind !== 'stacked') return Math.max(0, ...series.flatMap(({ values }) => values.map((value) => value ?? 0)))
  return Math.max(0, ...timesMs.map((_, at) => series.reduce((sum, { values }) => sum + (values[at] ?? 0), 0)))
}

/** Four or five lines at round values; a chart of nothing goes from 0 to 1. */
export function niceTicks(greatest: number): { readonly max: number; readonly interval: number } {
  if (!(greatest > 0)) return { max: 1, interval: 1 }
  const rough = (greatest * 1.04) / 4
  const power = 10 ** Math.floor(Math.log10(rough))
  const interval = ([1, 2, 2.5, 5, 10].find((step) => step * power >= rough) ?? 10) * power
  return { max: interval * Math.ceil((greatest * 1.04) / interval), interval }
}

interface Place {
  readonly data: LineChartData
  readonly look: Look
  readonly index: number
}

function createSeries(series: PanelSeries, { data, look, index }: Place) {
  const { panel, timesMs, stepMs, untilMs } = data
  const isStacked = panel.kind === 'stacked'
  const color = look.colorOf(series)
  const [first] = series.name.split(' ')
  // A step is drawn at its end: what it tells of has happened by then.
  const points = series.values.map((value, at) => [Math.min((timesMs[at] ?? 0) + stepMs, untilMs), value])
  return {
    type: 'line',
    name: series.name,
    data: points,
    showSymbol: points.length < pointsBelow || hasLonePoints(series.values),
    symbol: 'circle',
    symbolSize: (_: unknown, { dataIndex }: { dataIndex: number }) => (isLonePoint(series.values, dataIndex) ? 4 : 0),
    silent: true,
    connectNulls: false,
    lineStyle: {
      width: isStacked ? 0 : lineWidth,
      color,
      type: isStacked ? 'solid' : (dashes[first ?? ''] ?? 'solid'),
    },
    itemStyle: { color },
    ...(isStacked && { stack: 'all', areaStyle: { color, opacity: 0.72 } }),
    ...(index === 0 && { markLine: createMarkLine(data, look) }),
  }
}

/** Alone between gaps, where no line is seen. A 0 is not drawn: a row of them would look like something. */
const isLonePoint = (values: readonly (number | null)[], at: number) => (values[at] ?? 0) > 0 && isLone(values, at)
const isLone = (values: readonly (number | null)[], at: number) =>
  (values[at - 1] ?? null) === null && (values[at + 1] ?? null) === null
const hasLonePoints = (values: readonly (number | null)[]) => values.some((_, at) => isLonePoint(values, at))

function createMarkLine({ panel, marks }: LineChartData, { token }: Look) {
  const levels = panel.thresholds.filter(({ from, level }) => from > 0 && level !== 'good')
  return {
    silent: true,
    symbol: 'none',
    label: { show: false },
    data: [
      ...levels.map(({ from, level }) => ({
        yAxis: from,
        lineStyle: { color: token(`--${level}-mark`), width: 1, type: 'dashed', opacity: 0.7 },
      })),
      ...marks.map(({ timeMs }) => ({
        xAxis: timeMs,
        lineStyle: { color: token('--accent'), width: 1, type: [3, 3], opacity: 0.7 },
      })),
    ],
  }
}

/** Single calls, as points that can be opened. Those above the lines stand at the edge. */
function createExamples(data: LineChartData, { token }: Look) {
  const { examples } = data
  if (examples.length === 0) return []
  const { max } = ticksOf(data)
  return [
    {
      type: 'scatter',
      name: 'calls',
      silent: true,
      data: examples.map(({ time_ms, value }) => [time_ms, Math.min(value, max)]),
      symbol: 'diamond',
      symbolSize: 7,
      itemStyle: { color: token('--surface'), borderColor: token('--text-soft'), borderWidth: 1.2 },
      z: 5,
    },
  ]
}
