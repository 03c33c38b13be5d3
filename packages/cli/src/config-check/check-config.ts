/** `inferometer config check`: every configuration file, each mistake with its place. */
import { existsSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { parsePatternFile, parsePriceFile } from '@inferometer/server'
import type { Chosen } from '../chosen.ts'
import { checkBackend, checkDashboards, checkDataSources, checkProvider } from './check-grafana.ts'
import { checkPrometheus } from './check-rules.ts'
import type { Finding } from './finding.ts'

export interface ConfigCheck {
  readonly files: readonly string[]
  readonly findings: readonly Finding[]
}

const ownFiles = [
  ['model_prices.yaml', parsePriceFile],
  ['patterns.yaml', parsePatternFile],
] as const

const tempoNeeds = [
  ['server', 'http_listen_port'],
  ['distributor', 'receivers', 'otlp'],
  ['storage', 'trace'],
]
const lokiNeeds = [
  ['server', 'http_listen_port'],
  ['schema_config', 'configs'],
  ['limits_config', 'allow_structured_metadata'],
]

interface Folders extends Pick<Chosen, 'configDir' | 'dashboardsDir'> {
  /** What Prometheus, Grafana, Tempo and Loki are started with; without it only our own files are checked. */
  readonly deployDir: string
}

export function checkConfig({ configDir, dashboardsDir, deployDir }: Folders): ConfigCheck {
  const own = checkOwnFiles(configDir)
  if (!existsSync(deployDir)) return own
  const prometheus = checkPrometheus(join(deployDir, 'prometheus/prometheus.yml'), join(deployDir, '..'))
  const dashboards = checkDashboards(dashboardsDir, prometheus.known)
  const grafana = join(deployDir, 'grafana/provisioning')
  const others = [
    [join(grafana, 'datasources/datasources.yml'), checkDataSources],
    [join(grafana, 'dashboards/dashboards.yml'), checkProvider],
    [join(deployDir, 'tempo/tempo.yaml'), (file: string) => checkBackend(file, tempoNeeds)],
    [join(deployDir, 'loki/loki.yaml'), (file: string) => checkBackend(file, lokiNeeds)],
  ] as const
  return {
    files: [...own.files, ...prometheus.files, ...others.map(([file]) => file), ...dashboards.files],
    findings: [
      ...own.findings,
      ...prometheus.findings,
      ...others.flatMap(([file, check]) => check(file)),
      ...dashboards.findings,
    ],
  }
}

function checkOwnFiles(configDir: string): ConfigCheck {
  const present = ownFiles
    .map(([name, parse]) => ({ file: join(configDir, name), parse }))
    .filter(({ file }) => existsSync(file))
  const findings = present.flatMap(({ file, parse }) => {
    const parsed = parse(readFileSync(file, 'utf8'))
    if (parsed.ok) return []
    return parsed.problems.map(({ line, column, path, message }) => ({
      ...{ file, line, column },
      message: path === '' ? message : `${path} ${message}`,
    }))
  })
  const nothing = { file: configDir, line: 1, column: 1, message: 'holds neither model_prices.yaml nor patterns.yaml' }
  return { files: present.map(({ file }) => file), findings: present.length === 0 ? [nothing] : findings }
}

/** Exit code 0 when there is nothing to say, else 1. */
export function runConfigCheck(folders: Folders, { json }: { readonly json: boolean }): number {
  const absolute = { ...folders, deployDir: resolve(folders.deployDir) }
  const { files, findings } = checkConfig(absolute)
  const shown = findings.map((finding) => ({ ...finding, file: relative(process.cwd(), finding.file) || finding.file }))
  if (json) console.log(JSON.stringify({ ok: findings.length === 0, files: files.length, findings: shown }, null, 2))
  else for (const { file, line, column, message } of shown) console.log(`${file}:${line}:${column}: ${message}`)
  if (!json)
    console.log(`${files.length} files, ${findings.length === 0 ? 'nothing wrong' : `${findings.length} mistakes`}`)
  return findings.length === 0 ? 0 : 1
}
