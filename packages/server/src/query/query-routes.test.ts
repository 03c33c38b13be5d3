import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type App, createApp } from '../app.ts'
import { openDuckDbStore } from '../store/duckdb/duckdb-store.ts'
import { createMemoryStore } from '../store/memory.ts'
import { goodRecord, openTestApp, postJson, postText, readMetrics, sumOf } from '../test-app.cases.ts'
import { parseTimeUs } from './parse-time.ts'
import { dimensionNames, findingDimensions, findingMeasures, measureNames } from './query-schema.ts'

const dir = mkdtempSync(join(tmpdir(), 'inferometer-query-'))
const nowMs = Date.UTC(2026, 10, 23, 12)
let app: App

/** Sixty calls, one each minute of the hour before noon: number n costs n micro-dollars and a thousandth, and takes n ms. */
const records = Array.from({ length: 60 }, (_, index) => ({
  ...goodRecord,
  started_at: new Date(nowMs - (60 - index) * 60_000).toISOString(),
  model: index % 2 === 0 ? 'even' : 'odd',
  service_name: index % 3 === 0 ? 'a, "b"' : 'c',
  user_id: index % 10 === 0 ? null : `user-${index % 10}`,
  latency_ms_total: index + 1,
  latency_ms_ttft: null,
  cost_usd_micro: index + 1.001,
  status: index === 59 ? 'error' : 'success',
  finish_reason: index === 59 ? null : 'stop',
  injection_attempt: index < 6,
  pii_detected: index >= 57,
}))

beforeAll(async () => {
  app = await createApp(
    { logLevel: 'silent', configDir: 'nowhere' },
    { now: () => nowMs, openStore: () => openDuckDbStore({ dir }) },
  )
  const { status } = await postJson(app.api, '/v1/metrics/record-batch', { spans: records })
  expect(status).toBe(200)
})
afterAll(async () => {
  await app.close()
  rmSync(dir, { recursive: true, force: true })
})

const ask = (body: unknown) => postJson(app.api, '/v1/query', body)
const rowsOf = async (body: unknown) => {
  const { status, body: answer } = await ask(body)
  expect([status, answer.error]).toEqual([200, undefined])
  return answer.rows
}

