/**
 * The one boundary between the instrument and the application: nothing of ours that goes wrong behind it is seen
 * by the application. Failures are counted, and the first one is reported.
 */
export interface Guard {
  /** Runs the action; a throw is counted instead of passed on. */
  run(action: () => void): void
  /** The same without a closure, for what happens with every chunk. */
  call<T>(action: (value: T) => void, value: T): void
  /** Counts what a boundary of its own has caught, where even that call would be felt. */
  note(error: unknown): void
  readonly internalErrors: number
}

export function createGuard(report: (message: string) => void): Guard {
  let internalErrors = 0
  const note = (error: unknown) => {
    internalErrors += 1
    if (internalErrors === 1) report(`internal error, calls may be missing: ${describe(error)}`)
  }
  const call = <T>(action: (value: T) => void, value: T) => {
    try {
      action(value)
    } catch (error) {
      note(error)
    }
  }
  return {
    call,
    note,
    run: (action) => call(action, undefined),
    get internalErrors() {
      return internalErrors
    },
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
