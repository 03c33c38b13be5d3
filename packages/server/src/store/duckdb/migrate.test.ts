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
  expect(versions.getRows()).toEqual([[1], [2]])
  connection.closeSync()
  instance.closeSync()
})
