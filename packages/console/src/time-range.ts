/** The range of time that a view shows. */
import type { View } from './url.ts'

export interface TimeRange {
  readonly sinceMs: number
  readonly untilMs: number
}

export const presets = [
  { from: 'now-5m', to: 'now', label: 'Last 5 minutes' },
  { from: 'now-15m', to: 'now', label: 'Last 15 minutes' },
  { from: 'now-1h', to: 'now', label: 'Last hour' },
  { from: 'now-3h', to: 'now', label: 'Last 3 hours' },
  { from: 'now-6h', to: 'now', label: 'Last 6 hours' },
  { from: 'now-12h', to: 'now', label: 'Last 12 hours' },
  { from: 'now-24h', to: 'now', label: 'Last 24 hours' },
  { from: 'now-2d', to: 'now', label: 'Last 2 days' },
  { from: 'now-7d', to: 'now', label: 'Last 7 days' },
  { from: 'now-30d', to: 'now', label: 'Last 30 days' },
  { from: 'now/d', to: 'now', label: 'Today' },
  { from: 'now-1d/d', to: 'now/d', label: 'Yesterday' },
] as const

const unitMs: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}

/** `now-6h`, `now/d` (the viewer's midnight), ISO 8601 or milliseconds since the Unix epoch; null where it is neither. */
export function parseMoment(text: string, nowMs: number): number | null {
  const [match, amount, unit, rounded] = /^now(?:-(\d{1,6})([smhdw]))?(\/d)?$/.exec(text.trim()) ?? []
  if (match !== undefined) {
    const ms = nowMs - Number(amount ?? 0) * (unitMs[unit ?? 's'] ?? 0)
    return rounded === undefined ? ms : startOfDay(ms)
  }
  if (/^\d{11,14}$/.test(text.trim())) return Number(text)
  const parsed = Date.parse(text.trim())
  return Number.isNaN(parsed) ? null : parsed
}

export function startOfDay(ms: number): number {
  return new Date(ms).setHours(0, 0, 0, 0)
}

const fallbackMs = 6 * 3_600_000

/** What cannot be read, or ends before it begins, is the last six hours. */
export function resolveRange({ from, to }: Pick<View, 'from' | 'to'>, nowMs: number): TimeRange {
  const [sinceMs, untilMs] = [parseMoment(from, nowMs), parseMoment(to, nowMs)]
  if (sinceMs === null || untilMs === null || sinceMs >= untilMs) return { sinceMs: nowMs - fallbackMs, untilMs: nowMs }
  return { sinceMs, untilMs }
}

/** Whether it moves with the clock. */
export const isRelative = ({ to }: Pick<View, 'to'>): boolean => to.startsWith('now')

const stepsMs = [
  1_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 900_000, 1_800_000, 3_600_000, 7_200_000,
  21_600_000, 43_200_000, 86_400_000,
]
const pointsAtMost = 180

/** How far apart the points of a line over this range lie. */
export function chooseStep({ sinceMs, untilMs }: TimeRange, atMost: number = pointsAtMost): number {
  const least = (untilMs - sinceMs) / atMost
  return stepsMs.find((step) => step >= least) ?? Math.ceil(least / 86_400_000) * 86_400_000
}
