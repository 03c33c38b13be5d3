/**
 * Nodes of traces on disk: their ids and times as columns, the rest as JSON. They are few beside calls and are only ever read
 * as a whole.
 */

import { type DuckDBAppender, DuckDBUUIDValue } from '@duckdb/node-api'
import type { TraceNode } from '@inferometer/core/trace-node'
import { isSpanId, isTraceId } from '../call-id-text.ts'
import type { StoredNode } from '../store.ts'
import type { Query } from './queries.ts'
import type { ResultColumns } from './read-rows.ts'

/** The view over the nodes of all files. */
export const nodesView = 'memory_only.nodes'

/** A node on its way to the worker. */
export interface NodeRow {
  readonly traceId: string
  readonly spanId: string
  readonly startTimeUs: number
  /** The whole node as JSON. */
  readonly text: string
}

export function toNodeRow(node: TraceNode): NodeRow {
  const { traceId, spanId, startTimeUs } = node
  if (!isTraceId(traceId)) throw new Error(`BUG: traceId is ${JSON.stringify(traceId)}, not 32 hex digits`)
  if (!isSpanId(spanId)) throw new Error(`BUG: spanId is ${JSON.stringify(spanId)}, not 16 hex digits`)
  return { traceId, spanId, startTimeUs, text: JSON.stringify(node) }
}

const bareBytes = 64

export const bytesOfNode = ({ text }: NodeRow): number => bareBytes + text.length

export function appendNodes(appender: DuckDBAppender, rows: readonly NodeRow[], firstSeq: number): void {
  rows.forEach(({ traceId, spanId, startTimeUs, text }, index) => {
    appender.appendBigInt(BigInt(firstSeq + index))
    appender.appendUUID(DuckDBUUIDValue.fromUint128(BigInt(`0x${traceId}`)))
    appender.appendUBigInt(BigInt(`0x${spanId}`))
    appender.appendBigInt(BigInt(startTimeUs))
    appender.appendVarchar(text)
    appender.endRow()
  })
  appender.flushSync()
}

/** A node that was sent twice is read as it came first. */
export function traceNodesQuery(traceId: string): Query {
  return {
    sql: `SELECT seq::DOUBLE, node FROM ${nodesView} WHERE trace_id = ?::UUID
      QUALIFY row_number() OVER (PARTITION BY span_id ORDER BY seq) = 1 ORDER BY start_time_us, seq`,
    values: [traceId],
  }
}

export function nodesAfterQuery(seq: number, limit: number): Query {
  return {
    sql: `SELECT seq::DOUBLE, node FROM ${nodesView} WHERE seq > ?::BIGINT ORDER BY seq LIMIT ?::BIGINT`,
    values: [seq, limit],
  }
}

export function readNodes([seqs = [], texts = []]: ResultColumns): readonly StoredNode[] {
  return seqs.map((seq, row) => ({ seq: Number(seq), node: JSON.parse(String(texts[row])) }))
}
