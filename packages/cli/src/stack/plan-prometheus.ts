/** Prometheus: scrapes the server, keeps exemplars and native histograms, knows our rules. */
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Document, isSeq, parseDocument } from 'yaml'
import { isOlder } from './find-program.ts'
import type { PlanOptions } from './plan-options.ts'
import { localUrl } from './plan-options.ts'
import type { ProgramPlan } from './supervisor.ts'

/** Since then a scrape says by itself whether it wants native histograms. */
const nativeSince = [3, 8] as const
const rules = ['recording.rules.yml', 'alerts.rules.yml']

export interface PrometheusOptions extends PlanOptions {
  /** Where the server shows its metrics. */
  readonly metricsUrl: string
  /** Opens /metrics; undefined where no key is asked for. */
  readonly scrapeKey: string | undefined
  /** Most that is kept, in Prometheus' words, such as 10GB. */
  readonly retentionSize: string | undefined
}

export async function planPrometheus(options: PrometheusOptions): Promise<ProgramPlan> {
  const { found, host, port, folder, retentionDays, retentionSize, variables } = options
  const address = localUrl(host, port)
  return {
    name: 'prometheus',
    command: found.path,
    args: [
      `--config.file=${await writeConfig(options)}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--storage.tsdb.retention.time=${retentionDays}d`,
      ...(retentionSize === undefined ? [] : [`--storage.tsdb.retention.size=${retentionSize}`]),
      `--web.listen-address=${host.includes(':') ? `[${host}]` : host}:${port}`,
      '--enable-feature=exemplar-storage',
      '--log.level=warn',
    ],
    env: variables,
    folder,
    address,
    readyUrl: `${address}/-/ready`,
  }
}

/** deploy/prometheus/prometheus.yml with our address, our key, TLS as the server speaks it, and nothing that this version does not know. */
async function writeConfig({ found, folder, deployDir, metricsUrl, scrapeKey }: PrometheusOptions): Promise<string> {
  await mkdir(folder, { recursive: true })
  const from = join(deployDir, 'prometheus')
  for (const file of rules) await copyFile(join(from, file), join(folder, file))
  const config = parseDocument(await readFile(join(from, 'prometheus.yml'), 'utf8'))
  const job = ['scrape_configs', 0]
  const { host, protocol } = new URL(metricsUrl)
  config.setIn([...job, 'static_configs', 0, 'targets'], [host])
  if (protocol === 'https:') {
    config.setIn([...job, 'scheme'], 'https')
    // The certificate is made out to the name that others know, and this connection does not leave the machine.
    config.setIn([...job, 'tls_config'], config.createNode({ insecure_skip_verify: true }))
  }
  if (isOlder(found, nativeSince)) dropNativeHistograms(config, job)
  if (scrapeKey !== undefined) {
    const keyFile = join(folder, 'scrape-key')
    await writeFile(keyFile, scrapeKey, { mode: 0o600 })
    config.setIn([...job, 'authorization'], config.createNode({ credentials_file: keyFile }))
  }
  const path = join(folder, 'prometheus.yml')
  await writeFile(path, config.toString())
  return path
}

function dropNativeHistograms(config: Document, job: readonly (string | number)[]): void {
  if (!isSeq(config.get('scrape_configs'))) throw new Error('BUG: prometheus.yml has no scrape_configs')
  for (const key of ['scrape_native_histograms', 'always_scrape_classic_histograms']) config.deleteIn([...job, key])
}
