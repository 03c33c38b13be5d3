import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type App, createApp } from '../app.ts'
import { openDuckDbStore } from '../store/duckdb/duckdb-store.ts'
import { goodRecord, openTestApp, postJson } from '../test-app.cases.ts'
import { sortNames } from './call-search-schema.ts'

const dir = mkdtempSync(join(tmpdir(), 'inferometer-calls-'))
const nowMs = Date.UTC(2026, 10, 23, 12)
let app: App

/** Call n of 40 took n ms and began n minutes before noon; every fourth failed, every fifth has no user. */
const records = Array.from({ length: 40 }, (_, n) => ({
  ...goodRecord,
  model: 'unpriced',
  latency_ms_total: n,
  latency_ms_ttft: null,
  started_at: new Date(nowMs - n * 60_000).toISOString(),
  status: n % 4 === 0 ? 'error' : 'success',
  ...(n % 4 === 0 && { error_type: n % 8 === 0 ? 'rate_limit' : 'timeout', finish_reason: null }),
  user_id: n % 5 === 0 ? null : `user-${n % 5}`,
  retry_count: n % 3,
  cost_usd_micro: n % 7 === 0 ? null : n,
  pii_detected: n === 11,
  injection_attempt: n === 12,
  trace_id: n < 2 ? 'ab'.repeat(16) : null,
}))

beforeAll(async () => {
  app = await createApp(
    { logLevel: 'silent', configDir: 'nowhere' },
    { now: () => nowMs, openStore: () => openDuckDbStore({ dir }) },
  )
  expect((await postJson(app.api, '/v1/metrics/record-batch', { spans: records })).status).toBe(200)
})
afterAll(async () => {
  await app.close()
  rmSync(dir, { recursive: true, force: true })
})

const ask = async (search: string) => {
  const answer = await app.api.inject(`/v1/calls?${search}`)
  return { status: answer.statusCode, body: answer.json() }
}
/** Which calls, by their latency. */
const numbers = async (search: string): Promise<number[]> => {
  const { status, body } = await ask(search)
  expect([status, body.error]).toEqual([200, undefined])
  return body.calls.map((call: { latency_ms_total: number }) => call.latency_ms_total)
}
const where = (is: (record: (typeof records)[number]) => boolean) =>
  records.filter(is).map((record) => record.latency_ms_total)

