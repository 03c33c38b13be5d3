import type { PanelSeries, ShownPanel } from '@inferometer/core/panels/answer'
import { useState } from 'react'
import { formatShare, formatValue } from '../numbers.ts'
import { addUp } from './fold-series.ts'
import { useSeriesColors } from './palette.ts'

interface DonutProps {
  readonly panel: ShownPanel
  readonly series: readonly PanelSeries[]
}

/** Slices under this share are folded into one. */
const foldedBelow = 0.03
const radius = 40
const width = 15
const around = 2 * Math.PI * radius
/** Between slices, of the circle. */
const gap = 0.004

/** Sorted slices, the total in the middle. */
export function Donut({ panel, series }: DonutProps) {
  const [pointed, setPointed] = useState<string | null>(null)
  const total = series.reduce((sum, { value }) => sum + (value ?? 0), 0)
  const slices = fold(series, total)
  const colors = useSeriesColors(series)
  const colorOf = ({ name, labels }: PanelSeries) =>
    Object.keys(labels).length === 0 ? 'var(--series-other)' : `var(${colors.get(name)})`
  const shown = slices.find(({ name }) => name === pointed)
  let from = 0
  return (
    <div className="donut">
      <svg viewBox="0 0 100 100" role="img" aria-label={`${panel.title}: ${formatValue(total, panel.unit)} in all`}>
        {slices.map((slice) => {
          const share = (slice.value ?? 0) / total
          const start = from
          from += share
          const length = Math.max(0.002, share - (slices.length > 1 ? gap : 0)) * around
          return (
            <circle
              key={slice.name}
              className={pointed === null || pointed === slice.name ? 'slice' : 'slice off'}
              cx="50"
              cy="50"
              r={radius}
              fill="none"
              stroke={colorOf(slice)}
              strokeWidth={width}
              strokeDasharray={`${length} ${around - length}`}
              strokeDashoffset={(0.25 - start) * around}
              onPointerEnter={() => setPointed(slice.name)}
              onPointerLeave={() => setPointed(null)}
            />
          )
        })}
        <text className="donut-total" x="50" y={shown ? 48 : 51} textAnchor="middle" dominantBaseline="middle">
          {formatValue(shown?.value ?? total, panel.unit)}
        </text>
        {shown && (
          <text className="donut-share" x="50" y="59" textAnchor="middle" dominantBaseline="middle">
            {formatShare((shown.value ?? 0) / total)}
          </text>
        )}
      </svg>
      <table className="legend">
        <tbody>
          {slices.map((slice) => (
            <tr
              key={slice.name}
              onPointerEnter={() => setPointed(slice.name)}
              onPointerLeave={() => setPointed(null)}
              className={pointed === null || pointed === slice.name ? '' : 'off'}
            >
              <td>
                <span className="legend-name">
                  <span className="swatch" style={{ background: colorOf(slice) }} />
                  <span className="cut" title={slice.name}>
                    {slice.name}
                  </span>
                </span>
              </td>
              <td>{formatValue(slice.value, panel.unit)}</td>
              <td>{formatShare((slice.value ?? 0) / total)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function fold(series: readonly PanelSeries[], total: number): readonly PanelSeries[] {
  const sorted = [...series].sort((one, other) => (other.value ?? 0) - (one.value ?? 0))
  const small = sorted.filter(({ value }, index) => (value ?? 0) / total < foldedBelow || index > 8)
  if (small.length < 2) return sorted
  return [...sorted.filter((one) => !small.includes(one)), addUp(small)]
}
