import { useLayoutEffect, useRef, useState } from 'react'
import { formatClock, formatUsd } from '../numbers.ts'

export interface Line {
  readonly name: string
  /** Cumulative dollars by hour of the day. */
  readonly points: readonly { readonly hour: number; readonly usd: number }[]
}

const [height, left, bottom] = [180, 56, 20]

/** Today's spending so far over that of yesterday. */
export function SpendLines({ today, yesterday }: { readonly today: Line; readonly yesterday: Line }) {
  const [svg, width] = useWidth()
  const most = roundUp(Math.max(0.000001, ...[today, yesterday].flatMap(({ points }) => points.map(({ usd }) => usd))))
  const x = (hour: number) => left + (hour / 24) * (width - left)
  const y = (usd: number) => 8 + (1 - usd / most) * (height - bottom - 8)
  const path = ({ points }: Line) =>
    points.map(({ hour, usd }, at) => `${at === 0 ? 'M' : 'L'}${x(hour)} ${y(usd)}`).join('')
  const last = today.points.at(-1)
  return (
    <svg ref={svg} className="spend-lines" height={height} role="img" aria-label={describe(today, yesterday)}>
      {[0, 0.5, 1].map((share) => (
        <g key={share}>
          <line x1={left} x2={width} y1={y(most * share)} y2={y(most * share)} className="grid" />
          <text x={left - 6} y={y(most * share) + 4} textAnchor="end">
            {formatUsd(most * share)}
          </text>
        </g>
      ))}
      {[0, 6, 12, 18, 24].map((hour) => (
        <text key={hour} x={x(hour)} y={height - 4} textAnchor={hour === 24 ? 'end' : hour === 0 ? 'start' : 'middle'}>
          {`${String(hour).padStart(2, '0')}:00`}
        </text>
      ))}
      <path d={path(yesterday)} className="line yesterday" />
      <path d={path(today)} className="line today" />
      {last && <circle cx={x(last.hour)} cy={y(last.usd)} r={3} className="dot" />}
    </svg>
  )
}

/** To a number whose half is as short as itself. */
function roundUp(usd: number): number {
  const unit = 10 ** Math.floor(Math.log10(usd))
  return unit * ([1, 2, 4, 6, 8].find((top) => top * unit >= usd) ?? 10)
}

/** Drawn in pixels, so that its letters have the size of all others. */
function useWidth() {
  const svg = useRef<SVGSVGElement>(null)
  const [width, setWidth] = useState(640)
  useLayoutEffect(() => {
    if (svg.current === null) return
    const observer = new ResizeObserver(([entry]) => setWidth(entry?.contentRect.width ?? 640))
    observer.observe(svg.current)
    return () => observer.disconnect()
  }, [])
  return [svg, width] as const
}

const describe = (today: Line, yesterday: Line): string =>
  `Cumulative spend: today ${formatUsd(today.points.at(-1)?.usd)}, yesterday ${formatUsd(yesterday.points.at(-1)?.usd)}`

export const lineStep = '10m'
const stepMs = 600_000
const hourMs = 3_600_000

/** Rows of time and micro-dollars, one a step in which something was spent, added up from the start of their day. */
export function toLine(
  name: string,
  rows: readonly (readonly (string | number | null)[])[],
  { sinceMs, untilMs }: { readonly sinceMs: number; readonly untilMs: number },
): Line {
  const points = [{ hour: 0, usd: 0 }]
  let usd = 0
  for (const [time, micro] of rows) {
    const start = Date.parse(String(time))
    // Flat since the step before: nothing was spent in between.
    points.push({ hour: Math.max(0, (start - sinceMs) / hourMs), usd })
    usd += (typeof micro === 'number' ? micro : 0) / 1_000_000
    const end = Math.min(start + stepMs, untilMs)
    points.push({ hour: (end - sinceMs) / hourMs, usd })
  }
  const now = (untilMs - sinceMs) / hourMs
  if ((points.at(-1)?.hour ?? 0) < now) points.push({ hour: Math.min(24, now), usd })
  return { name, points }
}

export const atClock = (ms: number): string => formatClock(ms).slice(0, 5)
