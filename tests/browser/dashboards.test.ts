import { modelLabel } from '@inferometer/core/call'
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeDay } from '../harness/day-of-calls.ts'
import { findViolations } from './find-violations.ts'
import { noBrowser, type OpenConsole, openConsole, settle } from './open-console.ts'

const hourMs = 3_600_000
/** Not how long it may take: when it is taken to hang. A page in a browser takes seconds where others work too. */
const hangMs = 120_000
const nowMs = Date.UTC(2026, 10, 27, 18)
/** Names that are a script, a handler, an entity and a template, in every place where a name is shown. */
const evil = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>&lt;b&gt;{{1}}'
const calls = makeDay({ untilMs: nowMs, days: 2, callsPerHour: 40 }).map((call, index) =>
  index % 10 === 0
    ? {
        ...call,
        serviceName: `svc ${evil}`,
        requestModel: `model ${evil}`,
        provider: `p ${evil}`,
        userId: evil,
        findings: [{ kind: 'pii' as const, pattern: evil, start: 0, end: 1 }],
      }
    : call,
)
const inRange = calls.filter((call) => call.startTimeUs / 1_000 >= nowMs - 6 * hourMs)

const paths = {
  latency: '/d/llm-latency-ttft-dashboard',
  cost: '/d/llm-cost-dashboard',
  errors: '/d/llm-error-retry-dashboard',
  safety: '/d/llm-security-safety-dashboard',
  overview: '/',
} as const

// biome-ignore lint/performance/useDomNodeTextContent: what is seen, without what is hidden
const textOf = (locator: Locator) => locator.innerText()
const numberOf = (page: Page, panel: string) => textOf(page.locator(`[data-panel="${panel}"] .stat-number`))
const panelOf = (page: Page, id: string) => page.locator(`[data-panel="${id}"]`)
const add = (numbers: readonly number[]) => numbers.reduce((sum, number) => sum + number, 0)
const costOf = (some: typeof calls) => add(some.map((call) => call.costNanoUsd ?? 0)) / 1e9
const dollars = (usd: number) => `$${usd.toFixed(2)}`

function quantileOf(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const place = (sorted.length - 1) * share
  const [below = 0, above = 0] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]]
  return below + (above - below) * (place - Math.floor(place))
}

