import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseBudgets } from './budgets.ts'
import { goodRecord, openTestApp, postJson, readMetrics } from './test-app.cases.ts'

let configDir: string
beforeEach(() => {
  configDir = mkdtempSync(join(tmpdir(), 'budgets-test-'))
})
afterEach(() => rmSync(configDir, { recursive: true, force: true }))

/** Noon of the sixteenth of a month of thirty days: half a day, and 15.5 days of the month, are over. */
const now = () => Date.UTC(2026, 10, 16, 12)
const file = `
budgets:
  - {name: checkout, limit_usd: 0.01, period: day, service_name: checkout}
  - {name: each-user, limit_usd: 0.002, period: month, per: user_id}
`
const spent = (user: string, micro: number, day = '16') => ({
  ...goodRecord,
  user_id: user,
  cost_usd_micro: micro,
  started_at: `2026-11-${day}T06:00:00Z`,
})

describe('GET /v1/budgets', () => {
  it('tells what was spent in the period, the pace and the days left, as a whole and for each user', async () => {
    writeFileSync(join(configDir, 'budgets.yaml'), file)
    const app = await openTestApp({ configDir }, { now })
    await postJson(app.api, '/v1/metrics/record', spent('ann', 2_500))
    await postJson(app.api, '/v1/metrics/record', spent('bob', 1_000, '02'))
    await postJson(app.api, '/v1/metrics/record', { ...spent('bob', 500), service_name: 'other' })
    const { budgets } = (await app.api.inject('/v1/budgets')).json()
    expect(budgets).toEqual([
      {
        name: 'checkout',
        period: 'day',
        per: null,
        period_start: '2026-11-16T00:00:00.000Z',
        period_end: '2026-11-17T00:00:00.000Z',
        limit_usd_micro: 10_000,
        spendings: [{ value: null, spent_usd_micro: 2_500, pace_usd_micro: 5_000, days_left: 1.5, exceeded: false }],
      },
      expect.objectContaining({
        name: 'each-user',
        per: 'user_id',
        period_start: '2026-11-01T00:00:00.000Z',
        spendings: [
          expect.objectContaining({ value: 'ann', spent_usd_micro: 2_500, days_left: 0, exceeded: true }),
          expect.objectContaining({ value: 'bob', spent_usd_micro: 1_500, exceeded: false }),
        ],
      }),
    ])
  })

  it('is a gauge that Prometheus can alert on, and empty where there is no file', async () => {
    writeFileSync(join(configDir, 'budgets.yaml'), file)
    const app = await openTestApp({ configDir }, { now })
    await expect
      .poll(async () => (await readMetrics(app)).get('inferometer_budget_limit_usd_micro{budget="checkout"}'))
      .toBe(10_000)
    const metrics = await readMetrics(app)
    expect(metrics.get('inferometer_budget_spent_usd_micro{budget="checkout"}')).toBe(0)
    expect(metrics.get('inferometer_budget_exceeded{budget="each-user"}')).toBe(0)
    const without = await openTestApp({ configDir: 'nowhere' })
    expect((await without.api.inject('/v1/budgets')).json()).toEqual({ budgets: [] })
  })
})

describe('parseBudgets()', () => {
  it.each([
    ['a name twice', `${file}  - {name: checkout, limit_usd: 1, period: day}\n`, 'budgets[2].name'],
    ['a limit of nothing', 'budgets:\n  - {name: a, limit_usd: 0, period: day}\n', 'budgets[0].limit_usd'],
    ['a period that is none', 'budgets:\n  - {name: a, limit_usd: 1, period: week}\n', 'budgets[0].period'],
  ])('refuses %s by its line', (_what, text, path) => {
    const parsed = parseBudgets(text)
    expect(parsed).toMatchObject({ ok: false, problems: [{ path, line: expect.any(Number) }] })
  })
})
