import { type LlmCall, modelLabel } from '@inferometer/core/call'
import type { RecentTracesRequest, StoredCall, TraceSummary } from './store.ts'

/** What `recentTraces` answers, over calls in memory. */
export function summarizeTraces(calls: readonly StoredCall[], request: RecentTracesRequest): readonly TraceSummary[] {
  const { limit, before = Number.POSITIVE_INFINITY, serviceName } = request
  const chosen = calls.filter(
    ({ seq, call }) => seq < before && (serviceName === undefined || call.serviceName === serviceName),
  )
  const ids = [...new Set([...chosen].reverse().map(({ call }) => call.traceId))].slice(0, limit)
  const summaries = ids.map((id) => summarize(calls.filter(({ call }) => call.traceId === id)))
  return summaries.sort((one, other) => other.lastSeq - one.lastSeq)
}

function summarize(stored: readonly StoredCall[]): TraceSummary {
  const calls = stored.map(({ call }) => call)
  const [first] = calls
  if (first === undefined) throw new Error('BUG: a trace without calls')
  const startTimeUs = Math.min(...calls.map((call) => call.startTimeUs))
  const endMs = Math.max(...calls.map((call) => call.startTimeUs / 1_000 + call.latencyMs))
  return {
    traceId: first.traceId,
    lastSeq: Math.max(...stored.map(({ seq }) => seq)),
    startTimeUs,
    durationMs: endMs - startTimeUs / 1_000,
    calls: calls.length,
    failedCalls: calls.filter(({ status }) => status === 'error').length,
    services: [...new Set(calls.map((call) => call.serviceName))].sort(),
    models: [...new Set(calls.map(modelLabel))].sort(),
    inputTokens: sumOf(calls, 'inputTokens'),
    outputTokens: sumOf(calls, 'outputTokens'),
    costNanoUsd: sumOf(calls, 'costNanoUsd'),
  }
}

function sumOf(calls: readonly LlmCall[], field: 'inputTokens' | 'outputTokens' | 'costNanoUsd'): number | null {
  const known = calls.map((call) => call[field]).filter((value) => value !== null)
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0)
}
