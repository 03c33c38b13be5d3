import type { PanelSeries, ShownPanel } from '@inferometer/core/panels/answer'
import { formatValue } from '../numbers.ts'
import { useSeriesColors } from './palette.ts'

interface BarsProps {
  readonly panel: ShownPanel
  readonly series: readonly PanelSeries[]
}

interface Row {
  readonly name: string
  readonly parts: readonly PanelSeries[]
}

const rowsAtMost = 12

/** Horizontal bars, the greatest first, each with its value at its end; several queries stand under one another. */
export function Bars({ panel, series }: BarsProps) {
  const isGrouped = panel.queries.length > 1
  const rows = isGrouped ? groupByLabels(series) : series.map((one) => ({ name: one.name, parts: [one] }))
  const sorted = [...rows].sort((one, other) => (other.parts[0]?.value ?? 0) - (one.parts[0]?.value ?? 0))
  const shown = sorted.slice(0, rowsAtMost)
  const greatest = Math.max(...series.map(({ value }) => value ?? 0))
  const colors = useSeriesColors(series)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="bars" tabIndex={0} aria-label={panel.title}>
      {shown.map(({ name, parts }) => (
        <div key={name} className="bars-row">
          <div className="bars-name cut" title={name}>
            {name}
          </div>
          <div className="bars-parts">
            {parts.map((one) => (
              <div
                key={one.query}
                className="bars-part"
                title={isGrouped ? panel.queries[one.query]?.legend : undefined}
              >
                <span
                  className="bars-bar"
                  style={{
                    width: `${((one.value ?? 0) / greatest) * 100}%`,
                    background: isGrouped ? `var(--series-${one.query})` : `var(${colors.get(one.name)})`,
                  }}
                />
                <span className="bars-value">{formatValue(one.value, panel.unit)}</span>
              </div>
            ))}
          </div>
        </div>
      ))}
      {sorted.length > rowsAtMost && <div className="faint">and {sorted.length - rowsAtMost} more</div>}
      {isGrouped && <Key legends={panel.queries.map(({ legend }) => legend)} />}
    </section>
  )
}

function groupByLabels(series: readonly PanelSeries[]): readonly Row[] {
  const rows = new Map<string, PanelSeries[]>()
  for (const one of series) {
    const name = Object.values(one.labels).join(' · ')
    rows.set(name, [...(rows.get(name) ?? []), one])
  }
  return [...rows].map(([name, parts]) => ({ name, parts }))
}

function Key({ legends }: { readonly legends: readonly string[] }) {
  return (
    <div className="bars-key">
      {legends.map((legend, index) => (
        <span key={legend}>
          <span className="swatch" style={{ background: `var(--series-${index})` }} /> {legend}
        </span>
      ))}
    </div>
  )
}
