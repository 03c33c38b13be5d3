/** What a real Prometheus makes of a scrape, in each format. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, createServer as createSocket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCall } from '@inferometer/core/call'
import { callMetrics } from '@inferometer/core/metrics'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createCallMetrics } from '../call-metrics.ts'
import { defaultLimits } from '../cardinality.ts'
import { createRegistry } from '../registry.ts'
import { createSelfMetrics } from '../self-metrics.ts'
import { renderMetrics } from './render-metrics.ts'

const hostileModel = 'a "quoted" \\ back\nslash, {le="1"} \r \u0000 \u2028 \u{1f600} \ud800 #'
const cleanedModel = hostileModel.replace('\ud800', '\ufffd')
const traceId = (i: number) => i.toString(16).padStart(32, '0')
const callCount = 200

function findVersion(): readonly [number, number] | undefined {
  const { stdout, error } = spawnSync('prometheus', ['--version'], { encoding: 'utf8' })
  const match = error === undefined ? /version (\d+)\.(\d+)/.exec(stdout) : null
  return match === null ? undefined : [Number(match[1]), Number(match[2])]
}

const version = findVersion()
/** Since 2.40. */
const takesNativeHistograms = version !== undefined && (version[0] > 2 || version[1] >= 40)
if (version === undefined) console.log('left out: no prometheus on the PATH to scrape in each format')

function fillRegistry() {
  const registry = createRegistry({ limits: defaultLimits })
  createSelfMetrics(registry)
  const metrics = createCallMetrics(registry)
  const startTimeUs = (Date.now() - 5000) * 1000
  for (let i = 1; i <= callCount; i++)
    metrics.record(
      createCall({
        traceId: traceId(i),
        spanId: traceId(i).slice(16),
        serviceName: 'shop',
        operation: 'chat',
        provider: 'acme',
        requestModel: i % 2 === 0 ? 'm-1' : hostileModel,
        startTimeUs: startTimeUs + i,
        latencyMs: i * 10,
        ttftMs: i,
        streaming: true,
        inputTokens: i,
        outputTokens: 10,
        usageSource: 'provider',
        costNanoUsd: 1_175_001,
        status: i % 10 === 0 ? 'error' : 'success',
        errorType: i % 10 === 0 ? 'rate_limit' : null,
        source: 'test',
      }),
    )
  return registry
}

const registry = fillRegistry()
const accepts = new Map<string, string>()

async function listen(): Promise<{ server: Server; port: number }> {
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    accepts.set(path, request.headers.accept ?? '')
    const { contentType, body } = renderMetrics(registry, path === '/text' ? 'text/plain' : request.headers.accept)
    response.setHeader('content-type', contentType).end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, port: portOf(server) }
}

function portOf(server: { address(): string | AddressInfo | null }): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

async function findFreePort(): Promise<number> {
  const socket = createSocket()
  await new Promise<void>((resolve) => socket.listen(0, '127.0.0.1', resolve))
  const port = portOf(socket)
  await new Promise((resolve) => socket.close(resolve))
  return port
}

interface Prometheus {
  query(promql: string): Promise<{ metric: Record<string, string>; value: [number, string] }[]>
  get(path: string): Promise<unknown>
  stop(): Promise<void>
}

