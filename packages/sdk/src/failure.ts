import type { ErrorType } from '@inferometer/core/call'

/** Why no answer, or only a part of it, arrived. */
export interface Failure {
  readonly type: Extract<ErrorType, 'timeout' | 'connection' | 'cancelled'>
  /** The error's own code, e.g. ECONNREFUSED. */
  readonly code: string | null
  readonly message: string
}

/** `aborted`: the application's own signal fired, whatever the error says. */
export function classifyFailure(error: unknown, aborted: boolean): Failure {
  const code = readCode(error)
  const message = error instanceof Error ? error.message : String(error)
  return { type: failureType(error, aborted, code), code, message }
}

function failureType(error: unknown, aborted: boolean, code: string | null): Failure['type'] {
  const name = readName(error)
  if (/timeout/i.test(name) || (code !== null && /TIMEOUT|ETIMEDOUT/.test(code))) return 'timeout'
  return aborted || name === 'AbortError' ? 'cancelled' : 'connection'
}

function readName(error: unknown): string {
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
