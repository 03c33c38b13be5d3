/** What one can do with a panel, in a real Chromium: read it by keyboard, save it, link to it, edit its file. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeDay } from '../harness/day-of-calls.ts'
import { measureShift } from './layout-shift.ts'
import { noBrowser, type OpenConsole, openConsole, settle } from './open-console.ts'

const hangMs = 120_000
const hourMs = 3_600_000
const startMs = Date.UTC(2026, 10, 27, 18)
const calls = makeDay({ untilMs: startMs, days: 1, callsPerHour: 40 })
const inRange = calls.filter((call) => call.startTimeUs / 1_000 >= startMs - 6 * hourMs)
const built = fileURLToPath(new URL('../../build/dashboards', import.meta.url))
const cost = '/d/llm-cost-dashboard'
const errors = '/d/llm-error-retry-dashboard'

describe.skipIf(noBrowser)('panels in Chromium (left out where there is none)', { timeout: hangMs }, () => {
  let opened: OpenConsole
  let dashboardsDir: string
  let nowMs = startMs
  beforeAll(async () => {
    dashboardsDir = mkdtempSync(join(tmpdir(), 'inferometer-dashboards-'))
    cpSync(built, dashboardsDir, { recursive: true })
    opened = await openConsole({ calls, now: () => nowMs, settings: { dashboardsDir } })
  }, hangMs)
  afterAll(async () => {
    await opened?.close()
    rmSync(dashboardsDir, { recursive: true, force: true })
  })

  test('arrow keys read the values of a chart step by step, Enter opens the calls behind one', async () => {
    const { page, complaints } = await opened.open(errors)
    await settle(page)
    const chart = page.locator('[data-panel="success-vs-error"]').getByRole('slider')
    const read = () => chart.getAttribute('aria-valuetext')
    await chart.focus()
    expect(await read()).toBe('Arrow keys read values')
    await page.keyboard.press('Home')
    const first = await read()
    expect(first).toMatch(/: success [\d.]+\u00a0\/(s|min|h)/)
    expect(await chart.getAttribute('aria-valuenow')).toBe('0')
    expect(await page.locator('.tooltip').count()).toBe(1)
    await page.keyboard.press('ArrowRight')
    expect(await read()).not.toBe(first)
    await page.keyboard.press('ArrowLeft')
    expect(await read()).toBe(first)
    await page.keyboard.press('Escape')
    expect(await page.locator('.tooltip').count()).toBe(0)
    await page.keyboard.press('End')
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/calls\?.*from=\d+/)
    expect(complaints).toEqual([])
  })

  test('a panel is saved as CSV with its numbers as they came', async () => {
    const { page } = await opened.open(cost)
    await settle(page)
    await page.getByRole('button', { name: 'Menu of Cost by service', exact: true }).click()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save as CSV' }).click(),
    ])
    expect(download.suggestedFilename()).toBe('cost-by-service.csv')
    const [head, ...rows] = readFileSync(await download.path(), 'utf8').split('\r\n')
    expect(head).toBe('service_name,query,value')
    const saved = new Map(rows.map((row) => [row.split(',')[0], Number(row.split(',')[2])]))
    for (const [service, usd] of saved) {
      const own = inRange.filter(({ serviceName }) => serviceName === service)
      expect(usd).toBeCloseTo(own.reduce((sum, { costNanoUsd }) => sum + (costNanoUsd ?? 0), 0) / 1e9, 9)
    }
    expect(saved.size).toBeGreaterThan(2)
  })

  test('the link to a panel opens it with the same range and filters', async () => {
    const view = '?from=now-3h&to=now&var-service=checkout'
    const { page } = await opened.open(`${cost}${view}`, { permissions: ['clipboard-read', 'clipboard-write'] })
    await settle(page)
    await page.getByRole('button', { name: 'Menu of Spend in range' }).click()
    await page.getByRole('button', { name: 'Copy a link to this panel' }).click()
    const link = new URL(await page.evaluate(() => navigator.clipboard.readText()))
    expect(Object.fromEntries(link.searchParams)).toEqual({
      from: 'now-3h',
      to: 'now',
      'var-service': 'checkout',
      viewPanel: 'spend-in-range',
    })
    const shown = await page.locator('[data-panel="spend-in-range"] .stat-number').innerText()
    await page.goto(link.href)
    await settle(page)
    expect(await page.locator('.panel').count()).toBe(1)
    expect(await page.locator('.stat-number').innerText()).toBe(shown)
  })

  test('an edit of a file in build/dashboards is on the screen within 30 s, and what cannot be shown is said', async () => {
    const { page } = await opened.open(`${cost}?from=now-6h&to=now&refresh=5s`)
    await settle(page)
    const file = join(dashboardsDir, 'llm-cost-dashboard.json')
    const text = readFileSync(file, 'utf8')
    const json = JSON.parse(text)
    json.panels[0].title = 'What today costs'
    json.panels[1].targets[0].expr = 'sum(up)'
    writeFileSync(file, JSON.stringify(json))
    nowMs += 29_000
    await page.clock.setFixedTime(nowMs)
    await page.getByRole('heading', { name: 'What today costs' }).waitFor({ timeout: 30_000 })
    await page.getByText('cannot run it').waitFor()
    expect(await page.locator('.panel').count()).toBeGreaterThan(10)
    writeFileSync(file, text)
  })

  test('nothing on a dashboard moves while it comes', async () => {
    for (const path of ['/', '/d/llm-latency-ttft-dashboard', cost, errors, '/d/llm-security-safety-dashboard'])
      for (const width of [1_280, 390]) {
        const { page } = await opened.open('/health', { viewport: { width, height: 844 } })
        const shift = await measureShift(page, `${opened.address}${path}`, settle)
        expect(shift, `${path} at ${width}`).toBeLessThan(0.01)
        await page.context().close()
      }
  })
})
