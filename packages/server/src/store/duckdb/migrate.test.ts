import { DuckDBInstance } from '@duckdb/node-api'
import { expect, it } from 'vitest'
import { sqlTypes, tableColumns } from './columns.ts'
import { migrate } from './migrate.ts'

it('migrate() makes a table with the columns of a page, in their order, and is done the second time', async () => {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  await connection.run(`ATTACH ':memory:' AS "some-file"`)
  await migrate(connection, 'some-file')
  await migrate(connection, 'some-file')
  const found = await connection.runAndReadAll(
    `SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = 'calls' ORDER BY column_index`,
  )
  expect(found.getRows()).toEqual([['seq', 'BIGINT'], ...tableColumns.map(({ name, kind }) => [name, sqlTypes[kind]])])
  const versions = await connection.runAndReadAll('SELECT version FROM "some-file".schema_version')
  expect(versions.getRows()).toEqual([[1], [2], [3], [4], [5], [6]])
  connection.closeSync()
  instance.closeSync()
})

it('migrate() keeps the calls of a file of the first release, with what follows from them in newer columns', async () => {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  await connection.run(`ATTACH ':memory:' AS f`)
  await migrate(connection, 'f')
  for (const name of ['reported_cost_nano_usd', 'stalls', 'attempt_statuses'])
    await connection.run(`ALTER TABLE f.calls DROP COLUMN ${name}`)
  await connection.run('DELETE FROM f.schema_version WHERE version > 2')
  const attempts = JSON.stringify([{ httpStatus: 429 }, { httpStatus: null }, { httpStatus: 200 }])
  await connection.run(`INSERT INTO f.calls (seq, trace_id, span_id, start_time, http_status, attempts)
    SELECT seq, uuid(), seq, TIMESTAMP '2026-11-01', http_status, attempts
    FROM (VALUES (7, NULL, NULL), (8, 503, NULL), (9, 200, '${attempts}')) AS given(seq, http_status, attempts)`)
  await migrate(connection, 'f')
  const found = await connection.runAndReadAll(
    'SELECT seq::INTEGER, reported_cost_nano_usd, stalls, attempt_statuses FROM f.calls ORDER BY seq',
  )
  expect(found.getRows()).toEqual([
    [7, null, null, ''],
    [8, null, null, '503'],
    [9, null, null, '429,none,200'],
  ])
  connection.closeSync()
  instance.closeSync()
})
