import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { CallFiles } from './call-files.ts'
import { callsView } from './calls-view.ts'
import { catalogOf } from './filenames.ts'
import { Sums } from './sums.ts'

let dir: string
let instance: DuckDBInstance
let writer: DuckDBConnection
let files: CallFiles
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'inferometer-files-'))
  instance = await DuckDBInstance.create(':memory:', { checkpoint_threshold: '1TB' })
  writer = await instance.connect()
  await writer.run(`ATTACH ':memory:' AS memory_only`)
  files = new CallFiles([], {
    dir,
    writer,
    keeper: await instance.connect(),
    sums: await Sums.open(await instance.connect(), dir, []),
    switchAtWalBytes: 2 ** 16,
    partBytes: 2 ** 30,
  })
})
afterEach(async () => {
  await files.close()
  instance.closeSync()
  rmSync(dir, { recursive: true, force: true })
})

const logs = () => readdirSync(dir).filter((name) => name.startsWith('calls-') && name.endsWith('.wal'))
const noon = Date.UTC(2026, 10, 23, 12)
const hourMs = 3_600_000

async function insert(nowMs: number, fromSeq: number, count = 1): Promise<string> {
  const catalog = catalogOf(await files.openDay(nowMs))
  await writer.run(`INSERT INTO "${catalog}".calls (seq, trace_id, span_id, start_time)
    SELECT range, uuid(), range, now()::TIMESTAMP FROM range(${fromSeq}, ${fromSeq + count})`)
  return catalog
}

const seqs = async () =>
  (await writer.runAndReadAll(`SELECT seq::DOUBLE FROM ${callsView} ORDER BY seq`)).getRows().map(([seq]) => seq)

it('openDay() begins a file at midnight UTC and never goes back to an earlier one', async () => {
  expect(await insert(noon, 1)).toBe('calls-2026-11-23-a')
  expect(await insert(noon + 11.99 * hourMs, 2)).toBe('calls-2026-11-23-a')
  expect(await insert(noon + 12 * hourMs, 3)).toBe('calls-2026-11-24-a')
  expect(await insert(noon, 4)).toBe('calls-2026-11-24-a')
  expect(await seqs()).toEqual([1, 2, 3, 4])
})

it('tidy() gives the appends to the other half when the log is long, and writes the log out meanwhile', async () => {
  expect(await insert(noon, 1, 5_000)).toBe('calls-2026-11-23-a')
  await files.tidy(noon)
  expect(await insert(noon, 5_001)).toBe('calls-2026-11-23-b')
  for (let tries = 0; tries < 200 && logs().length > 1; tries++) await sleep(10)
  expect(logs()).toEqual(['calls-2026-11-23-b.duckdb.wal'])
  await insert(noon, 5_002, 5_000)
  await files.tidy(noon)
  expect(await insert(noon, 10_002)).toBe('calls-2026-11-23-a')
  expect(await seqs()).toEqual(Array.from({ length: 10_002 }, (_, index) => index + 1))
})

it('tidy() writes out the log of the day before', async () => {
  await insert(noon, 1)
  await insert(noon + 24 * hourMs, 2)
  await files.tidy(noon)
  await files.close()
  expect(logs()).toEqual([])
})
