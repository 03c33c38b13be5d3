import { mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { startRetention } from './retention.ts'
import { createLogger } from './self/logger.ts'
import { openDuckDbStore } from './store/duckdb/duckdb-store.ts'
import type { Dropped } from './store/store.ts'
import { goodRecord, openTestApp, postJson, readMetrics, sumOf } from './test-app.cases.ts'

const dir = mkdtempSync(join(tmpdir(), 'inferometer-retention-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

const ids = { trace_id: 'a'.repeat(32), span_id: 'b'.repeat(16) }
const onDisk = { openStore: () => openDuckDbStore({ dir }) }
const countersOf = async (app: Parameters<typeof readMetrics>[0]) =>
  [...(await readMetrics(app))].filter(([name]) => name.startsWith('llm_'))

test('retention drops old calls and no counter changes, now and after a restart', async () => {
  const before = await openTestApp({}, onDisk)
  await postJson(before.api, '/v1/metrics/record', { ...goodRecord, ...ids })
  for (let i = 0; i < 4; i++) await postJson(before.api, '/v1/metrics/record', goodRecord)
  const counters = await countersOf(before)
  await before.close()
  for (const name of readdirSync(dir))
    if (name.startsWith('calls-')) renameSync(join(dir, name), join(dir, name.replace(/\d{4}-\d\d-\d\d/, '2026-01-01')))

  const app = await openTestApp({ retention: { days: 30 } }, onDisk)
  for (let tries = 0; tries < 200 && (await app.api.inject('/v1/calls')).json().calls.length > 0; tries++)
    await sleep(10)
  expect((await app.api.inject('/v1/calls')).json().calls).toEqual([])
  expect(await countersOf(app)).toEqual(counters)
  expect(sumOf(await readMetrics(app), 'inferometer_retention_dropped_total{reason="age"}')).toBe(5)
  await app.close()

  const after = await openTestApp({}, onDisk)
  expect(await countersOf(after)).toEqual(counters)
  // Its day is gone, so it is a new one.
  const again = await postJson(after.api, '/v1/metrics/record', { ...goodRecord, ...ids })
  expect(again.body).not.toHaveProperty('duplicate')
  expect(sumOf(await readMetrics(after), 'llm_spans_total')).toBe(6)
  await after.close()
})

test('startRetention() saves the totals when they hold back what is due, and tells every call once', async () => {
  const answers: Dropped[] = [
    { aged: 1, oversized: 0, unread: 0, heldBy: 'totals' },
    { aged: 2, oversized: 10, unread: 3, heldBy: null },
  ]
  const told: [string, number][] = []
  let saves = 0
  const retention = startRetention({
    store: { dropOld: async () => answers.shift() ?? { aged: 0, oversized: 0, unread: 0, heldBy: null } },
    saveTotals: async () => {
      saves++
    },
    days: 1,
    bytes: 1,
    keepAfterSeq: () => Number.POSITIVE_INFINITY,
    now: Date.now,
    monotonicMs: () => performance.now(),
    logger: createLogger('silent'),
    onDropped: (reason, calls) => told.push([reason, calls]),
  })
  await retention.close()
  expect(saves).toBe(1)
  expect(told).toEqual([
    ['age', 1],
    ['age', 2],
    ['size', 7],
    ['unread', 3],
  ])
})

test('startRetention() drops nothing by a clock that jumped a year ahead', async () => {
  const asked: number[] = []
  let jumpMs = 0
  const startMs = Date.UTC(2026, 10, 23)
  const retention = startRetention({
    store: {
      dropOld: async ({ beforeMs }) => {
        asked.push(beforeMs)
        return { aged: 0, oversized: 0, unread: 0, heldBy: null }
      },
    },
    saveTotals: async () => undefined,
    days: 30,
    bytes: 1,
    keepAfterSeq: () => Number.POSITIVE_INFINITY,
    now: () => startMs + jumpMs,
    monotonicMs: () => 0,
    logger: createLogger('silent'),
    onDropped: () => undefined,
  })
  await retention.run()
  jumpMs = 365 * 86_400_000
  await retention.run()
  await retention.close()
  expect(new Set(asked)).toEqual(new Set([startMs - 30 * 86_400_000]))
  expect(asked.length).toBeGreaterThan(1)
})
