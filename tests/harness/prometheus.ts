/** A real Prometheus on a free port that scrapes one metrics address every second, once per exposition format. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { waitUntil } from './wait-until.ts'

/** What a scraper asks for; each becomes the job of that name. */
export const scrapeFormats = {
  text: 'text/plain;version=0.0.4',
  openmetrics: 'application/openmetrics-text;version=1.0.0',
  protobuf: 'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited',
} as const
export type ScrapeFormat = keyof typeof scrapeFormats

export interface RawSeries {
  readonly metric: Readonly<Record<string, string>>
  /** Seconds since the Unix epoch, and the value as text. */
  readonly values: readonly (readonly [number, string])[]
}

export interface Prometheus {
  /** Value of an instant query that gives one sample, or none (0). */
  query(promql: string): Promise<number>
  /** Series of a range selector, with their raw samples. */
  ask(selector: string): Promise<RawSeries[]>
  /** Resolves when every job has finished a scrape that began after the call. */
  scraped(): Promise<void>
  stop(): Promise<void>
}

export function hasPrometheus(): boolean {
  return spawnSync('prometheus', ['--version']).status === 0
}

/** What makes the Prometheus on PATH keep native histograms: before 3.8 a flag, since then each job says so itself. */
export function nativeHistogramsBy(): 'flag' | 'job' {
  const { stdout, stderr } = spawnSync('prometheus', ['--version'], { encoding: 'utf8' })
  const [, major, minor] = /version (\d+)\.(\d+)/.exec(`${stdout}${stderr}`) ?? []
  return Number(major) > 3 || (Number(major) === 3 && Number(minor) >= 8) ? 'job' : 'flag'
}

export async function startPrometheus(metricsUrl: string): Promise<Prometheus> {
  const folder = await mkdtemp(join(tmpdir(), 'inferometer-prometheus-'))
  const relays = await Promise.all(
    Object.entries(scrapeFormats).map(async ([job, accept]) => ({ job, ...(await startRelay(metricsUrl, accept)) })),
  )
  const jobs = relays.map(({ job, target }) => `  - job_name: ${job}\n    static_configs: [{targets: ['${target}']}]`)
  const isOfJob = nativeHistogramsBy() === 'job'
  const native = isOfJob ? ', scrape_native_histograms: true' : ''
  const config = `global: {scrape_interval: 1s, scrape_timeout: 1s${native}}\nscrape_configs:\n${jobs.join('\n')}\n`
  await writeFile(join(folder, 'prometheus.yml'), config)
  const address = `127.0.0.1:${await findFreePort()}`
  const child = spawn('prometheus', [
    `--config.file=${join(folder, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=${address}`,
    ...(isOfJob ? [] : ['--enable-feature=native-histograms']),
    '--log.level=error',
  ])
  let log = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text
  })
  const query = (promql: string) => queryPrometheus(address, promql)
  await waitUntil(`Prometheus is ready: ${log}`, async () => (await fetch(`http://${address}/-/ready`)).ok)
  return {
    query,
    ask: (selector) => askPrometheus(address, selector),
    async scraped() {
      const since = Date.now() / 1_000
      await waitUntil('every job was scraped', async () => {
        const fresh = await query(`count(up == 1 and timestamp(up) > ${since})`)
        return fresh === relays.length
      })
    },
    async stop() {
      await end(child)
      for (const { relay } of relays) {
        relay.closeAllConnections()
        await new Promise((resolve) => relay.close(resolve))
      }
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Narrows what is asked for: old versions of Prometheus have no `scrape_protocols` to do so. */
async function startRelay(metricsUrl: string, accept: string): Promise<{ relay: Server; target: string }> {
  const relay = createServer(async (request, response) => {
    const answer = await fetch(metricsUrl + (request.url ?? ''), { headers: { accept } }).catch(() => null)
    if (answer === null) return void response.writeHead(502).end()
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' })
    response.end(Buffer.from(await answer.arrayBuffer()))
  })
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve))
  return { relay, target: `127.0.0.1:${(relay.address() as AddressInfo).port}` }
}

async function queryPrometheus(address: string, promql: string): Promise<number> {
  const result = await askPrometheus(address, promql)
  if (result.length > 1) throw new Error(`${promql} gives ${result.length} samples`)
  return Number(result[0]?.value[1] ?? 0)
}

async function askPrometheus(address: string, promql: string) {
  const response = await fetch(`http://${address}/api/v1/query?query=${encodeURIComponent(promql)}`)
  const { status, error, data } = await response.json()
  if (status !== 'success') throw new Error(`Prometheus refuses ${promql}: ${error}`)
  return data.result
}

export async function findFreePort(): Promise<number> {
  const server = createTcpServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

export async function end(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill(signal)
  const patience = setTimeout(() => child.kill('SIGKILL'), 5_000)
  await ended
  clearTimeout(patience)
}
