import type { Span } from '@inferometer/core/otlp/model'

export type SpanTimes =
  | { readonly ok: true; readonly startTimeUs: number; readonly latencyMs: number }
  | { readonly ok: false; readonly message: string }

const nanoPerMs = 1_000_000
const longestMs = 7 * 86_400_000

/** Start and duration of a span, if it has ended. */
export function readSpanTimes({ startTimeUnixNano, endTimeUnixNano }: Span): SpanTimes {
  if (startTimeUnixNano <= 0n) return { ok: false, message: 'startTimeUnixNano is missing' }
  if (endTimeUnixNano <= 0n) return { ok: false, message: 'endTimeUnixNano is missing: send a span once it has ended' }
  if (endTimeUnixNano < startTimeUnixNano)
    return { ok: false, message: 'endTimeUnixNano lies before startTimeUnixNano' }
  const latencyMs = Number(endTimeUnixNano - startTimeUnixNano) / nanoPerMs
  if (latencyMs > longestMs) return { ok: false, message: 'it lasts longer than a week' }
  return { ok: true, startTimeUs: Number(startTimeUnixNano / 1_000n), latencyMs }
}
