/** What remote write brings to a real Prometheus is what a scrape shows, across an outage of Prometheus. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { callMetrics } from '@inferometer/core/metrics'
import { type RunningServer, startServer } from '@inferometer/server'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseMetrics, type Sample } from '../harness/metrics-text.ts'
import { findFreePort } from '../harness/prometheus.ts'
import { waitUntil } from '../harness/wait-until.ts'
import { createPeer, hasPeers, type Peer } from './run-peer.ts'

const isThere = hasPeers(['prometheus'], "remote write to Prometheus' receiver")

describe.skipIf(!isThere)('remote write to Prometheus', () => {
  let folder: string
  let prometheus: Peer
  let base: string
  let server: RunningServer

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'inferometer-remote-write-'))
    await writeFile(join(folder, 'prometheus.yml'), 'scrape_configs: []\n')
    const address = `127.0.0.1:${await findFreePort()}`
    base = `http://${address}`
    prometheus = createPeer({
      binary: 'prometheus',
      args: [
        `--config.file=${join(folder, 'prometheus.yml')}`,
        `--storage.tsdb.path=${join(folder, 'tsdb')}`,
        `--web.listen-address=${address}`,
        '--web.enable-remote-write-receiver',
        '--log.level=error',
      ],
      readyUrl: `${base}/-/ready`,
    })
    await prometheus.start()
    const forward = { remoteWrite: { endpoint: `${base}/api/v1/write`, intervalMs: 500 } }
    const ports = { apiPort: 0, metricsPort: 0, otlpHttpPort: 0, otlpGrpcPort: 0, consolePort: 0 }
    server = await startServer({
      ...ports,
      dataDir: join(folder, 'data'),
      configDir: folder,
      logLevel: 'silent',
      forward,
    })
  }, 120_000)
  afterAll(async () => {
    await server?.stop()
    await prometheus?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  async function record(count: number): Promise<void> {
    const call = { model: 'm"1\\', provider: 'p', service_name: 'checkout', prompt_tokens: 3, completion_tokens: 4 }
    const spans = Array.from({ length: count }, (_, index) => ({
      ...call,
      latency_ms_total: 5 + index,
      status: 'success',
      cost_usd_micro: 1.001,
    }))
    const headers = { 'content-type': 'application/json' }
    const body = JSON.stringify({ spans })
    const answer = await fetch(`${server.addresses.api}/v1/metrics/record-batch`, { method: 'POST', headers, body })
    expect(answer.status).toBe(200)
  }

  async function query(promql: string): Promise<{ metric: Record<string, string>; value: [number, string] }[]> {
    const answer = await fetch(`${base}/api/v1/query`, { method: 'POST', body: new URLSearchParams({ query: promql }) })
    return (await answer.json()).data.result
  }

  async function expectSame(calls: number): Promise<void> {
    await waitUntil(
      'the calls are there',
      async () => (await query(callMetrics.spans.name))[0]?.value[1] === String(calls),
    )
    const scraped = parseMetrics(await (await fetch(`${server.addresses.metrics}/metrics`)).text())
    const ofCalls = scraped.filter(({ name }) => name.startsWith('llm_'))
    expect(ofCalls.length).toBeGreaterThan(30)
    const written = await query('{__name__=~"llm_.+",job="inferometer"}')
    const key = ({ name, labels }: Pick<Sample, 'name' | 'labels'>) =>
      JSON.stringify([name, Object.entries(labels).sort()])
    const values = new Map(
      written.map(({ metric: { __name__: name = '', job: _job, instance: _instance, ...labels }, value }) => [
        key({ name, labels }),
        Number(value[1]),
      ]),
    )
    const unescaped = ofCalls.map(({ name, labels, value }) => ({
      name,
      labels: Object.fromEntries(Object.entries(labels).map(([label, text]) => [label, JSON.parse(`"${text}"`)])),
      value,
    }))
    for (const sample of unescaped) expect(values.get(key(sample)), key(sample)).toBe(sample.value)
  }

  test('brings every series that a scrape shows, with its value', async () => {
    await record(20)
    await expectSame(20)
  })

  test('goes on after Prometheus was killed', async () => {
    await prometheus.stop('SIGKILL')
    await record(22)
    await prometheus.start()
    await expectSame(42)
  }, 90_000)
})
