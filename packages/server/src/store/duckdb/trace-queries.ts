/** The traces of the calls that were recorded last. */
import type { RecentTracesRequest, TraceSummary } from '../store.ts'
import { callsView } from './calls-view.ts'
import { modelExpression, type Query } from './queries.ts'
import type { ResultColumns } from './read-rows.ts'

/** How many of the newest calls are looked through for each trace that is asked for: agents make dozens of calls. */
const callsPerTrace = 50

/** Which traces, by their newest calls: to group all that is stored would take seconds. */
export function recentTraceIdsQuery({ limit, before, serviceName }: RecentTracesRequest): Query {
  const conditions = [
    ...(before === undefined ? [] : ['seq < ?::BIGINT']),
    ...(serviceName === undefined ? [] : ['service_name = ?']),
  ]
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`
  const values = [before, serviceName].filter((value) => value !== undefined)
  return {
    sql: `SELECT replace(trace_id::VARCHAR, '-', ''), max(seq)::DOUBLE AS last FROM (
        SELECT trace_id, seq FROM ${callsView} ${where} ORDER BY seq DESC LIMIT ?::BIGINT)
      GROUP BY 1 ORDER BY last DESC LIMIT ?::BIGINT`,
    values: [...values, limit * callsPerTrace, limit],
  }
}

/** All of the calls of the traces. */
export function traceSummariesQuery(traceIds: readonly string[]): Query {
  return {
    sql: `SELECT replace(trace_id::VARCHAR, '-', ''), max(seq)::DOUBLE, epoch_us(min(start_time))::DOUBLE,
        max(epoch_us(start_time) / 1000.0 + latency_ms) - epoch_us(min(start_time)) / 1000.0,
        count(*)::DOUBLE, (count(*) FILTER (status = 'error'))::DOUBLE,
        to_json(list_sort(list(DISTINCT service_name)))::VARCHAR, to_json(list_sort(list(DISTINCT ${modelExpression})))::VARCHAR,
        sum(input_tokens)::DOUBLE, sum(output_tokens)::DOUBLE, sum(cost_nano_usd)::DOUBLE
      FROM ${callsView} WHERE trace_id IN (${traceIds.map(() => '?::UUID').join(', ')})
      GROUP BY trace_id ORDER BY 2 DESC`,
    values: traceIds,
  }
}

export function readSummaries(columns: ResultColumns): readonly TraceSummary[] {
  const [ids = []] = columns
  return ids.map((id, row) => {
    const at = (index: number): unknown => columns[index]?.[row]
    const numberAt = (index: number): number | null => (at(index) === null ? null : Number(at(index)))
    return {
      traceId: String(id),
      lastSeq: Number(at(1)),
      startTimeUs: Number(at(2)),
      durationMs: Number(at(3)),
      calls: Number(at(4)),
      failedCalls: Number(at(5)),
      services: JSON.parse(String(at(6))),
      models: JSON.parse(String(at(7))),
      inputTokens: numberAt(8),
      outputTokens: numberAt(9),
      costNanoUsd: numberAt(10),
    }
  })
}
