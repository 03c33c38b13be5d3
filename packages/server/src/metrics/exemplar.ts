/** Points from a sample to the trace of one call behind it. */
export interface Exemplar {
  readonly traceId: string
  readonly spanId: string
  readonly timestampMs: number
}

export interface StoredExemplar extends Exemplar {
  /** What was observed or added, in the unit of the metric. */
  readonly value: number
}

/**
 * The newest wins, by its own timestamp: calls arrive in any order, and Prometheus refuses an exemplar
 * that is older than the one it has of the same series.
 */
export function keepNewest(stored: StoredExemplar | undefined, exemplar: Exemplar, value: number): StoredExemplar {
  if (stored !== undefined && exemplar.timestampMs < stored.timestampMs) return stored
  return { traceId: exemplar.traceId, spanId: exemplar.spanId, timestampMs: exemplar.timestampMs, value }
}
