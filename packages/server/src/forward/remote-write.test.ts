import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createCall } from '@inferometer/core/call'
import pino from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createCallMetrics } from '../metrics/call-metrics.ts'
import { defaultLimits } from '../metrics/cardinality.ts'
import { renderText } from '../metrics/expose/text.ts'
import { listSamples } from '../metrics/list-samples.ts'
import { createRegistry } from '../metrics/registry.ts'
import { createPoster } from './http-post.ts'
import { type LocalDestination, openDestination, takeAll } from './local-destination.cases.ts'
import { readWriteRequest } from './read-write-request.cases.ts'
import { RemoteWrite, type RemoteWriteOptions } from './remote-write.ts'

const callCount = 300

function fillRegistry() {
  const registry = createRegistry({ limits: defaultLimits })
  const metrics = createCallMetrics(registry, Date.now)
  for (let i = 1; i <= callCount; i++)
    metrics.record(
      createCall({
        traceId: i.toString(16).padStart(32, '0'),
        spanId: i.toString(16).padStart(16, '0'),
        serviceName: i % 3 === 0 ? 'Ж "shop"\n' : `shop-${i % 40}`,
        operation: 'chat',
        provider: 'acme',
        requestModel: `m-${i % 2}`,
        startTimeUs: Date.now() * 1_000,
        latencyMs: i * 10,
        ttftMs: i,
        streaming: true,
        inputTokens: i,
        outputTokens: 10,
        costNanoUsd: 1_175_001,
        source: 'test',
      }),
    )
  return registry
}

const registry = fillRegistry()
const failed: string[] = []
const running: RemoteWrite[] = []
let destination: LocalDestination

beforeEach(async () => {
  destination = await openDestination()
  failed.length = 0
})
afterEach(async () => {
  await Promise.all(running.splice(0).map((writer) => writer.close(0)))
  await destination.close()
})

function write(endpoint: string, options: Partial<RemoteWriteOptions> = {}): RemoteWrite {
  const writer = new RemoteWrite({
    name: 'metrics',
    poster: createPoster({ endpoint, headers: { 'X-Scope-OrgID': 'team' }, userAgent: 'test' }),
    listSamples: () => listSamples(registry.collect()),
    labels: [
      ['job', 'inferometer'],
      ['instance', 'here'],
    ],
    intervalMs: 50,
    meter: { failed: (reason) => void failed.push(reason) },
    logger: pino({ level: 'silent' }),
    now: Date.now,
    backoff: { firstMs: 10, longestMs: 20 },
    ...options,
  })
  running.push(writer)
  return writer
}

async function waitFor(what: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 15_000
  while (!(await what())) {
    if (Date.now() > deadline) throw new Error(`waited in vain: ${what}`)
    await sleep(10)
  }
}

