/** What stands in a panel: the drawing of its kind, or why there is none. */
import type { PanelAnswer, PanelSeries, ShownPanel } from '@inferometer/core/panels/answer'
import { formatValue } from '../numbers.ts'
import { type Column, Table } from '../parts/table.tsx'
import { Unknown } from '../parts/value.tsx'
import { Bars } from './bars.tsx'
import { BigNumber } from './big-number.tsx'
import { Donut } from './donut.tsx'
import { Gauge } from './gauge.tsx'
import type { Mark } from './line-option.ts'
import { OverTime } from './over-time.tsx'

interface PanelViewProps {
  readonly panel: ShownPanel
  readonly answer: PanelAnswer
  readonly marks: readonly Mark[]
}

export function PanelView({ panel, answer, marks }: PanelViewProps) {
  const { series } = answer
  if (panel.kind === 'stat') return <BigNumber panel={panel} series={series[0]} notes={answer.notes} />
  if (panel.kind === 'gauge') return <Gauge panel={panel} series={series[0]} />
  if (series.length === 0) return <div className="no-data">{panel.no_data}</div>
  if (panel.kind === 'bars') return <Bars panel={panel} series={series} />
  if (panel.kind === 'donut') return <Donut panel={panel} series={series} />
  if (panel.kind === 'table') return <PanelTable panel={panel} series={series} />
  return <OverTime panel={panel} answer={answer} marks={marks} />
}

interface TableRow {
  readonly key: string
  readonly labels: PanelSeries['labels']
  readonly values: readonly (number | null)[]
}

const labelTitles: Readonly<Record<string, string>> = {
  service_name: 'Service',
  provider: 'Provider',
  model: 'Model',
  error_type: 'Error type',
  kind: 'Kind',
  pattern: 'Pattern',
  finish_reason: 'Finish reason',
  http_status: 'HTTP status',
  status: 'Status',
}

/** One row for each combination of values, one column for each query. */
function PanelTable({ panel, series }: { readonly panel: ShownPanel; readonly series: readonly PanelSeries[] }) {
  const labels = Object.keys(series[0]?.labels ?? {})
  const columns: Column<TableRow>[] = [
    ...labels.map((label) => ({
      id: label,
      title: labelTitles[label] ?? label,
      sortBy: (row: TableRow) => row.labels[label] ?? null,
      cell: (row: TableRow) => <span title={row.labels[label]}>{row.labels[label]}</span>,
    })),
    ...panel.queries.map(({ legend, unit }, index) => ({
      id: `query-${index}`,
      title: legend,
      align: 'right' as const,
      sortBy: (row: TableRow) => row.values[index] ?? null,
      cell: (row: TableRow) => {
        const value = row.values[index] ?? null
        return value === null ? <Unknown why="Not known for these calls" /> : formatValue(value, unit ?? panel.unit)
      },
    })),
  ]
  return (
    <Table
      caption={panel.title}
      columns={columns}
      rows={toRows(series, panel.queries.length)}
      rowKey={({ key }) => key}
      initialSort={{ id: 'query-0', descending: true }}
    />
  )
}

function toRows(series: readonly PanelSeries[], queries: number): readonly TableRow[] {
  const rows = new Map<string, TableRow & { readonly values: (number | null)[] }>()
  for (const { labels, query, value } of series) {
    const key = JSON.stringify(Object.values(labels))
    const row = rows.get(key) ?? { key, labels, values: Array.from({ length: queries }, () => null) }
    rows.set(key, row)
    row.values[query] = value
  }
  return [...rows.values()]
}
