/** The moment under the pointer, shared by every chart on the page: one cross-hair. */
import { useSyncExternalStore } from 'react'

export interface Hover {
  readonly timeMs: number
  /** The chart that the pointer is on: it alone shows the values. */
  readonly chart: string
}

let hover: Hover | null = null
const listeners = new Set<() => void>()

export function setHover(next: Hover | null): void {
  if (next?.timeMs === hover?.timeMs && next?.chart === hover?.chart) return
  hover = next
  for (const listener of listeners) listener()
}

export function useHover(): Hover | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => hover,
  )
}
