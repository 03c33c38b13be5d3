/**
 * The one boundary between the instrument and the application: nothing of ours that goes wrong behind it is seen
 * by the application. Failures are counted, and the first one is reported.
 */
export interface Guard {
  /** Runs the action; a throw is counted instead of passed on. */
  run(action: () => void): void
  readonly internalErrors: number
}

export function createGuard(report: (message: string) => void): Guard {
  let internalErrors = 0
  const run = (action: () => void) => {
    try {
      action()
    } catch (error) {
      internalErrors += 1
      if (internalErrors === 1) report(`internal error, calls may be missing: ${describe(error)}`)
    }
  }
  return {
    run,
    get internalErrors() {
      return internalErrors
    },
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
