/** A server with known calls and its console in a real Chromium. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { LlmCall } from '@inferometer/core/call'
import { type Browser, chromium, type Page } from 'playwright-core'
import { type RunningServer, startServer } from '../../packages/server/src/main.ts'
import { openDuckDbStore } from '../../packages/server/src/store/duckdb/duckdb-store.ts'

const chromiumPaths = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
export const chromiumPath = chromiumPaths.find((path) => existsSync(path))
const consoleDir = fileURLToPath(new URL('../../packages/console/dist/app', import.meta.url))
export const hasConsole = chromiumPath !== undefined && existsSync(join(consoleDir, 'index.html'))

export interface SeededConsole {
  readonly server: RunningServer
  /** Of the console on its own port. */
  readonly url: string
  open(path: string, options?: PageOptions): Promise<Page>
  close(): Promise<void>
}

export interface PageOptions {
  readonly width?: number
  readonly colorScheme?: 'light' | 'dark'
}

export async function startSeededConsole(calls: readonly LlmCall[], settings = {}): Promise<SeededConsole> {
  const dataDir = mkdtempSync(join(tmpdir(), 'inferometer-console-'))
  const store = await openDuckDbStore({ dir: join(dataDir, 'store') })
  const recorded = await store.append(calls)
  if (!recorded.ok) throw new Error(recorded.message)
  await store.close()
  const ports = { apiPort: 0, metricsPort: 0, otlpHttpPort: 0, otlpGrpcPort: 0, consolePort: 0 }
  const configDir = fileURLToPath(new URL('../../config', import.meta.url))
  const server = await startServer({ ...ports, dataDir, configDir, logLevel: 'silent', ...settings }, { consoleDir })
  const browser: Browser = await chromium.launch({
    ...(chromiumPath !== undefined && { executablePath: chromiumPath }),
    args: ['--no-sandbox'],
  })
  const url = server.addresses.console
  if (url === null) throw new Error('the console has no port')
  return {
    server,
    url,
    async open(path, { width = 1_280, colorScheme = 'light' } = {}) {
      const viewport = { width, height: width < 600 ? 844 : 800 }
      const page = await (await browser.newContext({ viewport, colorScheme, locale: 'en-GB' })).newPage()
      await page.goto(url + path)
      return page
    },
    async close() {
      await browser.close()
      await server.stop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
