/** Signing in at the console in a real Chromium: what the browser keeps is a cookie that no script reads. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { knownCalls } from './known-calls.ts'
import { noBrowser, type OpenConsole, openConsole } from './open-console.ts'

if (noBrowser) console.log('Chromium is not there: the tests of signing in were left out')

const key = ['a-key', 'for', 'this-test', 'alone'].join('-')
let seeded: OpenConsole

const storedBy = (page: Page) =>
  page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href]))

describe.skipIf(noBrowser)('signing in', () => {
  beforeAll(async () => {
    seeded = await openConsole({ calls: knownCalls, settings: { apiKeys: [key] } })
  }, 60_000)
  afterAll(() => seeded?.close())

  test('asks for a key, says when it is wrong, keeps it nowhere, and ends by signing out', async () => {
    const { page } = await seeded.open('/calls')
    const field = page.getByLabel('API key')
    await field.fill('another-key-for-this-test')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('alert').getByText('An API key is needed').waitFor()
    await field.fill(key)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('1,002 calls').waitFor()
    // A question that changes nothing, and one that is sent by POST.
    await page.goto(`${seeded.address}/d/llm-cost-dashboard`)
    await page.getByRole('heading', { name: 'Cost by model' }).first().waitFor()
    const [cookie, ...more] = await page.context().cookies()
    expect(more).toEqual([])
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/', domain: '127.0.0.1' })
    const stored = await storedBy(page)
    for (const secret of [key, cookie?.value ?? '']) expect(stored).not.toContain(secret)
    await page.getByRole('button', { name: 'Sign out' }).click()
    await field.waitFor()
    expect(await page.context().cookies()).toEqual([])
    await page.goto(`${seeded.address}/calls`)
    await field.waitFor()
  }, 60_000)

  test('is of no use to a page of another port of the same host', async () => {
    const { page } = await seeded.open('/')
    await page.getByLabel('API key').fill(key)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('button', { name: 'Sign out' }).waitFor()
    // The same site, so the browser sends the cookie along: from its own page the console takes it, from this one not.
    const other = await page.context().newPage()
    await other.goto(`${seeded.server.addresses.otlpHttp}/v1/traces`)
    const outcomes = await other.evaluate(async (target) => {
      const attempt = (options: RequestInit) =>
        fetch(`${target}/v1/query`, { method: 'POST', credentials: 'include', ...options }).then(
          ({ type, status }) => `${type} ${status}`,
          () => 'refused by the browser',
        )
      const body = '{"measures":["calls"]}'
      const headers = { 'content-type': 'application/json', 'x-inferometer-console': '1' }
      return [await attempt({ body, headers }), await attempt({ body, mode: 'no-cors' })]
    }, seeded.address)
    // What was sent without asking can be sent, and is answered with a refusal that the page cannot read.
    expect(outcomes).toEqual(['refused by the browser', 'opaque 0'])
    const rejected = await page.evaluate(async () => (await fetch('/v1/session')).json())
    expect(rejected).toMatchObject({ name: 'apiKeys[0]' })
  }, 60_000)
})
