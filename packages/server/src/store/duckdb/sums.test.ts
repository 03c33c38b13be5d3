import { cpSync, existsSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import type { LlmCall } from '@inferometer/core/call'
import fc from 'fast-check'
import { afterAll, expect, it } from 'vitest'
import { everyCall } from '../aggregate.cases.ts'
import { type AggregateRequest, type AggregateRow, type Amount, amounts, durations } from '../aggregate.ts'
import { aggregateCalls } from '../aggregate-calls.ts'
import { makeCall, startUs } from '../sample-calls.cases.ts'
import type { CallStore } from '../store.ts'
import { openDuckDbStore } from './duckdb-store.ts'
import { dayOf, sumsFile } from './filenames.ts'

const root = mkdtempSync(join(tmpdir(), 'inferometer-sums-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const hourUs = 3_600_000_000
const today = dayOf(Date.now())
const days = ['2026-01-01', '2026-01-02', '2026-01-03']
const amount = (of: Amount) => ({ kind: 'amount', of }) as const
const measures: AggregateRequest['measures'] = [
  ...amounts.map(amount),
  ...durations.map((of) => ({ kind: 'average', of }) as const),
]

const oneOf = <const T>(...values: readonly T[]) => fc.constantFrom(...values)
const fields = fc.record({
  serviceName: oneOf('a', 'b'),
  requestModel: oneOf('x', "it's", null),
  status: oneOf('success', 'error', 'cancelled'),
  errorType: oneOf('timeout', null),
  finishReason: oneOf('stop', 'length', null),
  userId: oneOf('u', 'v', null),
  streaming: fc.boolean(),
  ttftMs: fc.option(fc.nat(50)),
  outputTokens: fc.option(fc.nat(9)),
  inputTokens: fc.option(fc.nat(9)),
  costNanoUsd: fc.option(fc.nat(10 ** 9)),
  retryCount: fc.nat(2),
  httpStatus: oneOf(200, 429, null),
  startTimeUs: fc.nat(4 * hourUs).map((us) => startUs + us),
})
/** Calls of the three days; a number that comes twice is a call that was sent twice. */
const dayOfCalls = fc.array(fc.tuple(fc.nat(40), fields), { minLength: 1, maxLength: 15 })
const history = fc.tuple(dayOfCalls, dayOfCalls, dayOfCalls, dayOfCalls)

const questions: readonly Partial<AggregateRequest>[] = [
  {},
  { by: ['serviceName', 'model'] },
  { by: ['status', 'errorType', 'finishReason'], stepUs: hourUs },
  { by: ['model'], sinceUs: startUs + hourUs, untilUs: startUs + 3 * hourUs },
  { where: [{ dimension: 'model', oneOf: ["it's", 'unknown'] }], by: ['provider'], stepUs: 2 * hourUs },
  { where: [{ dimension: 'finishReason', oneOf: [null] }] },
]
/** What only calls can answer: hours in part, short steps, users within a day. */
const finerQuestions: readonly Partial<AggregateRequest>[] = [
  { by: ['serviceName'], sinceUs: startUs + 1.5 * hourUs, untilUs: startUs + 60.25 * hourUs },
  { by: ['serviceName'], sinceUs: startUs - 60.5 * hourUs, untilUs: startUs + 1.75 * hourUs },
  { by: ['model'], stepUs: hourUs / 4 },
  { by: ['userId'], sinceUs: startUs + hourUs / 2 },
  { by: ['sessionId'] },
]

const rounded = (rows: readonly AggregateRow[]) =>
  rows.map((row) => ({ ...row, values: row.values.map((value) => value && Number(value.toPrecision(9))) }))

async function expectSameAsScan(store: CallStore, calls: readonly LlmCall[], asked: typeof questions): Promise<void> {
  for (const question of asked) {
    const request = { ...everyCall, measures, ...question }
    expect(rounded(await store.aggregate(request)), JSON.stringify(question)).toEqual(
      rounded(aggregateCalls(calls, request)),
    )
  }
}

async function readRanges(dir: string) {
  const instance = await DuckDBInstance.create(sumsFile(dir))
  const connection = await instance.connect()
  const rows = (
    await connection.runAndReadAll('SELECT day, is_exact, is_dropped FROM ranges ORDER BY number')
  ).getRows()
  connection.closeSync()
  instance.closeSync()
  return rows
}

/** Each day's calls in a file of their own, the last day's in the file that takes the appends. */
async function recordDays(dir: string, given: readonly (readonly LlmCall[])[]): Promise<LlmCall[]> {
  const recorded: LlmCall[] = []
  for (const [index, calls] of given.entries()) {
    const store = await openDuckDbStore({ dir })
    const result = await store.append(calls)
    if (!result.ok) throw new Error(result.message)
    recorded.push(...calls.filter((_, at) => !result.duplicates.includes(at)))
    const totals = { seq: store.state().lastSeq, snapshot: Buffer.from('totals') }
    for (let copy = 0; copy < 2; copy++) await store.saveSnapshot(totals)
    await store.close()
    const day = days[index]
    if (day === undefined) continue
    for (const name of readdirSync(dir).filter((one) => one.includes(today)))
      renameSync(join(dir, name), join(dir, name.replace(today, day)))
  }
  return recorded
}

const bounds = { maxBytes: Number.POSITIVE_INFINITY, keepAfterSeq: Number.POSITIVE_INFINITY }

it('aggregate() answers from sums what a scan of all calls answers: while they are made, after retention, after a crash in it', async () => {
  await fc.assert(
    fc.asyncProperty(history, async (given) => {
      const dir = mkdtempSync(join(root, 'data-'))
      const toCalls = (day: (typeof given)[number]) => day.map(([number, some]) => makeCall(number, some))
      const recorded = await recordDays(dir, given.map(toCalls))
      const store = await openDuckDbStore({ dir })
      // In turn with the sums that are being made.
      for (let round = 0; round < 3; round++) await expectSameAsScan(store, recorded, [...questions, ...finerQuestions])
      const kept = mkdtempSync(join(root, 'kept-'))
      cpSync(dir, kept, { recursive: true })
      await store.dropOld({ ...bounds, beforeMs: Date.parse('2026-01-03') })
      await expectSameAsScan(store, recorded, questions)
      await expectSameAsScan(store, recorded, [{ by: ['userId', 'serviceName'] }])
      await store.close()
      expect((await readRanges(dir)).filter(([, , isDropped]) => isDropped === true)).not.toEqual([])
      // Killed before the files were deleted.
      for (const name of readdirSync(kept))
        if (name.startsWith('calls-') && !existsSync(join(dir, name))) cpSync(join(kept, name), join(dir, name))
      const reopened = await openDuckDbStore({ dir })
      await expectSameAsScan(reopened, recorded, questions)
      expect(readdirSync(dir).some((name) => name.startsWith('calls-2026-01-01'))).toBe(false)
      await reopened.close()
    }),
    { numRuns: 3 },
  )
}, 240_000)

it('aggregate() adds up the calls of the values beyond a thousand as __other__ once the calls are dropped, and is exact before', async () => {
  const dir = mkdtempSync(join(root, 'data-'))
  const many = Array.from({ length: 1_100 }, (_, number) => makeCall(number, { requestModel: `model-${number}` }))
  await recordDays(dir, [[...many, makeCall(5_000, { requestModel: 'model-1099' })]])
  const store = await openDuckDbStore({ dir })
  const byModel = { ...everyCall, by: ['model'], limit: 2_000 } as const
  expect(await store.aggregate(byModel)).toHaveLength(1_100)
  expect(await store.dropOld({ ...bounds, beforeMs: Date.parse('2026-02-01') })).toMatchObject({ aged: 1_101 })
  const rows = await store.aggregate(byModel)
  expect(rows).toHaveLength(1_001)
  expect(rows.slice(0, 2).map(({ key, values }) => [key[0], values[0]])).toEqual([
    ['__other__', 100],
    ['model-1099', 2],
  ])
  await store.close()
})

async function falsifySums(dir: string): Promise<void> {
  const instance = await DuckDBInstance.create(sumsFile(dir))
  const connection = await instance.connect()
  await connection.run('UPDATE sums SET "calls" = 1000')
  connection.closeSync()
  instance.closeSync()
}

it('aggregate() reads sums for windows of two days and more, and for those that reach back to dropped calls', async () => {
  const dir = mkdtempSync(join(root, 'data-'))
  const later = (number: number, hours: number) => makeCall(number, { startTimeUs: startUs + hours * hourUs })
  await recordDays(dir, [[later(1, 0)], [later(2, 24)], [later(3, 48)], [later(4, 72)]])
  const count = async (store: CallStore, fromHour: number | null, toHour: number | null) => {
    const toUs = (hour: number | null) => hour && startUs + hour * hourUs
    const window = { sinceUs: toUs(fromHour), untilUs: toUs(toHour) }
    return (await store.aggregate({ ...everyCall, measures: [amount('calls')], ...window }))[0]?.values[0]
  }
  do {
    const adding = await openDuckDbStore({ dir })
    await count(adding, null, null)
    await adding.close()
  } while ((await readRanges(dir)).length < 3)
  const dropping = await openDuckDbStore({ dir })
  expect(await dropping.dropOld({ ...bounds, beforeMs: Date.parse('2026-01-02') })).toMatchObject({ aged: 1 })
  await dropping.close()
  await falsifySums(dir)
  const store = await openDuckDbStore({ dir })
  expect(await count(store, 23, 70), 'less than two days, after what was dropped').toBe(2)
  expect(await count(store, 23, 71), 'two days').toBe(2_000)
  expect(await count(store, 1, 25), 'from the end of the hour that was dropped').toBe(1)
  expect(await count(store, 0.5, 25), 'within the hour that was dropped').toBe(1_000)
  expect(await count(store, -1, 1), 'what was dropped').toBe(1_000)
  expect(await count(store, null, 25), 'since ever').toBe(2_000)
  await store.close()
})

it('openDuckDbStore() sets a damaged file of sums aside, and adds up again what is there', async () => {
  const dir = mkdtempSync(join(root, 'data-'))
  const recorded = await recordDays(dir, [[makeCall(1)], [makeCall(2)], [makeCall(3)], [makeCall(4)]])
  writeFileSync(sumsFile(dir), 'damaged')
  const store = await openDuckDbStore({ dir })
  expect(store.state().message).toContain('the totals of dropped calls are in no query')
  await expectSameAsScan(store, recorded, questions)
  await store.dropOld({ ...bounds, beforeMs: Date.parse('2026-01-02') })
  await expectSameAsScan(store, recorded, questions)
  await store.close()
})
