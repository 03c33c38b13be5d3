import type { Unit } from '@inferometer/core/panels'
import { formatAgo, formatTime, formatUsdExactly, formatUtc, formatValue, unknownMark } from '../numbers.ts'

interface ValueProps {
  readonly value: number | null | undefined
  readonly unit: Unit
  /** Why it is not known: shown on hover of the dash. */
  readonly why?: string
  /** Why it is an estimate: a small mark says so. */
  readonly estimate?: string | undefined
}

/** A number with its unit. What is not known is a dash with its reason, never 0. */
export function Value({ value, unit, why = 'Not known', estimate }: ValueProps) {
  const text = formatValue(value, unit)
  if (text === unknownMark) return <Unknown why={why} />
  return (
    <span className="value" title={unit === 'usd' ? formatUsdExactly(value) : undefined}>
      {text}
      {estimate !== undefined && (
        <span className="estimate" title={estimate}>
          ≈<span className="hidden-text"> {estimate}</span>
        </span>
      )}
    </span>
  )
}

export function Unknown({ why }: { readonly why: string }) {
  return (
    <span className="unknown" title={why}>
      {unknownMark}
      <span className="hidden-text"> {why}</span>
    </span>
  )
}

/** A moment in the viewer's zone, UTC on hover; with `nowMs` also how long ago. */
export function Moment({ ms, nowMs }: { readonly ms: number; readonly nowMs?: number }) {
  return (
    <time dateTime={new Date(ms).toISOString()} title={formatUtc(ms)}>
      {formatTime(ms)}
      {nowMs !== undefined && <span className="faint"> {formatAgo(ms, nowMs)}</span>}
    </time>
  )
}
