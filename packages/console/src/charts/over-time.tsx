/** A panel over time: the chart, and under it the legend that chooses what is drawn. */
import type { PanelAnswer, PanelSeries, ShownPanel } from '@inferometer/core/panels/answer'
import { useCallback, useMemo, useState } from 'react'
import { formatValue } from '../numbers.ts'
import { foldSeries, lastOf, maxOf, meanOf, shownAtMost } from './fold-series.ts'
import { Legend, type LegendRow } from './legend.tsx'
import { LineChart } from './line-chart.tsx'
import { greatestOf, type Mark } from './line-option.ts'
import { useSeriesColors, useTokenReader } from './palette.ts'
import { drawnOf, groupPercentiles, lastOfPart, type PercentileGroup, percentileNames } from './percentile-groups.ts'

interface OverTimeProps {
  readonly panel: ShownPanel
  readonly answer: PanelAnswer
  readonly marks: readonly Mark[]
}

type TokenOf = (series: PanelSeries) => string

export function OverTime(props: OverTimeProps) {
  const { panel, answer } = props
  const series = useMemo(() => answer.series.filter(({ values }) => values.some((value) => value !== null)), [answer])
  const groups = useMemo(() => groupPercentiles(series, panel), [series, panel])
  if (series.length === 0) return <div className="no-data">{panel.no_data}</div>
  return groups === null ? <Series {...props} series={series} /> : <Percentiles {...props} groups={groups} />
}

function useTokens(series: readonly PanelSeries[]): TokenOf {
  const colors = useSeriesColors(series)
  return useCallback(
    ({ name, labels }) =>
      Object.keys(labels).length === 0 && name.startsWith('other (')
        ? '--series-other'
        : (colors.get(name) ?? '--series-0'),
    [colors],
  )
}

function Series({ panel, answer, marks, series }: OverTimeProps & { readonly series: readonly PanelSeries[] }) {
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set())
  const folded = useMemo(() => foldSeries(series, panel), [series, panel])
  const tokenOf = useTokens(folded.series)
  const shown = useMemo(() => folded.series.filter(({ name }) => !hidden.has(name)), [folded, hidden])
  const greatest = greatestOf({ panel, series: shown, timesMs: answer.times_ms })
  const rows = folded.series.map((one): LegendRow => {
    const unit = panel.queries[one.query]?.unit ?? panel.unit
    const values = [lastOf, meanOf, maxOf].map((of) => formatValue(of(one.values), unit, greatest))
    return { name: one.name, color: `var(${tokenOf(one)})`, values }
  })
  return (
    <div className="over-time">
      <Chart {...{ panel, answer, marks, tokenOf }} series={shown} />
      <Legend
        columns={['last', 'mean', 'max']}
        rows={rows}
        hidden={hidden}
        onHidden={setHidden}
        note={folded.hidden > 0 ? `the ${shownAtMost} greatest of ${series.length}` : null}
      />
    </div>
  )
}

function Percentiles({
  panel,
  answer,
  marks,
  groups,
}: OverTimeProps & { readonly groups: readonly PercentileGroup[] }) {
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set())
  const listed = useMemo(() => groups.slice(0, shownAtMost), [groups])
  const every = useMemo(() => listed.flatMap(({ parts }) => parts.filter((part) => part !== null)), [listed])
  const tokenOf = useTokens(every)
  const drawn = useMemo(
    () =>
      drawnOf(
        listed.filter(({ name }) => !hidden.has(name)),
        panel,
      ),
    [listed, hidden, panel],
  )
  const names = percentileNames(panel)
  const rows = listed.map(({ name, parts }): LegendRow => {
    const some = parts.find((part) => part !== null)
    const color = some === undefined || some === null ? '--series-other' : tokenOf(some)
    return { name, color: `var(${color})`, values: parts.map((part) => formatValue(lastOfPart(part), panel.unit)) }
  })
  const isPart = drawn.length < every.length && hidden.size < listed.length - 1
  return (
    <div className="over-time">
      <Chart {...{ panel, answer, marks, tokenOf }} series={drawn} />
      <Legend
        columns={names}
        rows={rows}
        hidden={hidden}
        onHidden={setHidden}
        note={isPart ? 'p95 is drawn; choose one for all' : null}
      />
    </div>
  )
}

interface ChartProps extends OverTimeProps {
  readonly series: readonly PanelSeries[]
  readonly tokenOf: TokenOf
}

function Chart({ panel, answer, marks, series, tokenOf }: ChartProps) {
  const token = useTokenReader()
  const colorOf = useCallback((one: PanelSeries) => token(tokenOf(one)), [token, tokenOf])
  return (
    <LineChart
      label={panel.title}
      panel={panel}
      series={series}
      timesMs={answer.times_ms}
      stepMs={answer.step_ms}
      sinceMs={answer.since_ms}
      untilMs={answer.until_ms}
      examples={answer.examples}
      marks={marks}
      colorOf={colorOf}
    />
  )
}
