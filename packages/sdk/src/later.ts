import { startTimer } from './clock.ts'

/** Work put off until there is leisure for it. */
export interface Later<Item> {
  add(item: Item): void
  /** Does now what is waiting: before a flush and at exit. */
  drain(): void
}

export interface LaterOptions<Item> {
  /** Runs an action when the application had its turn. */
  readonly schedule: (action: () => void) => void
  /** Must not throw. */
  readonly work: (item: Item) => void
}

const batchItems = 16
const delayMs = 100

/**
 * Does the work in batches: a hundred short tasks in a row cost a fraction of the same tasks each in between the application's
 * own work. A batch is small enough not to be felt by the event loop.
 */
export function createLater<Item>({ schedule, work }: LaterOptions<Item>): Later<Item> {
  let waiting: Item[] = []
  let scheduled = false
  let stopTimer: (() => void) | null = null
  const turn = () => {
    scheduled = false
    for (const item of waiting.splice(0, batchItems)) work(item)
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
    add(item) {
      waiting.push(item)
      if (waiting.length >= batchItems) arm()
      else if (!scheduled) stopTimer ??= startTimer(delayMs, arm)
    },
    drain() {
      while (waiting.length > 0) {
        const all = waiting
        waiting = []
        for (const item of all) work(item)
      }
    },
  }
}
