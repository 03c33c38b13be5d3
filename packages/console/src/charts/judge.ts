import type { ShownPanel } from '@inferometer/core/panels/answer'
import type { Judgement } from '../parts/stat.tsx'

/** What the thresholds say of a value. */
export function judge(value: number | null, thresholds: ShownPanel['thresholds']): Judgement {
  if (value === null) return 'neutral'
  return [...thresholds].reverse().find(({ from }) => value >= from)?.level ?? 'neutral'
}

/** Whether more of it is worse, judged or not: what is watched by thresholds, and what is paid. */
export function isMoreWorse({ thresholds, unit }: Pick<ShownPanel, 'thresholds' | 'unit'>): boolean | null {
  const last = thresholds.at(-1)
  if (last !== undefined) return last.level !== 'good'
  return unit === 'usd' ? true : null
}
