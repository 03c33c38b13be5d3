/** The moment that everything on screen is of: it moves on with the refresh interval, or when asked. */
import { useEffect, useMemo, useSyncExternalStore } from 'react'
import { resolveRange, type TimeRange } from './time-range.ts'
import { type Refresh, useView } from './url.ts'

let nowMs = Date.now()
const listeners = new Set<() => void>()

/** Asks everything again, as of now. */
export function refreshNow(): void {
  nowMs = Date.now()
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function useNow(): number {
  return useSyncExternalStore(subscribe, () => nowMs)
}

const intervalsMs: Readonly<Record<Refresh, number | null>> = { off: null, '5s': 5_000, '30s': 30_000 }

/** Keeps the clock going. A page that nobody sees asks nothing; it catches up when it is looked at. */
export function useClock(refresh: Refresh): void {
  useEffect(() => {
    const intervalMs = intervalsMs[refresh]
    if (intervalMs === null) return
    const tick = () => {
      if (document.visibilityState === 'visible' && Date.now() - nowMs >= intervalMs - 500) refreshNow()
    }
    const timer = setInterval(tick, intervalMs)
    document.addEventListener('visibilitychange', tick)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', tick)
    }
  }, [refresh])
}

/** The range of the view, as of the clock. */
export function useRange(): TimeRange {
  const now = useNow()
  const { from, to } = useView()
  return useMemo(() => resolveRange({ from, to }, now), [from, to, now])
}