describe('POST /v1/query', () => {
  test('query answers what the metrics say, to the thousandth of a micro-dollar', async () => {
    const measures = ['calls', 'cost_usd_micro', 'prompt_tokens', 'completion_tokens', 'errors', 'attempts', 'retries']
    expect(await rowsOf({ measures })).toEqual([[60, 1_830.06, 60_000, 30_000, 1, 0, 0]])
    const metrics = await readMetrics(app)
    expect(sumOf(metrics, 'llm_cost_usd_micro_total')).toBeCloseTo(1_830.06, 9)
    expect(sumOf(metrics, 'llm_spans_total')).toBe(60)
  })

  test('query groups, filters, and finds exact percentiles', async () => {
    const { body } = await ask({
      measures: [
        'latency_ms_total_p50',
        'latency_ms_total_p99',
        'latency_ms_total_max',
        'latency_ms_total_avg',
        'latency_ms_ttft_p95',
      ],
      group_by: ['model'],
      filters: { status: 'success', user_id: ['user-1', 'user-2', null] },
    })
    expect(body).toEqual({
      columns: [
        'model',
        'latency_ms_total_p50',
        'latency_ms_total_p99',
        'latency_ms_total_max',
        'latency_ms_total_avg',
        'latency_ms_ttft_p95',
      ],
      rows: [
        // Indexes 0, 2, 10, 12 … 52 and 1, 11 … 51; latency is the index and one.
        ['even', 27, expect.closeTo(52.78, 9), 53, 27, null],
        ['odd', 27, expect.closeTo(51.5, 9), 52, 27, null],
      ],
    })
  })

  test('query answers a time series over the time asked for', async () => {
    const asked = { measures: ['calls', 'cost_usd_micro'], since: '10m', until: '2026-11-23T11:58:00Z', step: '5m' }
    expect(await rowsOf(asked)).toEqual([
      ['2026-11-23T11:50:00.000Z', 5, 265.005],
      ['2026-11-23T11:55:00.000Z', 3, 171.003],
    ])
  })

  test('query orders and limits', async () => {
    const asked = { measures: ['calls', 'cost_usd_micro'], group_by: ['user_id'], order_by: 'cost_usd_micro', limit: 2 }
    expect((await rowsOf(asked)).map(([user]: [string]) => user)).toEqual(['user-9', 'user-8'])
  })

  test('query counts findings by pattern, and the calls that have one', async () => {
    const asked = { measures: ['findings', 'calls'], group_by: ['finding', 'pattern'], order_by: 'calls' }
    expect(await rowsOf({ ...asked, filters: { finding: 'injection' } })).toEqual([['injection', 'reported', 6, 6]])
    expect(await rowsOf({ ...asked, group_by: ['finding'], step: '1d' })).toEqual([
      ['2026-11-23T00:00:00.000Z', 'injection', 6, 6],
      ['2026-11-23T00:00:00.000Z', 'pii', 3, 3],
    ])
  })

  test.each([
    ['?format=csv', {}],
    ['', { accept: 'text/csv' }],
  ])('query answers CSV when asked by %s %j', async (search, headers) => {
    const answer = await app.api.inject({
      method: 'POST',
      url: `/v1/query${search}`,
      headers,
      payload: {
        measures: ['calls', 'latency_ms_ttft_avg'],
        group_by: ['service_name', 'user_id'],
        order_by: 'calls',
        limit: 2,
      },
    })
    expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8')
    const lines = answer.body.split('\r\n')
    expect(lines[0]).toBe('service_name,user_id,calls,latency_ms_ttft_avg')
    expect(lines.slice(1).every((line) => line === '' || /^(c|"a, ""b"""),(user-\d)?,\d+,$/.test(line))).toBe(true)
    expect(lines).toHaveLength(4)
  })

  test.each([
    [{}, 'measures'],
    [{ measures: [] }, 'measures'],
    [{ measures: ['call'] }, 'measures[0]'],
    [{ measures: ['calls', 'calls'] }, 'measures'],
    [{ measures: ['calls'], group_by: ['price'] }, 'group_by[0]'],
    [{ measures: ['calls', 'cost_usd_micro'], group_by: ['model', 'pattern'] }, 'measures'],
    [{ measures: ['calls'], filters: { modell: 'x' } }, 'filters.modell'],
    [{ measures: ['calls'], filters: { model: 7 } }, 'filters.model'],
    [{ measures: ['calls'], since: 'yesterday' }, 'since'],
    [{ measures: ['calls'], since: '2026-13-45' }, 'since'],
    [{ measures: ['calls'], since: '1h', until: '2h' }, 'until'],
    [{ measures: ['calls'], step: '0s' }, 'step'],
    [{ measures: ['calls'], order_by: 'errors' }, 'order_by'],
    [{ measures: ['calls'], limit: 10_001 }, 'limit'],
  ])('query refuses %j and names %s', async (body, path) => {
    const answer = await ask(body)
    expect([answer.status, answer.body.error.problems.map((problem: { path: string }) => problem.path)]).toEqual([
      400,
      [path],
    ])
  })

  test('query refuses an answer of too many rows', async () => {
    const rows = Array.from({ length: 10_001 }, () => ({ timeUs: null, key: [], values: [1] }))
    const openStore = async () => ({ ...createMemoryStore(), aggregate: async () => rows })
    const { api } = await openTestApp({}, { openStore })
    const answer = await postJson(api, '/v1/query', { measures: ['calls'], group_by: ['session_id'] })
    expect([answer.status, answer.body.error.code]).toEqual([422, 'too_many_rows'])
    expect(answer.body.error.message).toContain('more than 10000')
  })

  test('query answers 200, 400 or 422 to whatever it is asked', async () => {
    const word = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.constantFrom("'; DROP TABLE calls --", '\0', '?', '$1'),
    )
    const anything = fc.oneof(
      word,
      fc.integer(),
      fc.double(),
      fc.constant(null),
      fc.array(fc.oneof(word, fc.constant(null))),
    )
    const mostly = (valid: fc.Arbitrary<unknown>) =>
      fc.oneof({ weight: 19, arbitrary: valid }, { weight: 1, arbitrary: anything })
    const value = fc.oneof(word, fc.constantFrom(null, 'even', 'user-1', 'success'))
    const filter = fc.oneof(value, fc.array(value, { minLength: 1, maxLength: 5 }))
    const some = (names: Iterable<string>, most: number, least = 0) =>
      mostly(fc.uniqueArray(fc.constantFrom(...names), { minLength: least, maxLength: most }))
    const plain = [...dimensionNames.keys()].filter((name) => !findingDimensions.includes(name))
    const asked = fc.oneof(
      { weight: 4, arbitrary: fc.record({ measures: some(measureNames.keys(), 20, 1), group_by: some(plain, 5) }) },
      {
        weight: 1,
        arbitrary: fc.record({ measures: some(findingMeasures, 2, 1), group_by: some(dimensionNames.keys(), 5) }),
      },
    )
    const rest = fc.record(
      {
        filters: mostly(fc.dictionary(fc.constantFrom(...dimensionNames.keys()), filter, { maxKeys: 3 })),
        since: mostly(fc.constantFrom('999999w', '2h', '0000-01-01', '2026-11-23T11:00:00.999999999+00:00')),
        until: mostly(fc.constantFrom('0s', '9999-12-31', '9999-12-31T23:59:59.999999999-23:59')),
        step: mostly(fc.constantFrom('1s', '7m', '999999d')),
        order_by: fc.oneof(fc.constantFrom(...measureNames.keys()), anything),
        limit: mostly(fc.integer({ min: 1, max: 10_000 })),
      },
      { requiredKeys: [] },
    )
    const body = fc.tuple(asked, rest).map(([one, other]) => ({ ...one, ...other }))
    const seen = new Map<number, number>()
    const send = async (text: string) => {
      const { status } = await postText(app.api, '/v1/query', text)
      seen.set(status, (seen.get(status) ?? 0) + 1)
      expect([200, 400, 422]).toContain(status)
    }
    await fc.assert(
      fc.asyncProperty(body, (each) => send(JSON.stringify(each))),
      { numRuns: 400 },
    )
    await fc.assert(fc.asyncProperty(fc.json(), send), { numRuns: 100 })
    expect(seen.get(200)).toBeGreaterThan(50)
  })
})

test('parseTimeUs() reads times and times ago, to the microsecond', () => {
  expect(parseTimeUs('24h', nowMs)).toBe((nowMs - 86_400_000) * 1_000)
  expect(parseTimeUs('2026-11-23', nowMs)).toBe(Date.UTC(2026, 10, 23) * 1_000)
  expect(parseTimeUs('2026-11-23T14:00:00.1234567+02:00', nowMs)).toBe(nowMs * 1_000 + 123_456)
  for (const wrong of ['', '24', '1y', '2026-11-23T12:00', '2026-02-30T25:00:00Z', 'now'])
    expect(parseTimeUs(wrong, nowMs)).toBeNull()
})
