import { startTimer } from './clock.ts'

/** Work put off until there is leisure for it. */
export interface Later {
  add(action: () => void): void
  /** Does now what is waiting: before a flush and at exit. */
  drain(): void
}

const batchActions = 32
const delayMs = 100

/**
 * Does the work in batches: a hundred short tasks in a row cost a fraction of the same tasks each in between the application's
 * own work. A batch is small enough not to be felt by the event loop. `schedule` runs an action when the application had its turn.
 */
export function createLater(schedule: (action: () => void) => void, run: (action: () => void) => void): Later {
  let waiting: (() => void)[] = []
  let scheduled = false
  let stopTimer: (() => void) | null = null
  const turn = () => {
    scheduled = false
    for (const action of waiting.splice(0, batchActions)) run(action)
    if (waiting.length > 0) arm()
  }
  const arm = () => {
    if (scheduled) return
    scheduled = true
    stopTimer?.()
    stopTimer = null
    schedule(turn)
  }
  return {
    add(action) {
      waiting.push(action)
      if (waiting.length >= batchActions) arm()
      else if (!scheduled) stopTimer ??= startTimer(delayMs, arm)
    },
    drain() {
      while (waiting.length > 0) {
        const all = waiting
        waiting = []
        for (const action of all) run(action)
      }
    },
  }
}
