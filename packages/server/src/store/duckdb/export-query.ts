import { quotedString } from '@duckdb/node-api'
import type { ExportRequest } from '../store.ts'
import { callsView } from './calls-view.ts'
import { type ColumnKind, columns } from './columns.ts'
import type { Query } from './queries.ts'

const readable: Partial<Record<ColumnKind, (name: string) => string>> = {
  traceId: (name) => `replace(${name}::VARCHAR, '-', '') AS ${name}`,
  spanId: (name) => `lower(lpad(hex(${name}), 16, '0')) AS ${name}`,
}

const options: Readonly<Record<ExportRequest['format'], string>> = {
  parquet: 'FORMAT parquet, COMPRESSION zstd',
  csv: 'FORMAT csv, HEADER true',
}

/** Writes the calls to the file, in the order of recording. */
export function exportQuery({ sinceUs, untilUs, format }: ExportRequest, path: string): Query {
  const selected = ['seq', ...columns.map(({ name, kind }) => readable[kind]?.(name) ?? name)]
  const bounds = [
    { sql: 'start_time >= make_timestamp(?::BIGINT)', value: sinceUs },
    { sql: 'start_time < make_timestamp(?::BIGINT)', value: untilUs },
  ].filter(({ value }) => value !== null)
  const where = bounds.length === 0 ? '' : `WHERE ${bounds.map(({ sql }) => sql).join(' AND ')}`
  return {
    sql: `COPY (SELECT ${selected.join(', ')} FROM ${callsView} ${where} ORDER BY seq)
      TO ${quotedString(path)} (${options[format]})`,
    values: bounds.flatMap(({ value }) => value ?? []),
  }
}
