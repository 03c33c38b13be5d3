import type { LlmCall } from '@inferometer/core/call'
import type { StoredCall } from '../store.ts'
import { type ColumnKind, columns } from './columns.ts'

/** A query's result by column. */
export type ResultColumns = readonly (readonly unknown[])[]

const decoders: Partial<Record<ColumnKind, (value: unknown) => unknown>> = {
  list: (value) => (typeof value === 'string' ? JSON.parse(value) : []),
  object: (value) => (typeof value === 'string' ? JSON.parse(value) : null),
}

/** The calls of a query that selected `selectedColumns`. */
export function readRows(result: ResultColumns): readonly StoredCall[] {
  const [seqs = [], ...fields] = result
  return seqs.map((seq, row) => {
    const call: Record<string, unknown> = {}
    columns.forEach(({ field, kind }, index) => {
      const value = fields[index]?.[row]
      const decode = decoders[kind]
      call[field] = decode ? decode(value) : value
    })
    // The table was written from this type, column by column.
    return { seq: Number(seq), call: call as unknown as LlmCall }
  })
}