async function startPrometheus(
  targetPort: number,
  paths: readonly string[],
  takesNative: boolean,
): Promise<Prometheus> {
  const directory = mkdtempSync(join(tmpdir(), 'inferometer-prometheus-'))
  const [major = 0, minor = 0] = version ?? []
  const isFlagGone = major > 3 || (major === 3 && minor >= 8)
  const jobs = paths.map((path) => ({
    job_name: path.slice(1),
    metrics_path: path,
    static_configs: [{ targets: [`127.0.0.1:${targetPort}`] }],
    ...(takesNative && isFlagGone ? { scrape_native_histograms: true } : {}),
  }))
  // JSON is YAML.
  const config = { global: { scrape_interval: '1s', scrape_timeout: '1s' }, scrape_configs: jobs }
  writeFileSync(join(directory, 'prometheus.yml'), JSON.stringify(config))
  const features = ['exemplar-storage', ...(takesNative && !isFlagGone ? ['native-histograms'] : [])]
  const port = await findFreePort()
  const child = spawn(
    'prometheus',
    [
      `--config.file=${join(directory, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(directory, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      `--enable-feature=${features.join(',')}`,
    ],
    { stdio: 'ignore' },
  )
  const get = async (path: string): Promise<unknown> => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`)
    const answer: unknown = await response.json()
    if (!response.ok) throw new Error(`${path}: ${JSON.stringify(answer)}`)
    return answer
  }
  return {
    get,
    // The shape that the HTTP API of Prometheus documents for an instant vector.
    query: async (promql) => {
      const answer = (await get(`/api/v1/query?query=${encodeURIComponent(promql)}`)) as {
        data: { result: { metric: Record<string, string>; value: [number, string] }[] }
      }
      return answer.data.result
    },
    stop: () => stopChild(child, directory),
  }
}

async function stopChild(child: ChildProcess, directory: string): Promise<void> {
  const exited = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await exited
  rmSync(directory, { recursive: true, force: true })
}

