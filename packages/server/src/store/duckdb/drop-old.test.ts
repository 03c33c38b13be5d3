import { cpSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { makeCall, makeCalls } from '../sample-calls.cases.ts'
import { newest } from '../search.cases.ts'
import { readAll } from '../store.cases.ts'
import type { CallStore, DropRequest } from '../store.ts'
import { openDuckDbStore } from './duckdb-store.ts'
import { dayOf, snapshotPaths } from './filenames.ts'

const root = mkdtempSync(join(tmpdir(), 'inferometer-drop-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const today = dayOf(Date.now())
const everything: DropRequest = {
  beforeMs: Number.NEGATIVE_INFINITY,
  maxBytes: Number.POSITIVE_INFINITY,
  keepAfterSeq: Number.POSITIVE_INFINITY,
}
const olderThan = (day: string) => ({ ...everything, beforeMs: Date.parse(day) })

/** The three days that the tests begin with, made once. */
let threeDays: string
beforeAll(async () => {
  threeDays = await recordDays(['2026-01-01', '2026-01-02', '2026-01-03'])
})

function copyDays(): string {
  const dir = mkdtempSync(join(root, 'data-'))
  cpSync(threeDays, dir, { recursive: true })
  return dir
}

/** Days of 100 calls each, saved in both snapshots: a day is what was recorded on it, so its files are named after it. */
async function recordDays(days: readonly string[]): Promise<string> {
  const dir = mkdtempSync(join(root, 'data-'))
  for (const [index, day] of days.entries()) {
    const store = await openDuckDbStore({ dir })
    await store.append(makeCalls(1 + index * 100, 100))
    await saveTwice(store)
    await store.close()
    for (const name of readdirSync(dir))
      if (name.includes(today)) renameSync(join(dir, name), join(dir, name.replace(today, day)))
  }
  return dir
}

async function saveTwice(store: CallStore): Promise<void> {
  const totals = { seq: store.state().lastSeq, snapshot: Buffer.from('totals') }
  await store.saveSnapshot(totals)
  await store.saveSnapshot(totals)
}

const seqsOf = async (store: CallStore) => (await readAll(store)).map(({ seq }) => seq)
const range = (from: number, through: number) => Array.from({ length: through - from + 1 }, (_, index) => from + index)
const callFilesIn = (dir: string) => readdirSync(dir).filter((name) => name.startsWith('calls-'))

it('dropOld() drops the days that ended before, with their files, and goes on numbering after a restart', async () => {
  const dir = copyDays()
  const store = await openDuckDbStore({ dir })
  expect(await store.dropOld(olderThan('2026-01-01'))).toEqual({ aged: 0, oversized: 0, unread: 0, heldBy: null })
  expect(await store.dropOld(olderThan('2026-01-03'))).toEqual({ aged: 200, oversized: 0, unread: 0, heldBy: null })
  expect(store.state()).toMatchObject({ rows: 100, lastSeq: 300, health: 'ok' })
  expect(await seqsOf(store)).toEqual(range(201, 300))
  expect(await store.dropOld(olderThan('2027-01-01'))).toMatchObject({ aged: 100 })
  expect(callFilesIn(dir).every((name) => name.includes(today))).toBe(true)
  expect(await seqsOf(store)).toEqual([])
  await store.close()
  const reopened = await openDuckDbStore({ dir })
  expect(reopened.state()).toMatchObject({ rows: 0, lastSeq: 300, message: null })
  expect((await reopened.loadSnapshot())?.seq).toBe(300)
  expect(await reopened.append(makeCalls(901, 2))).toMatchObject({ firstSeq: 301, lastSeq: 302, duplicates: [] })
  await reopened.close()
})

it('dropOld() drops the oldest until the store is small enough, and never the day that takes the appends', async () => {
  const dir = copyDays()
  const store = await openDuckDbStore({ dir })
  await store.append(makeCalls(1_001, 5))
  await saveTwice(store)
  const { diskBytes } = store.state()
  expect(await store.dropOld({ ...everything, maxBytes: diskBytes - 1 })).toMatchObject({ aged: 0, oversized: 100 })
  expect(store.state().diskBytes).toBeLessThan(diskBytes)
  expect(await store.dropOld({ ...everything, maxBytes: 1 })).toMatchObject({ oversized: 200, heldBy: null })
  expect(await seqsOf(store)).toEqual(range(301, 305))
  await store.close()
})

it('dropOld() keeps what both snapshots do not hold', async () => {
  const dir = await recordDays(['2026-01-01', '2026-01-02'])
  const { previous, current } = snapshotPaths(dir)
  const store = await openDuckDbStore({ dir })
  for (const path of [previous, current]) rmSync(path)
  expect(await store.dropOld(olderThan('2027-01-01'))).toEqual({ aged: 0, oversized: 0, unread: 0, heldBy: 'totals' })
  await store.saveSnapshot({ seq: 150, snapshot: Buffer.from('totals') })
  await store.saveSnapshot({ seq: 200, snapshot: Buffer.from('totals') })
  expect(await store.dropOld({ ...everything, maxBytes: 1 })).toMatchObject({ oversized: 100, heldBy: 'totals' })
  expect(await seqsOf(store)).toEqual(range(101, 200))
  writeFileSync(current, 'damaged')
  expect(await store.dropOld(olderThan('2027-01-01'))).toMatchObject({ aged: 0, heldBy: 'totals' })
  await store.close()
})

it('dropOld() keeps what another reader waits for, unless the size forces it', async () => {
  const dir = copyDays()
  const store = await openDuckDbStore({ dir })
  const aged = { ...olderThan('2027-01-01'), keepAfterSeq: 150 }
  expect(await store.dropOld(aged)).toEqual({ aged: 100, oversized: 0, unread: 0, heldBy: 'reader' })
  expect(await store.dropOld({ ...aged, maxBytes: store.state().diskBytes - 1 })).toEqual({
    aged: 0,
    oversized: 100,
    unread: 50,
    heldBy: 'reader',
  })
  expect(await seqsOf(store)).toEqual(range(201, 300))
  await store.close()
})

it('dropOld() makes the ids of dropped calls new, and those of kept calls stay known', async () => {
  const dir = await recordDays(['2026-01-01', '2026-01-02'])
  const store = await openDuckDbStore({ dir })
  expect(await store.append([makeCall(1), makeCall(101)])).toMatchObject({ duplicates: [0, 1] })
  await store.dropOld(olderThan('2026-01-02'))
  expect(await store.append([makeCall(1), makeCall(101)])).toEqual({
    ok: true,
    firstSeq: 201,
    lastSeq: 201,
    duplicates: [1],
  })
  await store.close()
})

it('append() begins another part of the day when one is full, and dropOld() drops the parts one by one', async () => {
  const dir = mkdtempSync(join(root, 'data-'))
  const options = { dir, checkpointAtWalBytes: 2 ** 16, partBytes: 2 ** 20 }
  const store = await openDuckDbStore(options)
  let next = 1
  const parts = () => new Set(callFilesIn(dir).map((name) => /-p(\d+)-/.exec(name)?.[1] ?? '1'))
  for (let tries = 0; tries < 400 && parts().size < 3; tries++) {
    expect(await store.append(makeCalls(next, 1_000))).toMatchObject({ ok: true, duplicates: [] })
    next += 1_000
  }
  expect(parts()).toEqual(new Set(['1', '2', '3']))
  await store.close()
  const reopened = await openDuckDbStore(options)
  expect(await seqsOf(reopened)).toEqual(range(1, next - 1))
  await reopened.append(makeCalls(next, 10))
  await saveTwice(reopened)
  const { oversized } = await reopened.dropOld({ ...everything, maxBytes: reopened.state().diskBytes - 1 })
  expect(oversized).toBeGreaterThan(0)
  expect(parts()).toEqual(new Set(['2', '3']))
  expect(await seqsOf(reopened)).toEqual(range(oversized + 1, next + 9))
  await reopened.close()
})

it('dropOld() goes on beside appends and reads', async () => {
  const dir = await recordDays(['2026-01-01', '2026-01-02'])
  const store = await openDuckDbStore({ dir })
  const [results] = await Promise.all([
    Promise.all(range(0, 29).map((batch) => store.append(makeCalls(1_001 + batch * 10, 10)))),
    store.dropOld(olderThan('2026-01-03')),
    ...range(0, 9).map(() => store.searchCalls(newest(50))),
  ])
  expect(results.every(({ ok }) => ok)).toBe(true)
  expect(await seqsOf(store)).toEqual(range(201, 500))
  expect(store.state()).toMatchObject({ rows: 300, health: 'ok' })
  await store.close()
})
