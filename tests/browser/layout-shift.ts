/** How far what is on a page moves while it comes. */
import type { Page } from 'playwright-core'

/** The sum of layout shifts from the first paint on: 0 where nothing moves. `settle` waits until the page is complete. */
export async function measureShift(page: Page, url: string, settle: (page: Page) => Promise<void>): Promise<number> {
  await page.addInitScript(() => {
    const seen: number[] = []
    Reflect.set(window, 'shifts', seen)
    new PerformanceObserver((list) => {
      // LayoutShift is no type of the DOM library.
      for (const entry of list.getEntries()) seen.push((entry as PerformanceEntry & { value: number }).value)
    }).observe({ type: 'layout-shift', buffered: true })
  })
  await page.goto(url)
  await settle(page)
  const shifts: number[] = await page.evaluate(() => Reflect.get(window, 'shifts'))
  return shifts.reduce((sum, value) => sum + value, 0)
}
