/** A real Prometheus over given history, or over a live target. */
import { spawn, spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { end, findFreePort, nativeHistogramsBy } from '../harness/prometheus.ts'
import { waitUntil } from '../harness/wait-until.ts'

export interface Row {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

export interface RunningPrometheus {
  query(promql: string, atSeconds?: number): Promise<readonly Row[]>
  /** Labels of the exemplars of the last minute behind an expression, as Grafana asks for them. */
  exemplars(promql: string): Promise<readonly Readonly<Record<string, string>>[]>
  stop(): Promise<void>
}

export interface RunOptions {
  /** OpenMetrics texts with timestamps. Each becomes blocks of its own: one text over a week is read once per block. */
  readonly history?: readonly string[]
  /** host:port that is scraped every second. */
  readonly target?: string
  readonly features?: readonly string[]
  /** Keeps histograms as native ones instead of as classic ones. */
  readonly native?: boolean
}

export function promtool(...args: readonly string[]): { readonly ok: boolean; readonly output: string } {
  const { status, stdout, stderr } = spawnSync('promtool', args, { encoding: 'utf8' })
  return { ok: status === 0, output: `${stdout}${stderr}` }
}

export async function runPrometheus(options: RunOptions): Promise<RunningPrometheus> {
  const { history = [], target, native = false } = options
  const isOfJob = native && nativeHistogramsBy() === 'job'
  const features = [...(options.features ?? []), ...(native && !isOfJob ? ['native-histograms'] : [])]
  const folder = await mkdtemp(join(tmpdir(), 'inferometer-panels-'))
  const data = join(folder, 'data')
  for (const [index, text] of history.entries()) {
    const file = join(folder, `${index}.om`)
    await writeFile(file, text)
    const { ok, output } = promtool('tsdb', 'create-blocks-from', 'openmetrics', file, data)
    if (!ok) throw new Error(`promtool cannot read the history: ${output.slice(0, 2_000)}`)
  }
  const jobs = target === undefined ? '[]' : `[{job_name: live, static_configs: [{targets: ['${target}']}]}]`
  await writeFile(
    join(folder, 'prometheus.yml'),
    `{global: {scrape_interval: 1s${isOfJob ? ', scrape_native_histograms: true' : ''}}, scrape_configs: ${jobs}}`,
  )
  const address = `127.0.0.1:${await findFreePort()}`
  const child = spawn('prometheus', [
    `--config.file=${join(folder, 'prometheus.yml')}`,
    `--storage.tsdb.path=${data}`,
    '--storage.tsdb.retention.time=50y',
    `--web.listen-address=${address}`,
    ...(features.length > 0 ? [`--enable-feature=${features.join(',')}`] : []),
    '--log.level=error',
  ])
  let log = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text
  })
  const stop = async () => {
    await end(child)
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await waitUntil('Prometheus is ready', async () => (await fetch(`http://${address}/-/ready`)).ok)
  } catch (error) {
    await stop()
    throw new Error(`Prometheus does not start: ${log}`, { cause: error })
  }
  const ask = async (route: string, parameters: Readonly<Record<string, string>>) => {
    const body = new URLSearchParams(parameters)
    const response = await fetch(`http://${address}/api/v1/${route}`, { method: 'POST', body })
    const { status, error, data } = await response.json()
    if (status !== 'success') throw new Error(`Prometheus refuses ${parameters.query}: ${error}`)
    return data
  }
  return {
    async query(query, atSeconds) {
      const { result } = await ask('query', { query, ...(atSeconds !== undefined && { time: String(atSeconds) }) })
      return result.map(readRow)
    },
    async exemplars(query) {
      const now = Date.now() / 1_000
      const series = await ask('query_exemplars', { query, start: String(now - 60), end: String(now + 1) })
      return series.flatMap(({ exemplars }: { exemplars: { labels: Record<string, string> }[] }) =>
        exemplars.map(({ labels }) => labels),
      )
    },
    stop,
  }
}

function readRow({ metric, value }: { metric: Record<string, string>; value: [number, string] }): Row {
  return { labels: metric, value: Number(value[1]) }
}
