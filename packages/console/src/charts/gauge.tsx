import type { PanelSeries, ShownPanel } from '@inferometer/core/panels/answer'
import { formatValue } from '../numbers.ts'
import { judge } from './judge.ts'

interface GaugeProps {
  readonly panel: ShownPanel
  readonly series: PanelSeries | undefined
}

const radius = 40
/** Three quarters of a circle, open at the bottom. */
const sweep = 0.75
const around = 2 * Math.PI * radius

/** A share on an arc with its thresholds marked, the number large in the middle. */
export function Gauge({ panel, series }: GaugeProps) {
  const value = series?.value ?? null
  const most = chooseMost(panel, value ?? 0)
  const judgement = judge(value, panel.thresholds)
  const shareOf = (amount: number) => Math.min(1, Math.max(0, amount / most))
  const color = judgement === 'neutral' ? 'var(--accent)' : `var(--${judgement}-mark)`
  return (
    <svg
      className="gauge"
      viewBox="0 0 100 94"
      role="img"
      aria-label={`${panel.title}: ${formatValue(value, panel.unit)}`}
    >
      <Arc from={0} to={1} color="var(--sunken)" width={9} />
      {panel.thresholds.map(({ from, level }, index) => (
        <Arc
          key={from}
          from={shareOf(from) + 0.004}
          to={shareOf(panel.thresholds[index + 1]?.from ?? most)}
          color={`var(--${level}-mark)`}
          width={2}
          radius={47}
        />
      ))}
      {value !== null && <Arc from={0} to={Math.max(0.004, shareOf(value))} color={color} width={9} />}
      <text className={`gauge-number ${judgement}`} x="50" y="53" textAnchor="middle" dominantBaseline="middle">
        {formatValue(value, panel.unit)}
      </text>
      <text className="gauge-end" x="20" y="92" textAnchor="middle">
        0
      </text>
      <text className="gauge-end" x="80" y="92" textAnchor="middle">
        {formatValue(most, panel.unit)}
      </text>
    </svg>
  )
}

/** A gauge to 100 % would show a bad 10 % as nothing: it goes to twice the last threshold. */
function chooseMost({ thresholds, unit }: ShownPanel, value: number): number {
  const last = thresholds.at(-1)?.from ?? 0
  const most = Math.max(last * 2, value * 1.1)
  if (most === 0) return 1
  return unit === 'share' ? Math.min(1, Math.ceil(most * 20) / 20) : most
}

interface ArcProps {
  /** Of the sweep, 0 to 1. */
  readonly from: number
  readonly to: number
  readonly color: string
  readonly width: number
  readonly radius?: number
}

function Arc({ from, to, color, width, radius: r = radius }: ArcProps) {
  const whole = (around / radius) * r
  const length = Math.max(0, to - from) * sweep * whole
  return (
    <circle
      cx="50"
      cy="50"
      r={r}
      fill="none"
      stroke={color}
      strokeWidth={width}
      strokeDasharray={`${length} ${whole - length}`}
      strokeDashoffset={-from * sweep * whole}
      transform="rotate(135 50 50)"
    />
  )
}
