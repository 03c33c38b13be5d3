/** Grafana: our dashboards and data sources, provisioned. */
import { randomBytes } from 'node:crypto'
import { existsSync, realpathSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { parse, stringify } from 'yaml'
import { localUrl, type PlanOptions } from './plan-options.ts'
import type { ProgramPlan } from './supervisor.ts'

export interface GrafanaOptions extends PlanOptions {
  /** Data sources that are there: uid → address. */
  readonly sources: Readonly<Record<string, string>>
  readonly dashboardsDir: string
  /** Folder of its public/ and conf/, where it is not beside the program. */
  readonly home: string | undefined
  readonly adminPassword: string | undefined
  readonly anonymous: boolean
}

export interface GrafanaPlan extends ProgramPlan {
  /** Made up at the first start, because nobody gave one. */
  readonly newPassword: string | null
}

export async function planGrafana(options: GrafanaOptions): Promise<GrafanaPlan> {
  const { found, host, port, folder, dashboardsDir, adminPassword, anonymous } = options
  const address = localUrl(host, port)
  const data = join(folder, 'data')
  // Grafana takes the password when it makes its database, and keeps it there.
  const newPassword = adminPassword === undefined && !existsSync(join(data, 'grafana.db')) ? makePassword() : null
  const password = adminPassword ?? newPassword
  const command = basename(found.path).startsWith('grafana-server') ? [] : ['server']
  return {
    name: 'grafana',
    command: found.path,
    args: [...command, '--homepath', findHome(options)],
    env: {
      ...options.variables,
      GF_SERVER_HTTP_ADDR: host,
      GF_SERVER_HTTP_PORT: String(port),
      GF_PATHS_DATA: data,
      GF_PATHS_LOGS: join(folder, 'log'),
      GF_PATHS_PLUGINS: join(folder, 'plugins'),
      GF_PATHS_PROVISIONING: await writeProvisioning(options),
      GF_LOG_MODE: 'console',
      GF_LOG_LEVEL: 'warn',
      GF_ANALYTICS_REPORTING_ENABLED: 'false',
      GF_ANALYTICS_CHECK_FOR_UPDATES: 'false',
      GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: 'false',
      GF_AUTH_ANONYMOUS_ENABLED: String(anonymous),
      GF_AUTH_ANONYMOUS_ORG_ROLE: 'Viewer',
      ...(password !== null && { GF_SECURITY_ADMIN_PASSWORD: password }),
      INFEROMETER_DASHBOARDS: dashboardsDir,
    },
    folder,
    address,
    readyUrl: `${address}/api/health`,
    newPassword,
  }
}

const makePassword = (): string => randomBytes(15).toString('base64url')

const places = ['../share/grafana', '..', '../../usr/share/grafana', '/usr/share/grafana', '/usr/local/share/grafana']

/** Grafana needs its own files. The places are those of its archive, its packages and its image. */
function findHome({ found, home }: GrafanaOptions): string {
  const beside = dirname(realpathSync(found.path))
  const candidates =
    home === undefined ? places.map((place) => (place.startsWith('/') ? place : join(beside, place))) : [home]
  const there = candidates.find((folder) => existsSync(join(folder, 'conf', 'defaults.ini')))
  if (there !== undefined) return there
  throw new Error(
    `Cannot start the stack: Grafana's own files (conf/defaults.ini) are not in ${candidates.join(', ')}; name their folder with --grafana-home or INFEROMETER_GRAFANA_HOME`,
  )
}

/** deploy/grafana/provisioning with the data sources that are there, and no links to those that are not. */
async function writeProvisioning({ folder, deployDir, sources }: GrafanaOptions): Promise<string> {
  const [from, to] = [join(deployDir, 'grafana', 'provisioning'), join(folder, 'provisioning')]
  for (const kind of ['datasources', 'dashboards', 'plugins', 'alerting'])
    await mkdir(join(to, kind), { recursive: true })
  const dashboards = join('dashboards', 'dashboards.yml')
  await writeFile(join(to, dashboards), await readFile(join(from, dashboards), 'utf8'))
  const datasources = join('datasources', 'datasources.yml')
  const config = parse(await readFile(join(from, datasources), 'utf8'))
  await writeFile(
    join(to, datasources),
    stringify({ ...config, datasources: listSources(config.datasources, sources) }),
  )
  return to
}

interface DataSource {
  readonly uid: string
  readonly jsonData: unknown
}

function listSources(all: readonly DataSource[], sources: Readonly<Record<string, string>>): object[] {
  return all
    .filter(({ uid }) => sources[uid] !== undefined)
    .map((source) => ({ ...source, url: sources[source.uid], jsonData: dropLinks(source.jsonData, sources) }))
}

/** Without every object that leads to a data source that is not there. */
function dropLinks(value: unknown, sources: Readonly<Record<string, string>>): unknown {
  const leadsNowhere = (inner: unknown): boolean => {
    if (typeof inner !== 'object' || inner === null || !('datasourceUid' in inner)) return false
    return typeof inner.datasourceUid === 'string' && sources[inner.datasourceUid] === undefined
  }
  if (Array.isArray(value)) return value.filter((item) => !leadsNowhere(item)).map((item) => dropLinks(item, sources))
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(([, inner]) => !leadsNowhere(inner))
  return Object.fromEntries(kept.map(([key, inner]) => [key, dropLinks(inner, sources)]))
}
