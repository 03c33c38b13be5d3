import type { ErrorType } from '@inferometer/core/call'

/** Why no answer, or only a part of it, arrived. */
export interface Failure {
  readonly type: Extract<ErrorType, 'timeout' | 'connection' | 'cancelled' | 'blocked'>
  /** The error's own code, e.g. ECONNREFUSED. */
  readonly code: string | null
  readonly message: string
}

/** Who fired the request's own signal, which counts whatever the error says. */
export type Abort = 'nobody' | 'application' | 'timer'

export function classifyFailure(error: unknown, abort: Abort): Failure {
  const code = readCode(error)
  const message = error instanceof Error ? error.message : String(error)
  return { type: failureType(error, abort, code), code, message }
}

function failureType(error: unknown, abort: Abort, code: string | null): Failure['type'] {
  if (abort === 'timer' || isTimeout(error) || (code !== null && /TIMEOUT|ETIMEDOUT/.test(code))) return 'timeout'
  return abort === 'application' || readName(error) === 'AbortError' ? 'cancelled' : 'connection'
}

/** The reason that a timer aborts with is thrown as it is by fetch, and is the cause of what node:http throws. */
function isTimeout(error: unknown): boolean {
  const cause = typeof error === 'object' && error !== null && 'cause' in error ? error.cause : null
  return [error, cause].some((reason) => /time(?:d[ -]?)?out/i.test(readName(reason)))
}

/** Some clients abort with a word in place of an error. */
function readName(error: unknown): string {
  if (typeof error === 'string') return error
  return typeof error === 'object' && error !== null && 'name' in error ? String(error.name) : ''
}

/** `fetch` hides the reason in `cause`, and may do so twice. */
function readCode(error: unknown): string | null {
  let at = error
  for (let depth = 0; depth < 3 && typeof at === 'object' && at !== null; depth += 1) {
    if ('code' in at && typeof at.code === 'string') return at.code
    at = 'cause' in at ? at.cause : null
  }
  return null
}
