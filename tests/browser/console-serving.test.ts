import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { type RunningServer, type ServerSettings, startServer } from '@inferometer/server'
import { afterEach, describe, expect, test } from 'vitest'
import { openStoreOf } from '../harness/store-of-calls.ts'
import { builtConsole } from './open-console.ts'

const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const one of undo.splice(0).reverse()) await one()
})

async function start(settings: ServerSettings = {}): Promise<RunningServer> {
  const dataDir = mkdtempSync(join(tmpdir(), 'inferometer-serving-'))
  undo.push(() => rmSync(dataDir, { recursive: true, force: true }))
  const ports = { apiPort: 0, metricsPort: 0, otlpHttpPort: 0, otlpGrpcPort: 0, consolePort: 0 }
  const server = await startServer(
    { logLevel: 'silent', configDir: 'nowhere', dataDir, ...ports, ...settings },
    { consoleDir: builtConsole, openStore: () => openStoreOf(join(dataDir, 'store'), []) },
  )
  undo.push(() => server.stop())
  return server
}

/** Holds a port and answers everything with `body`. */
async function holdPort(body: string): Promise<number> {
  const holder = createServer((_request, response) => response.end(body))
  await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve))
  undo.push(() => new Promise((resolve) => holder.close(resolve)))
  const address = holder.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

const assetsOf = (page: string) => [...page.matchAll(/(?:src|href)="\.\/(assets\/[^"]+)"/g)].map((match) => match[1])

describe('the console’s files', { timeout: 120_000 }, () => {
  test('weigh at most 350 kB compressed, all pages together', () => {
    expect(existsSync(builtConsole)).toBe(true)
    const files = readdirSync(builtConsole, { recursive: true, encoding: 'utf8' }).filter((name) =>
      /\.(js|css|html|svg)$/.test(name),
    )
    const bytes = files.reduce((sum, name) => sum + gzipSync(readFileSync(join(builtConsole, name))).length, 0)
    expect(bytes).toBeLessThanOrEqual(350 * 1_024)
  })

  test('are at every address of the console’s port and below /console of the API, each with its mount', async () => {
    const { addresses } = await start()
    for (const [origin, mount] of [
      [addresses.console, ''],
      [addresses.api, '/console'],
    ] as const) {
      for (const path of ['/', '/d/llm-cost-dashboard', '/calls/0123/4567']) {
        const response = await fetch(`${origin}${mount}${path}`)
        expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
        expect(response.headers.get('cache-control')).toBe('no-cache')
        expect(response.headers.get('content-security-policy')).toMatch(/script-src 'self'; .*frame-ancestors 'none'/)
        expect(response.headers.get('content-security-policy')).not.toMatch(/unsafe|https?:|\*/)
        const page = await response.text()
        expect(page).toContain(`<base href="${mount}/" />`)
        // Nothing is written into the page that the policy would have to allow.
        expect(page).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\son\w+=|style=/)
        expect(assetsOf(page).length).toBeGreaterThan(0)
        for (const asset of assetsOf(page)) {
          const file = await fetch(`${origin}${mount}/${asset}`)
          expect([file.status, file.headers.get('cache-control')]).toEqual([200, 'public, max-age=31536000, immutable'])
          expect(file.headers.get('content-encoding')).toMatch(/^(br|gzip)$/)
          await file.arrayBuffer()
        }
      }
    }
  })

  test('what is not there is an error and no page; nothing above the folder is reached', async () => {
    const { addresses } = await start()
    for (const path of ['/assets/gone.js', '/v1/nothing', '/gone.css', '/assets/..%2f..%2findex.html.js'])
      expect([path, (await fetch(`${addresses.console}${path}`)).status]).toEqual([path, 404])
    const above = await fetch(`${addresses.console}/..%2f..%2fpackage.json`)
    expect(await above.text()).not.toContain('@inferometer/console')
  })

  test('with API keys the pages open and their data does not', async () => {
    const key = 'k'.repeat(20)
    const { addresses } = await start({ apiKeys: [key] })
    expect((await fetch(`${addresses.console}/d/llm-cost-dashboard`)).status).toBe(200)
    expect((await fetch(`${addresses.api}/console/`)).status).toBe(200)
    for (const path of ['/v1/dashboards', '/v1/calls', '/v1/annotations']) {
      expect([path, (await fetch(`${addresses.console}${path}`)).status]).toEqual([path, 401])
      const opened = await fetch(`${addresses.console}${path}`, { headers: { 'x-api-key': key } })
      expect([path, opened.status]).toEqual([path, 200])
    }
  })

  test('where a Grafana has the port, the console is below /console alone', async () => {
    const port = await holdPort('{"database":"ok","version":"12.0.0"}')
    const { addresses } = await start({ consolePort: port })
    expect(addresses.console).toBeNull()
    expect((await fetch(`${addresses.api}/console/`)).status).toBe(200)
  })

  test('a port that another program has is named with its settings', async () => {
    const port = await holdPort('hello')
    await expect(start({ consolePort: port })).rejects.toThrow(
      `Cannot start: port ${port} for the console is in use by another program; choose another with --console-port or INFEROMETER_CONSOLE_PORT`,
    )
  })

  test('an annotation that is told at one port is shown at the other', async () => {
    const { addresses } = await start()
    const told = await fetch(`${addresses.api}/v1/annotations`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text: 'checkout 1.4.2 deployed', time_ms: 1_764_000_000_000 }),
    })
    expect(told.status).toBe(200)
    const { annotations } = await (await fetch(`${addresses.console}/v1/annotations`)).json()
    expect(annotations).toEqual([{ time_ms: 1_764_000_000_000, text: 'checkout 1.4.2 deployed' }])
  })
})
