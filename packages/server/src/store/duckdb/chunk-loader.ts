import {
  BIGINT,
  BOOLEAN,
  DOUBLE,
  DuckDBDataChunk,
  type DuckDBType,
  TIMESTAMP,
  UBIGINT,
  UUID,
  VARCHAR,
} from '@duckdb/node-api'
// The API's own vectors convert value by value through BigInt, ten times slower than copying a column whole.
import duckdb from '@duckdb/node-bindings'
import { type ColumnKind, tableColumns } from './columns.ts'
import { type Page, type PageColumn, pageColumns, pageRows, validityBytes } from './page.ts'

const types: Readonly<Record<ColumnKind, DuckDBType>> = {
  traceId: UUID,
  spanId: UBIGINT,
  time: TIMESTAMP,
  integer: BIGINT,
  float: DOUBLE,
  boolean: BOOLEAN,
  word: VARCHAR,
  text: VARCHAR,
  list: VARCHAR,
  object: VARCHAR,
}

/** Fills one data chunk again and again: a new one for each page is freed only by garbage collection and piles up. */
export class ChunkLoader {
  readonly chunk = DuckDBDataChunk.create([BIGINT, ...tableColumns.map(({ kind }) => types[kind])])
  readonly #seqs = new BigInt64Array(pageRows)

  /** Makes the chunk hold the page, its rows numbered from `firstSeq`. */
  load(page: Page, firstSeq: number): void {
    const { chunk } = this.chunk
    duckdb.data_chunk_reset(chunk)
    duckdb.data_chunk_set_size(chunk, page.rows)
    for (let row = 0; row < page.rows; row++) this.#seqs[row] = BigInt(firstSeq + row)
    copyTo(duckdb.data_chunk_get_vector(chunk, 0), { buffer: this.#seqs.buffer, offset: 0, bytes: page.rows * 8 })
    pageColumns.forEach((column, index) => {
      loadColumn(duckdb.data_chunk_get_vector(chunk, index + 1), page, column)
    })
  }
}

interface Source {
  readonly buffer: ArrayBuffer
  readonly offset: number
  readonly bytes: number
}

function copyTo(vector: duckdb.Vector, { buffer, offset, bytes }: Source): void {
  duckdb.copy_data_to_vector(vector, 0, buffer, offset, bytes)
}

function loadColumn(vector: duckdb.Vector, page: Page, { isText, width, offset, validityOffset }: PageColumn): void {
  const { buffer, rows, strings } = page
  duckdb.vector_ensure_validity_writable(vector)
  duckdb.copy_data_to_vector_validity(vector, 0, buffer, validityOffset, Math.ceil(rows / 64) * 8)
  if (!isText) {
    copyTo(vector, { buffer, offset, bytes: rows * width })
    return
  }
  const codes = new Uint32Array(buffer, offset, rows)
  const valid = new Uint8Array(buffer, validityOffset, validityBytes)
  for (let row = 0; row < rows; row++) {
    if ((((valid[row >> 3] ?? 0) >> (row & 7)) & 1) === 0) continue
    const text = strings[(codes[row] ?? 0) - 1]
    if (text === undefined) throw new Error('BUG: the page refers to a string it does not carry')
    duckdb.vector_assign_string_element(vector, row, text)
  }
}
