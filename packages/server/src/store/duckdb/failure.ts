import type { Refusal, StoreHealth } from '../store.ts'

export interface Failure {
  readonly health: Exclude<StoreHealth, 'ok' | 'closed'>
  readonly message: string
  /** The database takes nothing more until it is opened again. */
  readonly isFatal: boolean
}

export const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))

/** DuckDB and Node tell what happened only in words. */
export function toFailure(cause: unknown): Failure {
  const message = messageOf(cause)
  const isFatal = /invalidated|FATAL|INTERNAL/.test(message)
  if (/no space left|quota exceeded|ENOSPC|EDQUOT/i.test(message)) return { health: 'disk_full', message, isFatal }
  if (/read-only file system|EROFS|permission denied|EACCES/i.test(message))
    return { health: 'read_only', message, isFatal }
  return { health: 'unavailable', message, isFatal }
}

const retryAfterMs = { disk_full: 5_000, read_only: 5_000, unavailable: 1_000 } as const

export function refuse({ health, message }: Pick<Failure, 'health' | 'message'>): Refusal {
  const reason = health === 'disk_full' ? 'disk_full' : 'unavailable'
  return { ok: false, reason, message, retryAfterMs: retryAfterMs[health] }
}
