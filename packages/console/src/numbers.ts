/** How numbers and times are written, the same on every page. Null is not known, and never 0. */
import type { Unit } from '@inferometer/core/panels'

/** What stands where a number is not known. */
export const unknownMark = '–'
/** Between a number and its unit: they stay on one line. */
const gap = '\u00a0'

const locale = 'en-US'
const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 })
const oneDecimal = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 })
const cents = new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 })
const twoDigits = new Intl.NumberFormat(locale, { maximumSignificantDigits: 2 })
const threeDigits = new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 })

const isKnown = (value: number | null | undefined): value is number =>
  value !== null && value !== undefined && Number.isFinite(value)

/** `420 ms`, `1.8 s`, `2.5 min`. */
export function formatMs(ms: number | null | undefined): string {
  if (!isKnown(ms)) return unknownMark
  if (ms < 10) return `${ms === 0 ? '0' : twoDigits.format(ms)}${gap}ms`
  if (ms < 999.5) return `${whole.format(ms)}${gap}ms`
  if (ms < 9_995) return `${cents.format(ms / 1_000)}${gap}s`
  if (ms < 119_500) return `${oneDecimal.format(ms / 1_000)}${gap}s`
  if (ms < 7_200_000) return `${oneDecimal.format(ms / 60_000)}${gap}min`
  return `${oneDecimal.format(ms / 3_600_000)}${gap}h`
}

/** `$12.40`, `$0.42`; under a cent the first two significant digits: `$0.0042`. */
export function formatUsd(usd: number | null | undefined): string {
  if (!isKnown(usd)) return unknownMark
  const sign = usd < 0 ? '−' : ''
  const size = Math.abs(usd)
  if (size === 0) return '$0'
  if (size < 0.01) return `${sign}$${twoDigits.format(size)}`
  if (size >= 1_000_000) return `${sign}$${threeDigits.format(size / 1_000_000)}${gap}M`
  return `${sign}$${size >= 10_000 ? whole.format(size) : cents.format(size)}`
}

/** All that is known, to the micro-dollar: for a title or a sum that is checked. */
export function formatUsdExactly(usd: number | null | undefined): string {
  if (!isKnown(usd)) return unknownMark
  return `$${new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 9 }).format(usd)}`
}

/** `1,204`, `1.25 M`. */
export function formatCount(count: number | null | undefined): string {
  if (!isKnown(count)) return unknownMark
  const size = Math.abs(count)
  if (size >= 999_500_000) return `${threeDigits.format(count / 1e9)}${gap}G`
  if (size >= 999_500) return `${threeDigits.format(count / 1e6)}${gap}M`
  if (Number.isInteger(count) || size >= 100) return whole.format(count)
  return size < 10 ? threeDigits.format(count) : oneDecimal.format(count)
}

/** `1,204 tokens`. */
export function formatTokens(tokens: number | null | undefined): string {
  return isKnown(tokens) ? `${formatCount(tokens)}${gap}tokens` : unknownMark
}

/** A share of 1: `3.2 %`. */
export function formatShare(share: number | null | undefined): string {
  if (!isKnown(share)) return unknownMark
  const percent = share * 100
  const size = Math.abs(percent)
  if (size > 0 && size < 1) return `${twoDigits.format(percent)}${gap}%`
  return `${oneDecimal.format(percent)}${gap}%`
}

/** Seldom things are counted by the minute or the hour, so that nobody counts zeros. */
const paces = [
  { from: 0.1, seconds: 1, unit: '/s' },
  { from: 0.1 / 60, seconds: 60, unit: '/min' },
  { from: 0, seconds: 3_600, unit: '/h' },
] as const

/** How many seconds the unit of a pace has, by the greatest beside it. */
export function paceSeconds(greatest: number): number {
  return (paces.find(({ from }) => greatest >= from) ?? paces[0]).seconds
}