/** Until it answers something, for Prometheus needs a second or two to start and to scrape. */
async function waitFor<T>(ask: () => Promise<T | undefined>): Promise<T> {
  const until = Date.now() + 20_000
  let last: unknown
  while (Date.now() < until) {
    try {
      const answer = await ask()
      if (answer !== undefined) return answer
    } catch (error) {
      last = error
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error('Prometheus did not answer in time', { cause: last })
}

const untilScraped = (prometheus: Prometheus, jobs: number) =>
  waitFor(async () => {
    const up = await prometheus.query('up == 1')
    return up.length === jobs ? up : undefined
  })

const sumOf = async (prometheus: Prometheus, promql: string) =>
  Number((await prometheus.query(`sum(${promql})`))[0]?.value[1] ?? Number.NaN)

async function findTraces(prometheus: Prometheus, promql: string): Promise<Set<string>> {
  const path = `/api/v1/query_exemplars?query=${encodeURIComponent(promql)}&start=${Date.now() / 1000 - 600}&end=${Date.now() / 1000 + 600}`
  // The shape that the HTTP API of Prometheus documents for exemplars.
  const answer = (await prometheus.get(path)) as { data: { exemplars: { labels: { trace_id: string } }[] }[] }
  return new Set(answer.data.flatMap(({ exemplars }) => exemplars.map(({ labels }) => labels.trace_id)))
}

const known = new Set(Array.from({ length: callCount }, (_, i) => traceId(i + 1)))
const totals = { prompt: (callCount * (callCount + 1)) / 2, cost: (callCount * 1_175_001) / 1000 }

async function expectCounters(prometheus: Prometheus, job: string): Promise<void> {
  const select = (name: string, more = '') => `${name}{job="${job}"${more}}`
  expect(await sumOf(prometheus, select(callMetrics.tokens.name, ',token_type="prompt"'))).toBe(totals.prompt)
  expect(await sumOf(prometheus, select(callMetrics.cost.name))).toBeCloseTo(totals.cost, 6)
  expect(await sumOf(prometheus, select(callMetrics.spans.name))).toBe(callCount)
  const models = await prometheus.query(`sum by (model) (${select(callMetrics.spans.name)})`)
  expect(new Set(models.map(({ metric }) => metric.model))).toEqual(new Set(['m-1', cleanedModel]))
}

describe.runIf(version !== undefined)('a real Prometheus', { timeout: 40_000 }, () => {
  let target: { server: Server; port: number }
  let prometheus: Prometheus
  beforeAll(async () => {
    target = await listen()
    prometheus = await startPrometheus(target.port, ['/text', '/negotiated'], false)
    await untilScraped(prometheus, 2)
  })
  afterAll(async () => {
    await prometheus?.stop()
    target?.server.close()
  })

  it.each(['text', 'negotiated'])('reads every counter and bucket when it scrapes %s', async (job) => {
    await expectCounters(prometheus, job)
    const select = (suffix: string, more = '') => `${callMetrics.latency.name}${suffix}{job="${job}"${more}}`
    expect(await sumOf(prometheus, select('_count'))).toBe(callCount)
    expect(await sumOf(prometheus, select('_sum'))).toBe(totals.prompt * 10)
    expect(await sumOf(prometheus, select('_bucket', ',le="1000.0"'))).toBe(100)
    expect(await sumOf(prometheus, select('_bucket', ',le="+Inf"'))).toBe(callCount)
    const [median] = await prometheus.query(`histogram_quantile(0.5, sum by (le) (${select('_bucket')}))`)
    expect(Number(median?.value[1])).toBe(1000)
    const answer = await prometheus.get(`/api/v1/targets/metadata?metric=${callMetrics.latency.name}`)
    expect(JSON.stringify(answer)).toContain('"type":"histogram"')
  })

  it('negotiates OpenMetrics and finds exemplars of latency, first token and errors', async () => {
    const { contentType } = renderMetrics(registry, accepts.get('/negotiated'))
    expect(contentType).toMatch(/^application\/openmetrics-text; version=1\.0\.0/)
    for (const name of [
      `${callMetrics.latency.name}_bucket`,
      `${callMetrics.ttft.name}_bucket`,
      callMetrics.errors.name,
    ]) {
      const traces = await findTraces(prometheus, `${name}{job="negotiated"}`)
      expect(traces.size).toBeGreaterThan(0)
      expect([...traces].filter((id) => !known.has(id))).toEqual([])
    }
    expect(await findTraces(prometheus, `${callMetrics.latency.name}_bucket{job="text"}`)).toEqual(new Set())
  })

  it.runIf(takesNativeHistograms)('reads native histograms with exemplars when it negotiates protobuf', async () => {
    const native = await startPrometheus(target.port, ['/native'], true)
    try {
      await untilScraped(native, 1)
      const { contentType } = renderMetrics(registry, accepts.get('/native'))
      expect(contentType).toMatch(/^application\/vnd\.google\.protobuf/)
      await expectCounters(native, 'native')
      const latency = `${callMetrics.latency.name}{job="native"}`
      expect(await sumOf(native, `histogram_count(${latency})`)).toBe(callCount)
      expect(await sumOf(native, `histogram_sum(${latency})`)).toBe(totals.prompt * 10)
      const [median] = await native.query(`histogram_quantile(0.5, sum(${latency}))`)
      expect(Math.abs(Number(median?.value[1]) / 1000 - 1)).toBeLessThan(0.05)
      const traces = await findTraces(native, latency)
      expect(traces.size).toBeGreaterThan(0)
      expect([...traces].filter((id) => !known.has(id))).toEqual([])
    } finally {
      await native.stop()
    }
  })

  it('promtool finds no fault with the text but the names that are fixed', () => {
    const { body } = renderMetrics(registry, 'text/plain')
    const { status, stdout, stderr, error } = spawnSync('promtool', ['check', 'metrics'], {
      input: body,
      encoding: 'utf8',
    })
    if (error !== undefined) {
      console.log('left out: no promtool on the PATH')
      return
    }
    // 3: read without an error, with remarks on style.
    expect([0, 3]).toContain(status)
    const fixed = new RegExp(
      `^(${callMetrics.latency.name} non-counter metrics should not have "_total" suffix|\\S+ (metric names should not contain abbreviated units|use base unit "seconds" instead of "milliseconds"))$`,
    )
    const remarks = `${stdout}${stderr}`.split('\n').filter((line) => line !== '')
    expect(remarks.filter((line) => !fixed.test(line))).toEqual([])
  })
})
