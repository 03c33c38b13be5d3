/** What a destination's answer means for the calls that were sent. */
import { DecodeError } from '@inferometer/core/otlp/decode-error'
import { decodeExportResponse } from '@inferometer/core/otlp/response'
import type { PostAnswer } from './http-post.ts'

/** `reason` is a short word for metrics; `message` is for people and never quotes the destination. */
export type Verdict =
  /** `rejected`: how many of the items the destination says it left out. They are not to be sent again. */
  | { readonly kind: 'taken'; readonly rejected: number }
  /** The destination is away or in trouble: the same calls are sent again. */
  | Retry
  /** The destination will never take these calls as they are. */
  | Refused

export interface Retry {
  readonly kind: 'retry'
  readonly reason: string
  readonly message: string
  readonly retryAfterMs: number | null
}

export interface Refused {
  readonly kind: 'refused'
  readonly reason: string
  /** What the destination said. May quote a call, so it goes to no log. */
  readonly answer: string
}

/**
 * 4xx that speak of the destination (credentials, address, proxy, quota) and not of what was sent: a wrong password
 * must not cost calls. Other 4xx are about the batch. 3xx are not followed: a redirect turns a POST into a GET.
 */
const wrongDestination = new Set([401, 402, 403, 404, 405, 407, 410, 415, 421, 426, 451])
const worthRepeating = new Set([408, 425, 429])
const shownChars = 500

export function judgeAnswer(answer: PostAnswer): Verdict {
  if (answer.kind === 'failed') return { ...answer, kind: 'retry', retryAfterMs: null }
  const { status, retryAfterMs, body } = answer
  if (status >= 200 && status < 300) return { kind: 'taken', rejected: countRejected(body) }
  const reason = `http_${status}`
  if (isRetryable(status)) return { kind: 'retry', reason, message: `answers ${status}`, retryAfterMs }
  return { kind: 'refused', reason, answer: body.toString('utf8', 0, shownChars) }
}

function isRetryable(status: number): boolean {
  return status < 400 || status >= 500 || worthRepeating.has(status) || wrongDestination.has(status)
}

/** Some answer 200 with text of their own, which says nothing about what was left out. */
function countRejected(body: Uint8Array): number {
  try {
    return decodeExportResponse(body).rejectedCount
  } catch (error) {
    if (error instanceof DecodeError) return 0
    throw error
  }
}

export interface Backoff {
  readonly firstMs: number
  readonly longestMs: number
}

export const defaultBackoff: Backoff = { firstMs: 500, longestMs: 30_000 }
const longestRetryAfterMs = 300_000

/** Doubles with each failure; between half and all of it, so that many servers do not come back at once. */
export function backoffMs(failures: number, retryAfterMs: number | null, backoff: Backoff): number {
  const delayMs = Math.min(backoff.firstMs * 2 ** Math.min(failures - 1, 20), backoff.longestMs)
  return Math.max(delayMs * (0.5 + Math.random() / 2), Math.min(retryAfterMs ?? 0, longestRetryAfterMs))
}
