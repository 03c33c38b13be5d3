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
  const free = { apiPort: 0, metricsPort: 0, otlpHttpPort: 0, otlpGrpcPort: 0 }
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
    expect(after).toContain('inferometer_store_commit_ms_count 2')
  })

  test('stop() loses nothing that was answered with 200 when it comes under load', async () => {
    const first = await start()
    const answered: string[] = []
    let nextId = 1
    let isStopped = false
    const drive = async () => {
      while (!isStopped) {
        const span_id = (nextId++).toString(16).padStart(16, '0')
        const record = { ...goodRecord, trace_id: 'f'.repeat(32), span_id }
        const response = await post(`${first.addresses.api}/v1/metrics/record`, record).catch(() => null)
        if (response?.status === 200) answered.push(span_id)
        await response?.arrayBuffer().catch(() => null)
      }
    }
    const drivers = Array.from({ length: 16 }, drive)
    await new Promise((resolve) => setTimeout(resolve, 500))
    await first.stop()
    isStopped = true
    await Promise.all(drivers)
    expect(answered.length).toBeGreaterThan(20)

    const second = await start()
    const stored = new Set<string>()
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: { calls: { span_id: string }[]; next_cursor: string | null } = await (
        await fetch(`${second.addresses.api}/v1/calls?limit=1000${cursor && `&cursor=${cursor}`}`)
      ).json()
      for (const { span_id } of page.calls) stored.add(span_id)
      cursor = page.next_cursor
    }
    expect(answered.filter((id) => !stored.has(id))).toEqual([])
    const scrape = await (await fetch(`${second.addresses.metrics}/metrics`)).text()
    expect(scrape).toContain(`status="success",has_retries="false"} ${stored.size}\n`)
  })

  test.each([
    ['apiPort', 'the REST API', '--api-port', 'INFEROMETER_API_PORT'],
    ['otlpHttpPort', 'OTLP over HTTP', '--otlp-http-port', 'INFEROMETER_OTLP_HTTP_PORT'],
    ['otlpGrpcPort', 'OTLP over gRPC', '--otlp-grpc-port', 'INFEROMETER_OTLP_GRPC_PORT'],
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
