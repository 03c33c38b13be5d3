import { unknownLabel } from '@inferometer/core/call'
import { callsView } from './calls-view.ts'
import { selectedColumns } from './columns.ts'

/** Values are bound, never written into the text. */
export interface Query {
  readonly sql: string
  readonly values: readonly (string | number)[]
}

export const modelExpression = `coalesce(request_model, response_model, '${unknownLabel}')`

/** The rows of a range of seqs, which is a range of blocks; a LIMIT without an end would look at all that follow. */
export function seqRangeQuery(afterSeq: number, throughSeq: number): Query {
  return {
    sql: `SELECT ${selectedColumns} FROM ${callsView} WHERE seq > ?::BIGINT AND seq <= ?::BIGINT ORDER BY seq`,
    values: [afterSeq, throughSeq],
  }
}

export function nextSeqQuery(afterSeq: number): Query {
  return { sql: `SELECT min(seq)::DOUBLE FROM ${callsView} WHERE seq > ?::BIGINT`, values: [afterSeq] }
}

export function traceQuery(traceId: string): Query {
  return {
    sql: `SELECT ${selectedColumns} FROM ${callsView} WHERE trace_id = ?::UUID ORDER BY start_time, seq`,
    values: [traceId],
  }
}

export function callQuery(traceId: string, spanId: string): Query {
  return {
    sql: `SELECT ${selectedColumns} FROM ${callsView} WHERE trace_id = ?::UUID AND span_id = ?::UBIGINT`,
    values: [traceId, `0x${spanId}`],
  }
}
