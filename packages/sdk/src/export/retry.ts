/** What became of one export. `drop`: the server will never take it. */
export type SendResult =
  | { readonly kind: 'ok' }
  | { readonly kind: 'retry'; readonly reason: string; readonly retryAfterMs: number | null }
  | { readonly kind: 'drop'; readonly reason: string }

/** Sends one encoded ExportTraceServiceRequest. Never rejects. */
export type Transport = (body: Uint8Array) => Promise<SendResult>

/** Source: OTLP specification, "Failures"; 408 and 500 are repeated too, because a restart gives them. */
const retryable = new Set([408, 429, 500, 502, 503, 504])

export function judgeStatus(status: number, retryAfterMs: number | null): SendResult {
  if (status >= 200 && status < 300) return { kind: 'ok' }
  const reason = `http_${status}`
  return retryable.has(status) ? { kind: 'retry', reason, retryAfterMs } : { kind: 'drop', reason }
}

const firstDelayMs = 500
const longestDelayMs = 30_000
const longestRetryAfterMs = 300_000

/** Exponential backoff, each delay between half and all of its time so that many processes do not come back at once. */
export function backoffMs(failures: number, retryAfterMs: number | null, random: () => number): number {
  const delayMs = Math.min(firstDelayMs * 2 ** Math.min(failures - 1, 20), longestDelayMs)
  return Math.max(delayMs * (0.5 + random() / 2), Math.min(retryAfterMs ?? 0, longestRetryAfterMs))
}