describe('GET /v1/calls', () => {
  test.each([
    ['status=error', where(({ status }) => status === 'error')],
    ['status=error&error_type=timeout', [4, 12, 20, 28, 36]],
    ['error_type=', where(({ status }) => status === 'success')],
    ['user_id=user-1&user_id=', where((record) => record.user_id === null || record.user_id === 'user-1')],
    ['finish_reason=', where((record) => record.finish_reason === null)],
    ['has_retries=false', where((record) => record.retry_count === 0)],
    ['retry_count_min=2', where((record) => record.retry_count === 2)],
    ['latency_ms_total_min=10&latency_ms_total_max=12', [10, 11, 12]],
    ['cost_usd_micro_min=38', [38, 39]],
    ['finding=pii', [11]],
    ['finding=pii&finding=injection', [11, 12]],
    ['pattern=reported', [11, 12]],
    [`trace_id=${'AB'.repeat(16)}`, [0, 1]],
    ['since=5m&until=2026-11-23T11:58:00Z', [3, 4, 5]],
    ['search=USER-2', where((record) => record.user_id === 'user-2')],
    ['search=nobody', []],
    ['model=nobody', []],
  ])('calls filters by %s', async (search, expected) => {
    expect((await numbers(`order=asc&${search}`)).sort((a, b) => a - b)).toEqual(expected)
    const { body } = await ask(`total=true&limit=1&${search}`)
    expect([body.total, body.total_is_least]).toEqual([expected.length, false])
  })

  test('calls sorts by any column and pages by cursor and by offset alike', async () => {
    for (const sort of sortNames.keys()) {
      const whole = await numbers(`sort=${sort}&limit=1000`)
      expect(new Set(whole).size, sort).toBe(40)
      expect(await numbers(`sort=${sort}&offset=17&limit=5`)).toEqual(whole.slice(17, 22))
      const paged: number[] = []
      for (let cursor = ''; ; ) {
        const { body } = await ask(`sort=${sort}&limit=9${cursor}`)
        paged.push(...body.calls.map((call: { latency_ms_total: number }) => call.latency_ms_total))
        if (body.next_cursor === null) break
        cursor = `&cursor=${body.next_cursor}`
      }
      expect(paged, sort).toEqual(whole)
    }
    expect(await numbers('sort=cost_usd_micro&limit=2&order=asc')).toEqual([1, 2])
  })

  test('calls leaves out what was recorded since the first page, when told through where that went', async () => {
    const own = await openTestApp()
    await postJson(own.api, '/v1/metrics/record', goodRecord)
    const first = (await own.api.inject('/v1/calls?limit=1')).json()
    await postJson(own.api, '/v1/metrics/record', goodRecord)
    expect((await own.api.inject('/v1/calls')).json().calls).toHaveLength(2)
    expect((await own.api.inject(`/v1/calls?through=${first.through}`)).json().calls).toHaveLength(1)
  })

  test('calls finds kept texts, and tells them only when asked to', async () => {
    const own = await openTestApp({ content: 'full' })
    await postJson(own.otlpHttp, '/v1/traces', tracesWithContent('What is the <b>Answer</b>?'))
    const found = (await own.api.inject('/v1/calls?search=%3Cb%3Eanswer')).json().calls
    expect(found).toHaveLength(1)
    expect(found[0]).not.toHaveProperty('content')
    const [withTexts] = (await own.api.inject('/v1/calls?content=true')).json().calls
    expect(withTexts.content.input[0].text).toBe('What is the <b>Answer</b>?')
  })

  test.each([
    ['limit=1001', 'limit'],
    ['sort=price', 'sort'],
    ['order=up', 'order'],
    ['cursor=x', 'cursor'],
    ['offset=-1', 'offset'],
    ['status=ok', 'status'],
    ['status=ok&status=error', 'status[0]'],
    ['http_status=99', 'http_status'],
    ['finding=all', 'finding'],
    ['has_retries=maybe', 'has_retries'],
    ['trace_id=12', 'trace_id'],
    ['since=yesterday', 'since'],
    ['since=1h&until=2h', 'until'],
    ['latency_ms_total_min=2&latency_ms_total_max=1', 'latency_ms_total_max'],
    ['latency_ms_totl_min=2', 'latency_ms_totl_min'],
    ['search=', 'search'],
  ])('calls refuses %s and names %s', async (search, path) => {
    const { status, body } = await ask(search)
    expect([status, body.error.problems.map((problem: { path: string }) => problem.path)]).toEqual([400, [path]])
  })

  test('calls answers 200 or 400 to whatever it is asked', async () => {
    const word = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.constantFrom("'; DROP TABLE calls --", '\0', '%'),
    )
    const names = ['search', 'model', 'user_id', 'tag', 'pattern', 'cursor', 'http_status', 'since', 'limit', 'sort']
    const search = fc.dictionary(fc.constantFrom(...names), word, { maxKeys: 3 })
    await fc.assert(
      fc.asyncProperty(search, async (asked) => {
        const text = Object.entries(asked).map(([name, value]) => `${name}=${encodeURIComponent(value.toWellFormed())}`)
        expect([200, 400]).toContain((await ask(text.join('&'))).status)
      }),
      { numRuns: 150 },
    )
  })
})

const tracesWithContent = (text: string) => {
  const attribute = (key: string, value: object) => ({ key, value })
  const attributes = [
    attribute('gen_ai.operation.name', { stringValue: 'chat' }),
    attribute('gen_ai.provider.name', { stringValue: 'acme' }),
    attribute('gen_ai.request.model', { stringValue: 'm' }),
    attribute('gen_ai.input.messages', {
      stringValue: JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: text }] }]),
    }),
  ]
  const nowNano = `${Date.now()}000000`
  const span = {
    traceId: 'cd'.repeat(16),
    spanId: 'ef'.repeat(8),
    name: 'chat m',
    kind: 3,
    startTimeUnixNano: nowNano,
    endTimeUnixNano: nowNano,
    attributes,
  }
  return { resourceSpans: [{ resource: { attributes: [] }, scopeSpans: [{ scope: { name: 'x' }, spans: [span] }] }] }
}