describe('RemoteWrite', () => {
  it('writes every series of the text format with its value, sorted labels and one time', async () => {
    const writer = write(`${destination.url}/api/v1/write`, { intervalMs: 60_000 })
    const expected = renderText(registry.collect(), 'prometheus')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
    await waitFor(() => writer.state().problem === null && destination.taken.length * 2_000 >= expected.length)
    const series = destination.taken.flatMap(({ body }) => readWriteRequest(body))
    expect(series.length).toBe(expected.length)
    expect(series.length).toBeGreaterThan(2_000)
    const text = series.map(({ labels, samples }) => {
      const { __name__: name, job, instance, ...others } = Object.fromEntries(labels)
      expect([job, instance]).toEqual(['inferometer', 'here'])
      expect(samples).toHaveLength(1)
      const names = labels.map(([label]) => label)
      expect(names).toEqual([...names].sort())
      return JSON.stringify([name, Object.entries(others).sort(), samples[0]?.value])
    })
    expect(text.sort()).toEqual(expected.map(parseLine).sort())
    expect(new Set(series.map(({ samples }) => samples[0]?.timestampMs)).size).toBe(1)
    expect(destination.requests[0]?.headers).toMatchObject({
      'content-type': 'application/x-protobuf',
      'content-encoding': 'snappy',
      'x-prometheus-remote-write-version': '0.1.0',
      'x-scope-orgid': 'team',
      'user-agent': 'test',
    })
  })

  it('says what is wrong while the destination fails, and goes on with newer totals when it is back', async () => {
    destination.reply = () => ({ status: 503 })
    const writer = write(destination.url)
    await waitFor(() => failed.length >= 3)
    expect(writer.state().problem).toContain('answers 503 since ')
    expect(writer.state().lagSeconds).toBeGreaterThan(0)
    destination.reply = takeAll
    await waitFor(() => writer.state().problem === null)
    expect(new Set(failed)).toEqual(new Set(['http_503']))
  })

  it('sends no request again that was refused, but all others', async () => {
    destination.reply = (request) => ({ status: destination.requests[0] === request ? 400 : 200 })
    const writer = write(destination.url, { intervalMs: 60_000 })
    await waitFor(() => destination.taken.length > 0)
    const all = destination.requests.map(({ body }) => body.toString('base64'))
    expect(new Set(all).size).toBe(all.length)
    expect(failed).toEqual(['http_400'])
    expect(writer.state().problem).toContain('refuses samples (http_400)')
  })

  it('close() writes what was counted last', async () => {
    let value = 1
    const writer = write(destination.url, {
      intervalMs: 60_000,
      listSamples: () => [{ name: 'x_total', labels: [], value }],
    })
    await waitFor(() => destination.taken.length === 1)
    value = 2
    await writer.close(5_000)
    const last = destination.taken.at(-1)
    expect(last && readWriteRequest(last.body)[0]?.samples[0]?.value).toBe(2)
  })
})

/** `name{a="b"} 1` as the same JSON that the test makes of a series. */
function parseLine(line: string): string {
  const [, name = '', labelText = '', value = ''] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? []
  const labels = [...labelText.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, label = '', text = '']) => [
    label,
    text.replace(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character)),
  ])
  return JSON.stringify([name, labels.sort(), Number(value)])
}

const hasPrometheus = spawnSync('prometheus', ['--version']).status === 0
if (!hasPrometheus) console.log('left out: no prometheus on the PATH that takes remote write')

describe.runIf(hasPrometheus)('a real Prometheus', () => {
  let folder: string
  let child: ChildProcess
  let url: string

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'remote-write-test-'))
    writeFileSync(join(folder, 'prometheus.yml'), 'scrape_configs: []\n')
    const port = await findFreePort()
    url = `http://127.0.0.1:${port}`
    child = spawn('prometheus', [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--web.enable-remote-write-receiver',
      '--log.level=error',
    ])
    await waitFor(async () => (await fetch(`${url}/-/ready`).catch(() => null))?.ok === true)
  })
  afterEach(async () => {
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await ended
    rmSync(folder, { recursive: true, force: true })
  })

  async function query(promql: string): Promise<number> {
    const response = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(promql)}`)
    const { data } = await response.json()
    return Number(data.result[0]?.value[1] ?? Number.NaN)
  }

  it('takes every sample, and its sums are those of the registry', async () => {
    const writer = write(`${url}/api/v1/write`)
    await waitFor(async () => (await query('sum(llm_spans_total)')) === callCount)
    await writer.close(5_000)
    expect(failed).toEqual([])
    expect(await query('sum(llm_tokens_total{token_type="prompt"})')).toBe((callCount * (callCount + 1)) / 2)
    expect(await query('sum(llm_cost_usd_micro_total)')).toBeCloseTo(callCount * 1_175.001, 6)
    expect(await query('sum(llm_latency_ms_total_count)')).toBe(callCount)
    expect(await query('sum(llm_latency_ms_total_bucket{le="+Inf"})')).toBe(callCount)
    expect(await query('sum(llm_spans_total{service_name="Ж \\"shop\\"\\n"})')).toBe(callCount / 3)
    const series = await query('count({job="inferometer",instance="here"})')
    expect(series).toBe(listSamples(registry.collect()).length)
  })
})

async function findFreePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