describe.skipIf(noBrowser)('the console in Chromium (left out where there is none)', { timeout: hangMs }, () => {
  let opened: OpenConsole
  beforeAll(async () => {
    opened = await openConsole({ calls, now: () => nowMs })
  }, hangMs)
  afterAll(() => opened?.close())

  test('LLM Latency & TTFT shows what the ledger says', async () => {
    const { page, complaints } = await opened.open(paths.latency)
    await settle(page)
    expect(await numberOf(page, 'calls')).toBe(String(inRange.length))
    const p95 = quantileOf(
      inRange.map(({ latencyMs }) => latencyMs),
      0.95,
    )
    expect(await numberOf(page, 'p95-latency')).toBe(
      `${(p95 / 1_000).toFixed(p95 < 9_995 ? 2 : 1)}\u00a0s`.replace('.0\u00a0', '\u00a0'),
    )
    expect(complaints).toEqual([])
  })

  test('LLM Cost Dashboard shows what the ledger says', async () => {
    const { page, complaints } = await opened.open(paths.cost)
    await settle(page)
    expect((await numberOf(page, 'spend-in-range')).split('≈')[0]).toBe(dollars(costOf(inRange)))
    const byModel = new Map<string, number>()
    for (const call of inRange)
      if (call.costNanoUsd !== null)
        byModel.set(modelLabel(call), (byModel.get(modelLabel(call)) ?? 0) + call.costNanoUsd / 1e9)
    const [greatest] = [...byModel].sort(([, a], [, b]) => b - a)
    const row = panelOf(page, 'cost-by-model').locator('tbody tr').first()
    expect(await textOf(row)).toContain(greatest?.[0])
    expect(await textOf(row)).toContain(dollars(greatest?.[1] ?? 0))
    const rows = await panelOf(page, 'cost-table').locator('tbody tr').allInnerTexts()
    const combinations = new Set(inRange.map((call) => `${call.serviceName} ${call.provider} ${modelLabel(call)}`))
    expect(rows).toHaveLength(combinations.size)
    expect(complaints).toEqual([])
  })

  test('LLM Error & Retry shows what the ledger says', async () => {
    const { page, complaints } = await opened.open(paths.errors)
    await settle(page)
    const share = inRange.filter(({ status }) => status === 'error').length / inRange.length
    expect(Number.parseFloat(await numberOf(page, 'error-rate'))).toBeCloseTo(share * 100, 1)
    const retried = inRange.filter(({ retryCount }) => retryCount > 0).length / inRange.length
    const gauge = await panelOf(page, 'retry-rate').locator('.gauge-number').innerHTML()
    expect(Number.parseFloat(gauge)).toBeCloseTo(retried * 100, 1)
    expect(complaints).toEqual([])
  })

  test('LLM Security & Safety shows what the ledger says', async () => {
    const { page, complaints } = await opened.open(paths.safety)
    await settle(page)
    const withKind = (kind: string) =>
      inRange.filter(({ findings }) => findings.some((one) => one.kind === kind)).length
    expect(await numberOf(page, 'pii-calls')).toBe(String(withKind('pii')))
    expect(await numberOf(page, 'injection-calls')).toBe(String(withKind('injection')))
    expect(await numberOf(page, 'findings')).toBe(String(add(inRange.map(({ findings }) => findings.length))))
    expect(complaints).toEqual([])
  })

  test('names that are scripts are shown as text everywhere, and nothing is asked of another host', async () => {
    for (const path of Object.values(paths)) {
      const { page, complaints } = await opened.open(path)
      await settle(page)
      expect(await page.evaluate(() => Reflect.get(window, 'hacked'))).toBeUndefined()
      expect(await page.locator('img[src="x"]').count()).toBe(0)
      expect(complaints).toEqual([])
      await page.context().close()
    }
    const { page } = await opened.open(paths.safety)
    await settle(page)
    expect(await textOf(panelOf(page, 'top-patterns'))).toContain(evil)
    await page
      .getByRole('toolbar')
      .getByRole('button', { name: /^Service/ })
      .click()
    expect(await textOf(page.getByRole('dialog', { name: 'Service' }))).toContain(evil)
  })

  test('a filter, a range and a panel are in the address, and Back undoes them', async () => {
    const { page } = await opened.open(paths.latency)
    await settle(page)
    await page
      .getByRole('toolbar')
      .getByRole('button', { name: /^Model/ })
      .click()
    await page.getByRole('searchbox').fill('haiku')
    await page.getByRole('checkbox').check()
    await page.keyboard.press('Escape')
    await settle(page)
    expect(new URL(page.url()).searchParams.getAll('var-model')).toEqual(['claude-haiku-4-5'])
    const haiku = inRange.filter((call) => modelLabel(call) === 'claude-haiku-4-5')
    expect(await numberOf(page, 'calls')).toBe(String(haiku.length))

    await page.keyboard.press('t')
    await page.getByRole('button', { name: 'Last 24 hours' }).click()
    await settle(page)
    const day = calls.filter(
      (call) => call.startTimeUs / 1_000 >= nowMs - 24 * hourMs && modelLabel(call) === 'claude-haiku-4-5',
    )
    expect(await numberOf(page, 'calls')).toBe(String(day.length))
    await page.goBack()
    await settle(page)
    expect(await numberOf(page, 'calls')).toBe(String(haiku.length))
    await page.goBack()
    await settle(page)
    expect(await numberOf(page, 'calls')).toBe(String(inRange.length))
  })

  test('a drag on one chart zooms every panel', async () => {
    const { page } = await opened.open(paths.latency)
    await settle(page)
    const box = await panelOf(page, 'latency-percentiles').locator('.overlay').boundingBox()
    if (box === null) throw new Error('the chart has no box')
    const at = (share: number) => [box.x + box.width * share, box.y + box.height / 2] as const
    await page.mouse.move(...at(0.3))
    await page.mouse.down()
    await page.mouse.move(...at(0.45))
    await page.mouse.move(...at(0.6))
    await page.mouse.up()
    await settle(page)
    const { searchParams } = new URL(page.url())
    const [from, to] = [Number(searchParams.get('from')), Number(searchParams.get('to'))]
    expect(to - from).toBeGreaterThan(hourMs)
    expect(to - from).toBeLessThan(3 * hourMs)
    const zoomed = calls.filter(({ startTimeUs }) => startTimeUs >= from * 1_000 && startTimeUs < to * 1_000)
    expect(await numberOf(page, 'calls')).toBe(String(zoomed.length))
  })

  test('one cross-hair runs through all charts, and the values stand beside the pointer', async () => {
    const { page } = await opened.open(paths.errors)
    await settle(page)
    await panelOf(page, 'success-vs-error').locator('.overlay').hover()
    expect(await page.locator('.cross-hair').count()).toBeGreaterThan(5)
    expect(await page.locator('.tooltip').count()).toBe(1)
    expect(await textOf(page.locator('.tooltip'))).toMatch(/success\s+[\d.]+\u00a0\/(s|min)/)
  })

  test('a click in the legend shows one series alone, ctrl-click takes one away', async () => {
    const { page } = await opened.open(paths.errors)
    await settle(page)
    const panel = panelOf(page, 'success-vs-error')
    const pressed = () => panel.locator('.legend button[aria-pressed="true"]').count()
    const all = await pressed()
    const success = panel.getByRole('button', { name: 'success', exact: true })
    await success.click()
    expect(await pressed()).toBe(1)
    await success.click()
    expect(await pressed()).toBe(all)
    await success.click({ modifiers: ['Control'] })
    expect(await pressed()).toBe(all - 1)
  })

  test('a panel fills the screen, says its query, and Escape goes back', async () => {
    const { page } = await opened.open(`${paths.cost}?viewPanel=cost-by-model`)
    await settle(page)
    expect(await page.locator('.panel').count()).toBe(1)
    await page.getByRole('button', { name: 'Menu of Cost by model' }).click()
    await page.getByRole('button', { name: 'What query is this' }).click()
    const dialog = page.getByRole('dialog', { name: 'What Cost by model asks' })
    expect(await textOf(dialog)).toContain('costUsd')
    expect(await textOf(dialog)).toContain('sum by (model)')
    await page.keyboard.press('Escape')
    await page.keyboard.press('Escape')
    await page.waitForFunction(() => document.querySelectorAll('.panel').length > 1)
  })

  test('ctrl-K goes to a page, and ? lists the keys', async () => {
    const { page } = await opened.open(paths.overview)
    await settle(page)
    await page.keyboard.press('Control+k')
    await page.keyboard.type('cost')
    await page.keyboard.press('Enter')
    await page.waitForURL(/llm-cost-dashboard/)
    await page.keyboard.press('?')
    expect(await page.getByRole('dialog', { name: 'Keys' }).isVisible()).toBe(true)
  })

  test('a question that fails is said in the panel, and is asked again on request', async () => {
    const { page } = await opened.open(paths.overview)
    await page.route('**/v1/panels/query', (route) =>
      route.fulfill({ status: 503, json: { error: { code: 'store_unavailable', message: 'The store is busy' } } }),
    )
    await page.goto(`${opened.address}${paths.cost}`)
    await page.getByText('The store is busy').first().waitFor()
    await page.unroute('**/v1/panels/query')
    await page.getByRole('button', { name: 'Try again' }).first().click()
    await settle(page)
    expect((await numberOf(page, 'spend-in-range')).split('≈')[0]).toBe(dollars(costOf(inRange)))
  })

  test.each([
    ['light', 1_280],
    ['dark', 1_280],
    ['light', 390],
    ['dark', 390],
  ] as const)(
    'axe finds nothing serious in %s at %d pixels, and nothing is wider than the screen',
    async (colorScheme, width) => {
      for (const path of Object.values(paths)) {
        const { page } = await opened.open(path, { colorScheme, viewport: { width, height: 844 } })
        await settle(page)
        expect(await findViolations(page), path).toEqual([])
        expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBeLessThanOrEqual(width)
        await page.context().close()
      }
    },
  )
})
