import type { DuckDBConnection, DuckDBDataChunk, DuckDBInstance, DuckDBValue } from '@duckdb/node-api'
import duckdb from '@duckdb/node-bindings'
import { CallFiles } from './call-files.ts'
import { readIdWords } from './call-ids.ts'
import { callsView } from './calls-view.ts'
import { removeFile } from './filenames.ts'
import { IdIndex, type SeqRange } from './id-index.ts'
import type { WorkerOptions } from './messages.ts'
import { nodesView } from './node-rows.ts'
import { attachFiles, openInstance } from './open-files.ts'
import { Sums } from './sums.ts'

/** An open store. Its index is empty until `loadIds`. */
export interface Database {
  readonly instance: DuckDBInstance
  /** All there are. */
  readonly connections: readonly DuckDBConnection[]
  readonly writer: DuckDBConnection
  readonly reader: DuckDBConnection
  readonly keeper: DuckDBConnection
  readonly files: CallFiles
  readonly sums: Sums
  readonly index: IdIndex
  readonly setAside: readonly string[]
  readonly lastSeq: number
  readonly lastNodeSeq: number
  readonly rows: number
}

export async function openDatabase(options: WorkerOptions): Promise<Database> {
  const instance = await openInstance(options)
  try {
    const connect = () => instance.connect()
    const [writer, reader, keeper, adder] = [await connect(), await connect(), await connect(), await connect()]
    await writer.run(`ATTACH ':memory:' AS memory_only`)
    const { dir, switchAtWalBytes, partBytes } = options
    const setAside: string[] = []
    const sums = await Sums.open(adder, dir, setAside)
    removeDropped(dir, sums)
    const found = await attachFiles(writer, options)
    setAside.push(...found.setAside)
    const files = new CallFiles(found.files, { dir, writer, keeper, sums, switchAtWalBytes, partBytes })
    if (options.discardAfterSeq !== null) {
      await sums.discardAfter(options.discardAfterSeq)
      await discardAfter(writer, files, options.discardAfterSeq)
    }
    await files.openDay(Date.now())
    const counted = await writer.runAndReadAll(`SELECT count(*), coalesce(max(seq), 0) FROM ${callsView}`)
    const [rows = 0, maxSeq = 0] = (counted.getRows()[0] ?? []).map(Number)
    const lastSeq = Math.max(options.seqFloor, maxSeq)
    const lastNodeSeq = await findLastNode(writer)
    const index = new IdIndex()
    const connections = [writer, reader, keeper, adder]
    return { instance, connections, writer, reader, keeper, files, sums, index, setAside, lastSeq, lastNodeSeq, rows }
  } catch (cause) {
    instance.closeSync()
    throw cause
  }
}

async function findLastNode(connection: DuckDBConnection): Promise<number> {
  const found = await connection.runAndReadAll(`SELECT coalesce(max(seq), 0)::DOUBLE FROM ${nodesView}`)
  return Number(found.getRows()[0]?.[0] ?? 0)
}

export async function closeDatabase({ files, connections, instance }: Database): Promise<void> {
  await files.close()
  for (const connection of connections) connection.closeSync()
  instance.closeSync()
}

/** Ends what a crash left half done: the sums of these files are all that is to be left of them. */
function removeDropped(dir: string, sums: Sums): void {
  for (const range of sums.ranges) {
    if (!range.isDropped) continue
    for (const half of ['a', 'b'] as const) removeFile(dir, { ...range, half })
  }
}

async function discardAfter(writer: DuckDBConnection, files: CallFiles, seq: number): Promise<void> {
  for (const catalog of files.catalogs) await writer.run(`DELETE FROM "${catalog}".calls WHERE seq > ${seq}`)
}

/** Puts the ids of all calls into the index, straight from the vectors. */
export async function loadIds({ keeper, files, index }: Database): Promise<void> {
  for (const catalog of files.catalogs) {
    const result = await keeper.stream(`SELECT trace_id, span_id, seq FROM "${catalog}".calls`)
    for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk())
      loadChunk(chunk, index)
  }
}

function loadChunk({ chunk, rowCount }: DuckDBDataChunk, index: IdIndex): void {
  const traces = readWords(duckdb.data_chunk_get_vector(chunk, 0), rowCount * 4)
  const spans = readWords(duckdb.data_chunk_get_vector(chunk, 1), rowCount * 2)
  const seqs = readWords(duckdb.data_chunk_get_vector(chunk, 2), rowCount * 2)
  const id = new Uint32Array(6)
  for (let row = 0; row < rowCount; row++) {
    const seq = (seqs[row * 2] ?? 0) + (seqs[row * 2 + 1] ?? 0) * 2 ** 32
    readIdWords({ traces, spans }, row, id)
    index.add(id, { firstSeq: seq, lastSeq: seq })
  }
}

function readWords(vector: duckdb.Vector, count: number): Uint32Array {
  const bytes = duckdb.vector_get_data(vector, count * 4)
  return new Uint32Array(bytes.buffer, bytes.byteOffset, count)
}

/** Which of the ids (48 hex digits) have a row in the range. */
export async function findRecorded(connection: DuckDBConnection, ids: readonly string[], range: SeqRange) {
  const spans = ids.map((id) => BigInt(`0x${id.slice(32)}`))
  const found = await connection.runAndReadAll(
    `SELECT replace(trace_id::VARCHAR, '-', '') || lower(lpad(hex(span_id), 16, '0')) FROM ${callsView}
     WHERE seq BETWEEN ${range.firstSeq} AND ${range.lastSeq} AND span_id IN (${spans.join(', ')})`,
  )
  return new Set(found.getRows().map(([id]) => String(id)))
}

/** The result by column. */
export async function readColumns(connection: DuckDBConnection, sql: string, values: readonly DuckDBValue[]) {
  const reader = await connection.runAndReadAll(sql, [...values])
  return reader.getColumns()
}