/** `greatest` of what stands beside it chooses the unit for all. */
function formatCallPace(pace: number | null | undefined, greatest: number): string {
  if (!isKnown(pace)) return unknownMark
  const { seconds, unit } = paces.find(({ from }) => greatest >= from) ?? paces[0]
  // Beside what the unit was chosen for, more digits say nothing.
  if (pace > 0 && pace < greatest && pace * seconds < 0.01) return `<${gap}0.01${gap}${unit}`
  return formatPace(pace * seconds, greatest === 0 ? '/s' : unit)
}

function formatPace(pace: number | null | undefined, unit: string): string {
  if (!isKnown(pace)) return unknownMark
  if (pace >= 10_000) return `${threeDigits.format(pace / 1_000)}${gap}k${unit}`
  const digits = pace < 10 ? twoDigits : pace < 1_000 ? oneDecimal : whole
  return `${digits.format(pace)}${gap}${unit}`
}

const formats: Readonly<Record<Unit, (value: number | null | undefined, greatest: number) => string>> = {
  milliseconds: formatMs,
  usd: formatUsd,
  share: formatShare,
  count: formatCount,
  calls_per_second: formatCallPace,
  tokens_per_second: (pace) => formatPace(pace, 'tok/s'),
}

/** A value of a panel; `greatest` of the panel keeps paces in one unit. */
export function formatValue(value: number | null | undefined, unit: Unit, greatest: number = value ?? 0): string {
  return formats[unit](value, greatest)
}

export interface AxisTicks {
  readonly interval: number
  readonly max: number
}

/** On an axis whose lines lie `interval` apart: no digits that are the same on every line. */
export function formatAxis(value: number, unit: Unit, { interval, max }: AxisTicks): string {
  if (value === 0) return unit === 'usd' ? '$0' : '0'
  if (unit === 'milliseconds' && interval >= 1_000 && value < 120_000)
    return `${threeDigits.format(value / 1_000)}${gap}s`
  if (unit === 'usd' && interval >= 1 && value < 1_000_000) return `$${whole.format(value)}`
  return formatValue(value, unit, max)
}

/** `+12 %`, `−3.4 %`; more than tenfold is `×12`. Null where there is nothing to compare with. */
export function formatChange(now: number | null, before: number | null): string | null {
  if (!isKnown(now) || !isKnown(before) || before === 0) return null
  const ratio = now / before
  if (ratio >= 10) return `×${whole.format(ratio)}`
  const percent = (ratio - 1) * 100
  if (Math.abs(percent) < 0.05) return `±0${gap}%`
  return `${percent > 0 ? '+' : '−'}${oneDecimal.format(Math.abs(percent))}${gap}%`
}

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' })
const minutes = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })
const dayAndYear = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' })

/** In the viewer's zone: `14:03:09` */
export const formatClock = (ms: number): string => clock.format(ms)
/** In the viewer's zone: `28 Nov 14:03:09`, with the year where it is not this one. */
export function formatTime(ms: number, nowMs: number = Date.now()): string {
  const isThisYear = new Date(ms).getFullYear() === new Date(nowMs).getFullYear()
  return `${(isThisYear ? day : dayAndYear).format(ms)} ${clock.format(ms)}`
}
/** To hover over a local time: `2026-11-28 13:03:09.120 UTC` */
export const formatUtc = (ms: number): string => new Date(ms).toISOString().replace('T', ' ').replace('Z', ' UTC')

/** On an axis whose ticks lie `stepMs` apart. */
export function formatTick(ms: number, stepMs: number): string {
  if (stepMs >= 86_400_000) return day.format(ms)
  if (stepMs < 60_000) return clock.format(ms)
  const date = new Date(ms)
  return date.getHours() === 0 && date.getMinutes() === 0 ? day.format(ms) : minutes.format(ms)
}

/** `12 s ago`. Only beside an absolute time. */
export function formatAgo(ms: number, nowMs: number): string {
  const seconds = Math.max(0, Math.round((nowMs - ms) / 1_000))
  if (seconds < 100) return `${seconds}${gap}s ago`
  if (seconds < 6_000) return `${Math.round(seconds / 60)}${gap}min ago`
  if (seconds < 172_800) return `${Math.round(seconds / 3_600)}${gap}h ago`
  return `${Math.round(seconds / 86_400)}${gap}days ago`
}
