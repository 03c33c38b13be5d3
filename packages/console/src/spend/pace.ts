/** The days and months that spending is held against, in the viewer's zone. */
import { startOfDay, type TimeRange } from '../time-range.ts'

export interface SpendPeriods {
  readonly today: TimeRange
  /** Yesterday until the same time of day. */
  readonly yesterdaySoFar: TimeRange
  readonly yesterday: TimeRange
  readonly month: TimeRange
  readonly monthDays: number
}

export function listPeriods(nowMs: number): SpendPeriods {
  const now = new Date(nowMs)
  const todayMs = startOfDay(nowMs)
  // By the calendar: a day on which the clock changes has 23 or 25 hours.
  const yesterdayMs = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1).getTime()
  const monthMs = new Date(now.getFullYear(), now.getMonth(), 1).getTime()
  const untilMs = nowMs + 1
  return {
    today: { sinceMs: todayMs, untilMs },
    yesterdaySoFar: { sinceMs: yesterdayMs, untilMs: Math.min(todayMs, yesterdayMs + untilMs - todayMs) },
    yesterday: { sinceMs: yesterdayMs, untilMs: todayMs },
    month: { sinceMs: monthMs, untilMs },
    monthDays: new Date(now.getFullYear(), now.getMonth() + 1, 0).getDate(),
  }
}

const dayMs = 86_400_000
/** Before this much of a period has passed, its pace says nothing. */
const leastShare = 1 / 48

/** What the month will have cost if the rest goes like the part that has passed; null when too little has. */
export function projectMonth(spentUsd: number | null, { month, monthDays }: SpendPeriods): number | null {
  const passed = (month.untilMs - month.sinceMs) / dayMs
  return spentUsd === null || passed < leastShare ? null : (spentUsd / passed) * monthDays
}
