/** Every setting that the command line takes: its flag, its environment variable, what it means. */
import { UsageError } from './usage-error.ts'

export interface Settings {
  readonly host?: string
  readonly apiPort?: number
  readonly metricsPort?: number
  readonly consolePort?: number
  readonly otlpHttpPort?: number
  readonly otlpGrpcPort?: number
  readonly dataDir?: string
  readonly configDir?: string
  readonly dashboardsDir?: string
  readonly apiKey?: string
  readonly scrapeKey?: string
  readonly tlsCert?: string
  readonly tlsKey?: string
  readonly content?: ContentPolicy
  readonly pseudonymKey?: string
  readonly pseudonymKeyFile?: string
  readonly forwardTraces?: string
  readonly forwardLogs?: string
  readonly forwardMetrics?: string
  readonly logLevel?: LogLevel
  readonly prometheusBin?: string
  readonly tempoBin?: string
  readonly lokiBin?: string
  readonly grafanaBin?: string
  readonly grafanaHome?: string
  readonly grafanaPassword?: string
  readonly grafanaAnonymous?: 'off' | 'viewer'
  readonly prometheusPort?: number
  readonly tempoPort?: number
  readonly lokiPort?: number
  readonly retentionDays?: number
  readonly prometheusRetentionSize?: string
}
export type SettingName = keyof Settings

const contentPolicies = ['off', 'redacted', 'full'] as const
export type ContentPolicy = (typeof contentPolicies)[number]
const logLevels = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const
export type LogLevel = (typeof logLevels)[number]

export interface Setting {
  readonly flag: string
  readonly variable: string
  readonly value: 'port' | 'days' | 'text' | readonly string[]
  readonly help: string
}

function port(name: string, fallback: number, help: string): Setting {
  return { ...named(`${name}-port`), value: 'port', help: `${help} (default ${fallback}; 0 takes a free one)` }
}

function named(name: string) {
  return { flag: `--${name}`, variable: `INFEROMETER_${name.replaceAll('-', '_').toUpperCase()}` }
}

const text = (name: string, help: string): Setting => ({ ...named(name), value: 'text', help })

/** What the server itself takes. */
export const serverSettings = {
  apiPort: port('api', 8002, 'REST API'),
  metricsPort: port('metrics', 9464, 'GET /metrics'),
  consolePort: port('console', 3002, 'dashboards'),
  otlpHttpPort: port('otlp-http', 4318, 'OTLP over HTTP'),
  otlpGrpcPort: port('otlp-grpc', 4317, 'OTLP over gRPC'),
  dataDir: { ...named('data-dir'), value: 'text', help: 'folder of the store' },
  configDir: { ...named('config-dir'), value: 'text', help: 'folder of model_prices.yaml and patterns.yaml' },
  dashboardsDir: text('dashboards-dir', 'folder of the dashboards as JSON, read again every 30 s'),
  host: { ...named('host'), value: 'text', help: 'address every port is bound to (default 127.0.0.1)' },
  apiKey: { ...named('api-key'), value: 'text', help: 'key that every request must carry' },
  scrapeKey: text('scrape-key', 'key that opens /metrics alone (better by variable)'),
  tlsCert: text('tls-cert', 'file of the certificate in PEM form: every port then speaks TLS'),
  tlsKey: text('tls-key', 'file of its private key'),
  content: { ...named('content'), value: contentPolicies, help: 'what is kept of prompts and answers (default off)' },
  pseudonymKey: text('pseudonym-key', 'key of the pseudonyms that stand for masked data (better by variable or file)'),
  pseudonymKeyFile: text('pseudonym-key-file', 'file that holds this key'),
  forwardTraces: { ...named('forward-traces'), value: 'text', help: 'OTLP/HTTP address that calls go to as traces' },
  forwardLogs: { ...named('forward-logs'), value: 'text', help: 'OTLP/HTTP address that calls go to as logs' },
  forwardMetrics: { ...named('forward-metrics'), value: 'text', help: 'address for Prometheus remote write' },
  logLevel: { ...named('log-level'), value: logLevels, help: 'least severe log line that is written (default warn)' },
} as const satisfies Partial<Record<SettingName, Setting>>

/** What the programs beside the server take. */
export const stackSettings = {
  prometheusBin: text('prometheus-bin', 'the program Prometheus (default: prometheus on PATH)'),
  tempoBin: text('tempo-bin', 'the program Tempo (default: tempo on PATH)'),
  lokiBin: text('loki-bin', 'the program Loki (default: loki on PATH)'),
  grafanaBin: text('grafana-bin', 'the program Grafana (default: grafana on PATH)'),
  grafanaHome: text('grafana-home', "folder of Grafana's own files, where it is not beside the program"),
  grafanaPassword: text('grafana-password', 'password of admin (default: made up and printed at the first start)'),
  grafanaAnonymous: {
    ...named('grafana-anonymous'),
    value: ['off', 'viewer'],
    help: 'what may be seen without a login (default off)',
  },
  prometheusPort: port('prometheus', 9090, 'Prometheus'),
  tempoPort: port('tempo', 3200, 'Tempo'),
  lokiPort: port('loki', 3100, 'Loki'),
  retentionDays: {
    ...named('retention-days'),
    value: 'days',
    help: 'days that Prometheus, Tempo and Loki keep (default 30)',
  },
  prometheusRetentionSize: text('prometheus-retention-size', 'most that Prometheus keeps, such as 10GB'),
} as const satisfies Partial<Record<SettingName, Setting>>

export const settings: Record<SettingName, Setting> = { ...serverSettings, ...stackSettings }

/** `from` is what the user wrote it as: the flag or the variable. Throws a UsageError that names it. */
export function parseSetting(name: SettingName, text: string, from: string): string | number {
  const { value } = settings[name]
  if (value === 'port') return parseWhole(text, { from, maximum: 65_535 })
  if (value === 'days') return parseWhole(text, { from, minimum: 1, maximum: 36_500 })
  if (typeof value !== 'string' && !value.includes(text))
    throw new UsageError(`${from} must be one of ${value.join(', ')}, not '${text}'`)
  if (text.trim() === '') throw new UsageError(`${from} must not be empty`)
  return text
}

interface WholeBounds {
  /** What the user wrote it as. */
  readonly from: string
  readonly minimum?: number
  readonly maximum: number
}

export function parseWhole(text: string, { from, minimum = 0, maximum }: WholeBounds): number {
  const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
  if (!(number >= minimum && number <= maximum))
    throw new UsageError(`${from} must be a whole number from ${minimum} to ${maximum}, not '${text}'`)
  return number
}
