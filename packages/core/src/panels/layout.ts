import type { Panel, PanelKind } from './panel.ts'

/** Position and size on Grafana's grid of 24 columns. */
export interface Cell {
  readonly x: number
  readonly y: number
  readonly w: number
  readonly h: number
}

const columns = 24
const heights: Readonly<Record<PanelKind, number>> = {
  stat: 4,
  gauge: 9,
  timeseries: 9,
  stacked: 9,
  bars: 9,
  donut: 9,
  table: 10,
}

/** Rows from the top, each as many panels as fit; the tallest gives the row its height. */
export function layOut(panels: readonly Pick<Panel, 'kind' | 'width'>[]): readonly Cell[] {
  const rows: { width: number; height: number; panels: { x: number; w: number }[] }[] = []
  for (const { kind, width } of panels) {
    let row = rows.at(-1)
    if (row === undefined || row.width + width > columns) {
      row = { width: 0, height: 0, panels: [] }
      rows.push(row)
    }
    row.panels.push({ x: row.width, w: width })
    row.width += width
    row.height = Math.max(row.height, heights[kind])
  }
  let y = 0
  return rows.flatMap(({ height, panels: row }) => {
    const cells = row.map(({ x, w }) => ({ x, y, w, h: height }))
    y += height
    return cells
  })
}
