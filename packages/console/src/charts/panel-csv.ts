import type { PanelAnswer, ShownPanel } from '@inferometer/core/panels/answer'

/** The numbers of a panel as they came, for a spreadsheet. */
export function toCsv(panel: ShownPanel, { series, times_ms }: PanelAnswer): string {
  const isOverTime = panel.kind === 'timeseries' || panel.kind === 'stacked'
  if (isOverTime) {
    const head = ['time', ...series.map(({ name }) => name)]
    const rows = times_ms.map((ms, at) => [new Date(ms).toISOString(), ...series.map(({ values }) => values[at] ?? '')])
    return write([head, ...rows])
  }
  const labels = Object.keys(series[0]?.labels ?? {})
  const rows = series.map(({ query, labels: values, value }) => [
    ...labels.map((label) => values[label] ?? ''),
    panel.queries[query]?.legend ?? '',
    value ?? '',
  ])
  return write([[...labels, 'query', 'value'], ...rows])
}

function write(rows: readonly (readonly (string | number)[])[]): string {
  return rows.map((row) => row.map(writeCell).join(',')).join('\r\n')
}

/** A text that a spreadsheet would take for a formula gets an apostrophe before it. */
function writeCell(cell: string | number): string {
  if (typeof cell === 'number') return String(cell)
  const safe = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

export function saveFile(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  URL.revokeObjectURL(url)
}
