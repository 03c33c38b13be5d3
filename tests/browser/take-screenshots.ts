/** Writes the pictures of the README: npm run screenshots. The same days each time, so that only the console changes them. */
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { test } from 'vitest'
import { makeDay } from '../harness/day-of-calls.ts'
import { openConsole, settle } from './open-console.ts'

const folder = fileURLToPath(new URL('../../docs/images', import.meta.url))
const untilMs = Date.UTC(2026, 10, 27, 18, 20)
const range = 'from=now-24h&to=now&refresh=off'

const pictures = [
  { name: 'overview', path: `/?${range}`, colorScheme: 'light' },
  { name: 'latency', path: `/d/llm-latency-ttft-dashboard?${range}`, colorScheme: 'light' },
  { name: 'cost', path: `/d/llm-cost-dashboard?${range}`, colorScheme: 'dark' },
  { name: 'errors', path: '/d/llm-error-retry-dashboard?from=now-12h&to=now&refresh=off', colorScheme: 'light' },
  { name: 'calls', path: `/calls?${range}`, colorScheme: 'light' },
  { name: 'safety', path: `/d/llm-security-safety-dashboard?${range}`, colorScheme: 'dark' },
] as const

test('screenshots are written to docs/images', async () => {
  const calls = makeDay({ untilMs, days: 8, callsPerHour: 700 })
  const opened = await openConsole({ calls, now: () => untilMs })
  mkdirSync(folder, { recursive: true })
  for (const { name, path, colorScheme } of pictures) {
    const { page } = await opened.open(path, { colorScheme, viewport: { width: 1_280, height: 860 } })
    await settle(page)
    await page.screenshot({ path: `${folder}/${name}.png` })
    await page.context().close()
  }
  const phone = await opened.open(`/?${range}`, { colorScheme: 'dark', viewport: { width: 390, height: 844 } })
  await settle(phone.page)
  await phone.page.screenshot({ path: `${folder}/phone.png` })
  await opened.close()
}, 300_000)
