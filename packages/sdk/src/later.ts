/** Work put off until the application has had its turn. */
export interface Later {
  add(action: () => void): void
  /** Does now what is waiting: before a flush and at exit. */
  drain(): void
}

/** Bounds what one turn adds to the event loop; the rest waits for the next. */
const turnActions = 64

export function createLater(schedule: (action: () => void) => void, run: (action: () => void) => void): Later {
  let waiting: (() => void)[] = []
  let scheduled = false
  const turn = () => {
    scheduled = false
    const batch = waiting.length > turnActions ? waiting.splice(0, turnActions) : takeAll()
    for (const action of batch) run(action)
    if (waiting.length > 0) arm()
  }
  const takeAll = () => {
    const all = waiting
    waiting = []
    return all
  }
  const arm = () => {
    if (scheduled) return
    scheduled = true
    schedule(turn)
  }
  return {
    add(action) {
      waiting.push(action)
      arm()
    },
    drain() {
      while (waiting.length > 0) for (const action of takeAll()) run(action)
    },
  }
}
