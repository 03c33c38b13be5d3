/** Binds the ports of an app and lets go of them again. */
import type { AddressInfo } from 'node:net'
import { type App, createApp, type Effects } from './app.ts'
import { isLoopback, type ServerConfig, type ServerSettings } from './config.ts'
import { findPort, formatUrl, type Scheme } from './self/metrics-endpoint.ts'

/** Where each port can be reached, e.g. `http://127.0.0.1:8002`. */
export interface Addresses {
  readonly api: string
  readonly otlpHttp: string
  readonly otlpGrpc: string
  readonly metrics: string
  /** Null where the console has no port of its own. */
  readonly console: string | null
}

export interface RunningServer {
  readonly app: App
  readonly config: ServerConfig
  readonly addresses: Addresses
  /** Graceful: what was answered is kept. Idempotent. */
  stop(): Promise<void>
}

interface PortSetting {
  readonly what: string
  readonly flag: string
  readonly variable: string
}

const portSettings = {
  api: { what: 'the REST API', flag: '--api-port', variable: 'INFEROMETER_API_PORT' },
  otlpHttp: { what: 'OTLP over HTTP', flag: '--otlp-http-port', variable: 'INFEROMETER_OTLP_HTTP_PORT' },
  otlpGrpc: { what: 'OTLP over gRPC', flag: '--otlp-grpc-port', variable: 'INFEROMETER_OTLP_GRPC_PORT' },
  console: { what: 'the console', flag: '--console-port', variable: 'INFEROMETER_CONSOLE_PORT' },
  metrics: { what: 'metrics', flag: '--metrics-port', variable: 'INFEROMETER_METRICS_PORT' },
} as const satisfies Record<string, PortSetting>

/** Throws `Cannot start: …`; a port that is taken is named with the settings that change it. */
export async function startServer(settings: ServerSettings = {}, effects: Effects = {}): Promise<RunningServer> {
  const app = await createApp(settings, effects)
  const { config } = app
  try {
    const { host, apiPort, otlpHttpPort, otlpGrpcPort } = config
    const where = { host, scheme: app.scheme }
    const addresses = {
      api: await listen(app.api, { ...where, port: apiPort, setting: portSettings.api }),
      otlpHttp: await listen(app.otlpHttp, { ...where, port: otlpHttpPort, setting: portSettings.otlpHttp }),
      otlpGrpc: await listen(app.otlpGrpc, { ...where, port: otlpGrpcPort, setting: portSettings.otlpGrpc }),
      metrics: await openMetrics(app),
      console: await openConsole(app),
    }
    app.logger.info(addresses, 'ready')
    return { app, config, addresses, stop: () => app.close() }
  } catch (error) {
    await app.close()
    throw error
  }
}

/** A Grafana on the port serves the same dashboards: the console then is at /console of the API alone. */
async function openConsole({ config, console: consoleApp, logger, scheme }: App): Promise<string | null> {
  const { host, consolePort: port } = config
  if (consoleApp === null) return null
  if (port !== 0 && (await isGrafana(host, port))) {
    logger.info(`Grafana is at port ${port}: the console is at /console of the REST API alone`)
    return null
  }
  return listen(consoleApp, { host, scheme, port, setting: portSettings.console })
}

const probeMs = 1_000

async function isGrafana(host: string, port: number): Promise<boolean> {
  const url = `${formatUrl(isLoopback(host) ? host : '127.0.0.1', port)}/api/health`
  // Whoever answers something else, or nothing, is not Grafana; who has the port is found out by binding it.
  const answer: unknown = await fetch(url, { signal: AbortSignal.timeout(probeMs) })
    .then((response) => response.json())
    .catch(() => null)
  return typeof answer === 'object' && answer !== null && 'database' in answer && 'version' in answer
}

interface Binding {
  readonly scheme: Scheme
  readonly host: string
  readonly port: number
  readonly setting: PortSetting
}

interface Listener {
  listen(where: { readonly host: string; readonly port: number }): Promise<unknown>
  addresses(): (AddressInfo | string)[]
}

async function listen(listener: Listener, binding: Binding): Promise<string> {
  const { host, port } = binding
  try {
    await listener.listen({ host, port })
  } catch (error) {
    throw new Error(`Cannot start: ${describeListenError(error, binding)}`)
  }
  return formatUrl(host, findPort(listener) ?? port, binding.scheme)
}

async function openMetrics({ config, endpoint, scheme }: App): Promise<string> {
  const { host, metricsPort: port } = config
  const opened = await endpoint.open(port)
  if (!opened.ok) {
    const setting = portSettings.metrics
    const why = opened.taken ? describeTaken({ port, setting }) : opened.message
    throw new Error(`Cannot start: ${why}`)
  }
  return formatUrl(host, endpoint.port() ?? port, scheme)
}

function describeListenError(error: unknown, binding: Binding): string {
  const { host, port, setting } = binding
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EADDRINUSE') return describeTaken(binding)
  if (code === 'EACCES')
    return `port ${port} for ${setting.what} needs more rights than this process has; ${describeSetting(setting)}`
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return `host ${host} is no address of this machine`
  return error instanceof Error ? error.message : String(error)
}

function describeTaken({ port, setting }: Pick<Binding, 'port' | 'setting'>): string {
  return `port ${port} for ${setting.what} is in use by another program; ${describeSetting(setting)}`
}

function describeSetting({ flag, variable }: PortSetting): string {
  return `choose another with ${flag} or ${variable}`
}
