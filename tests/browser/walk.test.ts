/** The calls by keyboard alone, and what moves on each page while it comes. In a real Chromium. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { attacked, hostile, knownCalls, retried } from './known-calls.ts'
import { measureShift } from './layout-shift.ts'
import { noBrowser, type OpenConsole, openConsole, settle } from './open-console.ts'

const hangMs = 120_000
/** More stops than any page has. */
const mostStops = 400
const callPath = ({ traceId, spanId }: { traceId: string; spanId: string }) => `/calls/${traceId}/${spanId}`

/** A destination that refuses everything in words that would run if a page took them for markup. */
const refusing = createServer((request, response) => {
  request.resume()
  response.writeHead(503, hostile, { 'content-type': 'text/html' }).end(hostile)
})

describe.skipIf(noBrowser)(
  'a walk through the pages (left out where there is no Chromium)',
  { timeout: hangMs },
  () => {
    let opened: OpenConsole
    beforeAll(async () => {
      await new Promise<void>((resolve) => refusing.listen(0, '127.0.0.1', resolve))
      const { port } = refusing.address() as AddressInfo
      const endpoint = `http://127.0.0.1:${port}/${encodeURIComponent(hostile)}`
      opened = await openConsole({ calls: knownCalls, settings: { forward: { traces: { endpoint } } } })
    }, hangMs)
    afterAll(async () => {
      await opened?.close()
      refusing.close()
    })

    test('arrow keys walk the calls, Enter opens one, and its page is walked by Tab', async () => {
      const { page } = await opened.open('/calls')
      await settle(page)
      await tabTo(page, 'Calls', 'grid')
      await page.keyboard.press('ArrowDown')
      await page.keyboard.press('Enter')
      await page.waitForURL(/\/calls\/[0-9a-f]{32}\//)
      await settle(page)
      expect(await listMissed(page)).toEqual([])
    })

    test.each([
      ['/calls', 1_280],
      ['/calls', 390],
      [callPath(retried), 1_280],
      [callPath(attacked), 390],
      ['/spend', 1_280],
      ['/spend', 390],
      ['/findings', 1_280],
      ['/findings', 390],
      ['/prices', 1_280],
      ['/prices', 390],
      ['/health', 1_280],
      ['/health', 390],
    ])('nothing on %s moves while it comes at %i pixels', async (path, width) => {
      const { page } = await opened.open('/health', { viewport: { width, height: 1_200 } })
      await settle(page)
      expect(await measureShift(page, `${opened.address}${path}`, settle)).toBe(0)
      await page.context().close()
    })

    test('what a destination answers is shown as text', async () => {
      const { page, complaints } = await opened.open('/health')
      await fetch(`${opened.server.addresses.api}/v1/metrics/record`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'm', provider: 'p', service_name: 's', status: 'success', latency_ms_total: 7 }),
      })
      const state = page.getByRole('region', { name: 'forward' }).locator('td[data-title="State"]')
      await expect
        .poll(
          async () => {
            await page.reload()
            await settle(page)
            return state.first().textContent()
          },
          { timeout: 60_000 },
        )
        .toMatch(/503/)
      expect(await page.evaluate(() => Reflect.get(window, 'injected'))).toBeUndefined()
      expect(await page.locator('main img, main script').count()).toBe(0)
      expect(complaints).toEqual([])
    })
  },
)

/** Presses Tab until the focus is on what is called `name`. */
async function tabTo(page: Page, name: string, role: 'link' | 'grid'): Promise<void> {
  const wanted = page.getByRole(role, { name, exact: true }).first()
  for (let stop = 0; stop < mostStops; stop++) {
    await page.keyboard.press('Tab')
    if (await wanted.evaluate((element) => element === document.activeElement)) return
  }
  throw new Error(`Tab does not reach the ${role} ${name}`)
}

/** Goes once round by Tab. What shows itself as clickable and had no focus, and what had it without showing it, in words. */
async function listMissed(page: Page): Promise<string[]> {
  await page.evaluate(() => {
    for (const element of document.querySelectorAll('[data-stopped]')) element.removeAttribute('data-stopped')
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur()
  })
  const unseen: string[] = []
  for (let stop = 0; stop < mostStops; stop++) {
    await page.keyboard.press('Tab')
    const found = await page.evaluate(() => {
      const at = document.activeElement
      if (at === null || at === document.body) return ''
      if (at.hasAttribute('data-stopped')) return null
      at.setAttribute('data-stopped', '')
      const { outlineStyle, boxShadow } = getComputedStyle(at)
      const name = at.outerHTML.slice(0, 120)
      return outlineStyle === 'none' && boxShadow === 'none' ? `focus is not seen: ${name}` : ''
    })
    if (found === null) break
    if (found !== '') unseen.push(found)
  }
  const missed = await page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('body *')]
      .filter((element) => getComputedStyle(element).cursor === 'pointer' && element.checkVisibility())
      // Rows of a grid are walked by arrow keys, a label belongs to its field.
      .filter((element) => element.closest('[data-stopped], [role="grid"], label') === null)
      .filter((element) => element.querySelector('[data-stopped]') === null && !element.matches(':disabled'))
      .map((element) => `not reached: ${element.outerHTML.slice(0, 120)}`),
  )
  return [...unseen, ...missed]
}
