import { DuckDBInstance } from '@duckdb/node-api'
import { expect, it } from 'vitest'
import { columns, sqlTypes } from './columns.ts'
import { migrate } from './migrate.ts'

it('migrate() makes a table with the columns of the record, in their order, and is done the second time', async () => {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  await connection.run(`ATTACH ':memory:' AS "some-file"`)
  await migrate(connection, 'some-file')
  await migrate(connection, 'some-file')
  const found = await connection.runAndReadAll(
    `SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = 'calls' ORDER BY column_index`,
  )
  expect(found.getRows()).toEqual([['seq', 'BIGINT'], ...columns.map(({ name, kind }) => [name, sqlTypes[kind]])])
  const versions = await connection.runAndReadAll('SELECT version FROM "some-file".schema_version')
  expect(versions.getRows()).toEqual([[1], [2], [3], [4]])
  connection.closeSync()
  instance.closeSync()
})

it('migrate() keeps the calls of a file of the first release, with nothing known in newer columns', async () => {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  await connection.run(`ATTACH ':memory:' AS f`)
  await migrate(connection, 'f')
  for (const name of ['reported_cost_nano_usd', 'stalls'])
    await connection.run(`ALTER TABLE f.calls DROP COLUMN ${name}`)
  await connection.run('DELETE FROM f.schema_version WHERE version > 2')
  await connection.run(
    `INSERT INTO f.calls (seq, trace_id, span_id, start_time, source) VALUES (7, uuid(), 1, TIMESTAMP '2026-11-01', 'rest')`,
  )
  await migrate(connection, 'f')
  const found = await connection.runAndReadAll(
    'SELECT seq::INTEGER, source, reported_cost_nano_usd, stalls FROM f.calls',
  )
  expect(found.getRows()).toEqual([[7, 'rest', null, null]])
  connection.closeSync()
  instance.closeSync()
})
