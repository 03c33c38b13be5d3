/**
 * The console in a real Chromium, over a server with known calls. What the browser complains of (a refused script or
 * style, a defect, a request elsewhere) is collected, so that every test can ask that there is nothing.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { LlmCall } from '@inferometer/core/call'
import { type RunningServer, type ServerSettings, startServer } from '@inferometer/server'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { openStoreOf } from '../harness/store-of-calls.ts'

export const builtConsole = fileURLToPath(new URL('../../packages/console/dist/app', import.meta.url))
const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const chromiumPath = places.find((path) => existsSync(path)) ?? null

/** For `describe.skipIf`: the tests say in their title that they were left out. */
export const noBrowser = chromiumPath === null

export interface OpenConsole {
  readonly server: RunningServer
  /** Of the console's own port, without a slash at the end. */
  readonly address: string
  open(path: string, options?: BrowserContextOptions): Promise<WatchedPage>
  close(): Promise<void>
}

export interface WatchedPage {
  readonly page: Page
  /** What the browser complained of since the page was opened. */
  readonly complaints: readonly string[]
}

export interface ConsoleOptions {
  readonly calls: readonly LlmCall[]
  /** Milliseconds since the Unix epoch, for the server; the browser has it by `page.clock`. */
  readonly now?: () => number
  readonly settings?: ServerSettings
}

const ports = { apiPort: 0, metricsPort: 0, otlpHttpPort: 0, otlpGrpcPort: 0, consolePort: 0 }

export async function openConsole({ calls, now, settings = {} }: ConsoleOptions): Promise<OpenConsole> {
  if (chromiumPath === null) throw new Error(`Cannot open a browser: none at ${places.join(', ')}`)
  if (!existsSync(builtConsole)) throw new Error('Cannot open the console: it has not been built. Run: npm run build')
  const dataDir = mkdtempSync(join(tmpdir(), 'inferometer-console-'))
  const server = await startServer(
    { logLevel: 'silent', configDir: 'nowhere', dataDir, ...ports, ...settings },
    { consoleDir: builtConsole, openStore: () => openStoreOf(join(dataDir, 'store'), calls), ...(now && { now }) },
  )
  const browser = await chromium.launch({
    executablePath: chromiumPath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
  })
  const address = server.addresses.console ?? ''
  return {
    server,
    address,
    open: (path, options = {}) => openPage(browser, { url: `${address}${path}`, options, now }),
    async close() {
      await browser.close()
      await server.stop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

interface Visit {
  readonly url: string
  readonly options: BrowserContextOptions
  readonly now: (() => number) | undefined
}

async function openPage(browser: Browser, { url, options, now }: Visit): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: { width: 1_280, height: 900 }, timezoneId: 'UTC', ...options })
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(`defect: ${error.message}`))
  page.on('request', (request) => {
    if (!request.url().startsWith(new URL(url).origin) && !/^(data|blob):/.test(request.url()))
      complaints.push(`request to ${request.url()}`)
  })
  if (now !== undefined) await page.clock.setFixedTime(now())
  await page.goto(url)
  return { page, complaints }
}

/** Waits until nothing on the page is being asked any more. */
export async function settle(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle')
  await page.waitForFunction(() => document.querySelector('[aria-busy="true"]') === null)
}
