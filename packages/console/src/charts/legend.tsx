import type { MouseEvent } from 'react'

export interface LegendRow {
  readonly name: string
  /** A colour of the style sheet: `var(--series-3)`. */
  readonly color: string
  /** One for each column, as text. */
  readonly values: readonly string[]
}

interface LegendProps {
  readonly columns: readonly string[]
  readonly rows: readonly LegendRow[]
  /** Names that are not drawn. */
  readonly hidden: ReadonlySet<string>
  readonly onHidden: (hidden: ReadonlySet<string>) => void
  /** What is left out, and how to see it. */
  readonly note: string | null
}

/** Under the chart. Click shows one alone, ctrl-click takes one away or back. */
export function Legend({ columns, rows, hidden, onHidden, note }: LegendProps) {
  const names = rows.map(({ name }) => name)
  const choose = (event: MouseEvent, name: string) => {
    if (event.ctrlKey || event.metaKey) {
      const next = new Set(hidden)
      if (!next.delete(name)) next.add(name)
      onHidden(next)
      return
    }
    const isAlone = !hidden.has(name) && hidden.size === names.length - 1
    onHidden(new Set(isAlone ? [] : names.filter((other) => other !== name)))
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <table className="legend" tabIndex={0}>
      <thead>
        <tr>
          <th scope="col">
            <span className={note === null ? 'hidden-text' : 'legend-note'}>{note ?? 'Series'}</span>
          </th>
          {columns.map((column) => (
            <th key={column} scope="col">
              {column}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ name, color, values }) => (
          <tr key={name} className={hidden.has(name) ? 'off' : ''}>
            <td>
              <button
                type="button"
                aria-pressed={!hidden.has(name)}
                title={`${name}. Click: alone; ctrl-click: away or back`}
                onClick={(event) => choose(event, name)}
              >
                <span className="swatch" style={{ background: color }} />
                <span className="cut">{name}</span>
              </button>
            </td>
            {values.map((value, index) => (
              <td key={columns[index]}>{value}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
