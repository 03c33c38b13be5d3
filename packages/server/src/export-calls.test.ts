import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDuckDbStore } from './store/duckdb/duckdb-store.ts'
import { goodRecord, openTestApp, postJson } from './test-app.cases.ts'

let dataDir: string
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'export-test-'))
})
afterEach(() => rmSync(dataDir, { recursive: true, force: true }))

const open = () => openTestApp({ dataDir }, { openStore: () => openDuckDbStore({ dir: join(dataDir, 'store') }) })
const ids = { trace_id: 'AB'.repeat(16), span_id: '0C'.repeat(8) }

describe('GET /v1/export', () => {
  it('answers a Parquet file that another program reads, and leaves nothing behind', async () => {
    const app = await open()
    await postJson(app.api, '/v1/metrics/record', { ...goodRecord, ...ids, user_id: 'ann' })
    await postJson(app.api, '/v1/metrics/record', { ...goodRecord, started_at: '2026-01-01T00:00:00Z' })
    const answer = await app.api.inject('/v1/export?since=1h')
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'application/vnd.apache.parquet'])
    const file = join(dataDir, 'calls.parquet')
    await writeFile(file, answer.rawPayload)
    const instance = await DuckDBInstance.create(':memory:')
    const connection = await instance.connect()
    const read = await connection.runAndReadAll(
      `SELECT trace_id, span_id, input_tokens::DOUBLE, user_id, request_model FROM '${file}'`,
    )
    expect(read.getRows()).toEqual([['ab'.repeat(16), '0c'.repeat(8), 1_000, 'ann', 'gpt-4o-mini']])
    connection.closeSync()
    instance.closeSync()
    await expect.poll(() => readdirSync(dataDir).filter((name) => name.startsWith('export-'))).toEqual([])
  })

  it('answers CSV with a line of names, and refuses times and formats that are none', async () => {
    const app = await open()
    await postJson(app.api, '/v1/metrics/record', { ...goodRecord, ...ids })
    const { body } = await app.api.inject('/v1/export?format=csv')
    const [head, line, ...rest] = body.trim().split('\n')
    expect(head?.split(',').slice(0, 3)).toEqual(['seq', 'trace_id', 'span_id'])
    expect(line?.startsWith(`1,${'ab'.repeat(16)},`)).toBe(true)
    expect(rest).toEqual([])
    expect((await app.api.inject('/v1/export?since=once')).json().error.problems[0].path).toBe('since')
    expect((await app.api.inject('/v1/export?format=xls')).statusCode).toBe(400)
  })
})
