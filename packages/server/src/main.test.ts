import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ServerSettings } from './config.ts'
import { type RunningServer, startServer } from './main.ts'
import { goodRecord } from './test-app.cases.ts'

let dataDir: string
const running: RunningServer[] = []
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'inferometer-main-'))
})
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()))
  await rm(dataDir, { recursive: true, force: true })
})

async function start(settings: ServerSettings = {}): Promise<RunningServer> {
  const free = { apiPort: 0, metricsPort: 0, otlpHttpPort: 0 }
  const server = await startServer({ logLevel: 'silent', configDir: 'nowhere', dataDir, ...free, ...settings })
  running.push(server)
  return server
}

async function post(url: string, body: unknown): Promise<Response> {
  return fetch(url, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } })
}

describe('startServer', () => {
  test('startServer() records to disk and keeps the counters when it is started again', async () => {
    const first = await start()
    const recorded = await post(`${first.addresses.api}/v1/metrics/record`, goodRecord)
    expect(recorded.status).toBe(200)
    const scrape = await (await fetch(`${first.addresses.metrics}/metrics`)).text()
    expect(scrape).toContain(
      'llm_cost_usd_micro_total{model="gpt-4o-mini",provider="openai",service_name="checkout"} 450',
    )
    await first.stop()

    const second = await start()
    await post(`${second.addresses.api}/v1/metrics/record`, goodRecord)
    const after = await (await fetch(`${second.addresses.metrics}/metrics`)).text()
    expect(after).toContain(
      'llm_cost_usd_micro_total{model="gpt-4o-mini",provider="openai",service_name="checkout"} 900',
    )
    expect(after).toContain('inferometer_recorded_total{source="rest"} 2')
  })

  test.each([
    ['apiPort', 'the REST API', '--api-port', 'INFEROMETER_API_PORT'],
    ['otlpHttpPort', 'OTLP over HTTP', '--otlp-http-port', 'INFEROMETER_OTLP_HTTP_PORT'],
    ['metricsPort', 'metrics', '--metrics-port', 'INFEROMETER_METRICS_PORT'],
  ])('startServer() names port, flag and variable when %s is taken', async (setting, what, flag, variable) => {
    const holder = createServer()
    const port = await new Promise<number>((resolve) => {
      holder.listen(0, '127.0.0.1', () => {
        const address = holder.address()
        resolve(typeof address === 'object' && address ? address.port : 0)
      })
    })
    try {
      await expect(start({ [setting]: port })).rejects.toThrow(
        `Cannot start: port ${port} for ${what} is in use by another program; choose another with ${flag} or ${variable}`,
      )
    } finally {
      await new Promise((resolve) => holder.close(resolve))
    }
    // Whatever had been opened was let go of: the same folder opens again.
    await start()
  })
})
