import type { Span } from '@inferometer/core/otlp/model'

export type SpanTimes =
  | { readonly ok: true; readonly startTimeUs: number; readonly latencyMs: number }
  | { readonly ok: false; readonly message: string }

const nanoPerMs = 1_000_000
const latestUnixNano = 4_102_444_800_000_000_000n // the year 2100
const longestMs = 7 * 86_400_000

/** Start and duration of a span, if it has ended and both lie within reason. */
export function readSpanTimes({ startTimeUnixNano, endTimeUnixNano }: Span): SpanTimes {
  if (startTimeUnixNano <= 0n) return { ok: false, message: 'startTimeUnixNano is missing' }
  if (endTimeUnixNano < startTimeUnixNano) return { ok: false, message: 'endTimeUnixNano lies before startTimeUnixNano' }
  if (endTimeUnixNano > latestUnixNano) return { ok: false, message: 'endTimeUnixNano lies after the year 2100' }
  const latencyMs = Number(endTimeUnixNano - startTimeUnixNano) / nanoPerMs
  if (latencyMs > longestMs) return { ok: false, message: 'it lasts longer than a week' }
  return { ok: true, startTimeUs: Number(startTimeUnixNano / 1_000n), latencyMs }
}
