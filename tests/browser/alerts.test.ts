/** What would alert now, on the overview of a real Chromium: firing, quiet, and its runbook. */
import type { LlmCall } from '@inferometer/core/call'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeDay } from '../harness/day-of-calls.ts'
import { findViolations } from './find-violations.ts'
import { hostile } from './known-calls.ts'
import { noBrowser, type OpenConsole, openConsole, settle } from './open-console.ts'

const hangMs = 120_000
const nowMs = Date.UTC(2026, 10, 27, 18)
const looks = [
  ['light', 1_280],
  ['dark', 1_280],
  ['light', 390],
  ['dark', 390],
] as const

const [sample] = makeDay({ untilMs: nowMs, days: 1, callsPerHour: 1 })

/** A calm call of a service, two and a half minutes ago: longer than the fast burn waits, shorter than all else. */
const callOf = (serviceName: string, number: number, fields: Partial<LlmCall>): LlmCall => {
  if (sample === undefined) throw new Error('there is no call to begin with')
  return {
    ...sample,
    traceId: `${serviceName.length}${number}`.padStart(32, 'a'),
    spanId: `${serviceName.length}${number}`.padStart(16, 'b'),
    serviceName,
    provider: 'maker',
    requestModel: 'model-1',
    startTimeUs: (nowMs - 150_000) * 1_000,
    status: 'success',
    errorType: null,
    usageSource: 'provider',
    inputTokens: 10,
    outputTokens: 1,
    costNanoUsd: 1_000,
    retryCount: 0,
    attempts: [],
    findings: [],
    ...fields,
  }
}
const failing = (service: string) =>
  Array.from({ length: 20 }, (_, number) => callOf(service, number, number < 5 ? { status: 'error' } : {}))

describe.skipIf(noBrowser)('alerts in Chromium (left out where there is none)', { timeout: hangMs }, () => {
  let firing: OpenConsole
  let quiet: OpenConsole
  beforeAll(async () => {
    const unpriced = callOf('search', 0, { costNanoUsd: null })
    firing = await openConsole({ calls: [...failing('checkout'), ...failing(hostile), unpriced], now: () => nowMs })
    quiet = await openConsole({ calls: [callOf('checkout', 0, {})], now: () => nowMs })
  }, hangMs)
  afterAll(async () => {
    await firing?.close()
    await quiet?.close()
  })

  test('each row says what fires, where, and by how much, what fires first and then what is pending', async () => {
    const { page, complaints } = await firing.open('/')
    await settle(page)
    const strip = page.getByRole('region', { name: 'Alerts' })
    await strip.getByText('1 alert fires now, 2 pending').waitFor()
    const rows = await strip.getByRole('listitem').allInnerTexts()
    expect(rows).toHaveLength(5)
    expect(rows[0]).toMatch(/^page\s+So many calls fail/)
    expect(rows.slice(2).every((row) => /^pending\s.*after \d+m/s.test(row))).toBe(true)
    const burn = strip.locator('[data-alert="LlmErrorBudgetFastBurn"]').filter({ hasText: 'checkout' })
    await burn.getByText('25\u00a0% in 1h, above 14.4\u00a0%').waitFor()
    await strip
      .locator('[data-alert="LlmUnpricedCalls"]')
      .getByText('search · maker · model-1', { exact: true })
      .waitFor()
    expect(await page.getByRole('navigation').getByText('1 alert fires now').count()).toBe(1)
    expect(await page.evaluate(() => Reflect.get(window, 'injected'))).toBeUndefined()
    expect(complaints).toEqual([])
  })

  test('the keyboard goes from an alert to its dashboard, narrowed, and to its runbook', async () => {
    const { page, complaints } = await firing.open('/')
    await settle(page)
    const row = page.locator('[data-alert="LlmErrorBudgetFastBurn"]').filter({ hasText: 'checkout' })
    await row.getByRole('link', { name: /^Dashboard/ }).focus()
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/d\/llm-error-retry-dashboard\?(?:.*&)?var-service=checkout$/)
    await page.goBack()
    await row.getByRole('link', { name: /^Runbook/ }).focus()
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/runbooks\/LlmErrorBudgetFastBurn(?:\?|$)/)
    await page.getByRole('heading', { name: 'LlmErrorBudgetFastBurn' }).waitFor()
    await page.getByRole('heading', { name: 'What to do' }).waitFor()
    await page.getByRole('link', { name: 'LlmRateLimitPressure' }).click()
    await page.getByRole('heading', { name: 'LlmRateLimitPressure' }).waitFor()
    expect(complaints).toEqual([])
  })

  test('where nothing fires there is one line, and what is not known says why', async () => {
    const { page, complaints } = await quiet.open('/')
    await settle(page)
    const strip = page.getByRole('region', { name: 'Alerts' })
    await strip.getByText('13 of 15 alerts are quiet').waitFor()
    expect(await strip.getByRole('listitem').count()).toBe(0)
    expect(await page.locator('.rail-count').count()).toBe(0)
    await strip.getByRole('button', { name: '2 not known here' }).press('Enter')
    await strip.getByText('Only Prometheus knows').waitFor()
    await strip.getByText('No budget is set').waitFor()
    expect(complaints).toEqual([])
  })

  test('a question that fails is said, and asked again on request', async () => {
    const { page } = await quiet.open('/health')
    await page.route('**/v1/alerts', (route) =>
      route.fulfill({ status: 503, json: { error: { code: 'store_unavailable', message: 'The store is busy' } } }),
    )
    await page.goto(`${quiet.address}/`)
    const strip = page.getByRole('region', { name: 'Alerts' })
    await strip.getByText('The store is busy').waitFor()
    await page.unroute('**/v1/alerts')
    await strip.getByRole('button', { name: 'Try again' }).click()
    await strip.getByText('13 of 15 alerts are quiet').waitFor()
  })

  test.each(looks)('axe finds nothing serious in %s at %d pixels', async (colorScheme, width) => {
    for (const path of ['/', '/runbooks/LlmRetryStorm']) {
      const { page } = await firing.open(path, { colorScheme, viewport: { width, height: 844 } })
      await settle(page)
      expect(await findViolations(page), path).toEqual([])
      expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBeLessThanOrEqual(width)
      await page.context().close()
    }
  })
})
