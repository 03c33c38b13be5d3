import { unknownLabel } from '@inferometer/core/call'
import type { CallFilters, RecentCallsRequest } from '../store.ts'
import { callsView } from './calls-view.ts'
import { selectedColumns } from './columns.ts'

/** Values are bound, never written into the text. */
export interface Query {
  readonly sql: string
  readonly values: readonly (string | number)[]
}

export const modelExpression = `coalesce(request_model, response_model, '${unknownLabel}')`

const filterConditions: Readonly<Record<keyof CallFilters, string>> = {
  serviceName: 'service_name = ?',
  provider: 'provider = ?',
  model: `${modelExpression} = ?`,
  operation: 'operation = ?',
  status: 'status = ?',
  errorType: 'error_type = ?',
  userId: 'user_id = ?',
  sessionId: 'session_id = ?',
  // A number is bound as a double: compared as it is, it would make a double of every row and skip no block.
  sinceUs: 'start_time >= make_timestamp(?::BIGINT)',
  untilUs: 'start_time < make_timestamp(?::BIGINT)',
}

interface Conditions {
  readonly where: string
  readonly values: readonly (string | number)[]
}

function toConditions(filters: CallFilters, more: Conditions = { where: '', values: [] }): Conditions {
  const conditions = more.where === '' ? [] : [more.where]
  const values = [...more.values]
  for (const [name, condition] of Object.entries(filterConditions)) {
    // Object.entries forgets the keys.
    const value = filters[name as keyof CallFilters]
    if (value === undefined) continue
    conditions.push(condition)
    values.push(value)
  }
  return { where: conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`, values }
}

export function recentCallsQuery({ limit, before, filters = {} }: RecentCallsRequest): Query {
  const earlier = before === undefined ? undefined : { where: 'seq < ?::BIGINT', values: [before] }
  const { where, values } = toConditions(filters, earlier)
  const sql = `SELECT ${selectedColumns} FROM ${callsView} ${where} ORDER BY seq DESC LIMIT ?::BIGINT`
  return { sql, values: [...values, limit] }
}

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
