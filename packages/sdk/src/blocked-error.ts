import type { Finding } from '@inferometer/core/call'

export const blockedCode = 'inferometer_blocked'

/**
 * A call that the policy did not let out. What was found is told by type and place in the texts of the prompt, joined by one line end;
 * never the text itself. It is a TypeError as those of fetch are: many clients try again after any error but one of these.
 */
export class BlockedError extends TypeError {
  override readonly name = 'BlockedError'
  readonly code = blockedCode
  /** As a server would refuse it: clients that retry by status do not come back, and web frameworks answer it as it is. */
  readonly status = 403
  readonly findings: readonly Finding[]

  constructor(findings: readonly Finding[]) {
    const patterns = [...new Set(findings.map(({ pattern }) => pattern))]
    super(`Blocked before it was sent: the prompt holds ${patterns.join(', ')}`)
    this.findings = findings
  }

  /** The ESM and the CommonJS copy of this package have one class each. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return isBlocked(value)
  }
}

export function isBlocked(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === blockedCode
}
