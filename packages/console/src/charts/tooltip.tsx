import type { PanelExample, PanelSeries } from '@inferometer/core/panels/answer'
import { formatTime, formatUtc, formatValue } from '../numbers.ts'
import { greatestOf, type LineChartData } from './line-option.ts'
import { stepAt, valuesAt } from './values-at.ts'

interface TooltipProps {
  readonly data: LineChartData
  readonly timeMs: number
  readonly x: number
  readonly width: number
  readonly colorOf: (series: PanelSeries) => string
  readonly example: PanelExample | null
}

/** Every series at one moment, the greatest first. */
export function Tooltip({ data, timeMs, x, width, colorOf, example }: TooltipProps) {
  const { timesMs, stepMs, panel, marks } = data
  const at = stepAt(data, timeMs)
  const endMs = (timesMs[at] ?? timeMs) + stepMs
  const rows = valuesAt(data, at)
  const greatest = greatestOf(data)
  const near = marks.filter((mark) => Math.abs(mark.timeMs - timeMs) < stepMs)
  return (
    <div className="tooltip" style={x > width / 2 ? { right: width - x + 12 } : { left: x + 12 }}>
      <div className="tooltip-time" title={formatUtc(endMs)}>
        {formatTime(endMs)}
      </div>
      {rows.map(({ one, value }) => (
        <div key={`${one.query} ${one.name}`} className="tooltip-row">
          <span className="swatch" style={{ background: colorOf(one) }} />
          <span className="cut">{one.name}</span>
          <b>{formatValue(value, panel.unit, greatest)}</b>
        </div>
      ))}
      {rows.length === 0 && <div className="faint">No value here</div>}
      {near.map((mark) => (
        <div key={mark.text} className="tooltip-mark">
          {mark.text}
        </div>
      ))}
      {example !== null && (
        <div className="tooltip-mark">
          Open the call: {formatValue(example.value, 'milliseconds')} {example.model}, {example.service_name}
        </div>
      )}
    </div>
  )
}
