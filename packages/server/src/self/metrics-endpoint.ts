import type { FastifyInstance } from 'fastify'

export type OpenResult =
  | { readonly ok: true; readonly message: string }
  /** `taken`: another process has the port. */
  | { readonly ok: false; readonly taken: boolean; readonly message: string }

/** Where /metrics is served: nowhere, or at one port for as long as the server runs. */
export interface MetricsEndpoint {
  /** Idempotent. Port 0 takes any free port, or the one in use. */
  open(port: number): Promise<OpenResult>
  port(): number | null
  describe(): string
  lastScrapeMs(): number | null
}

export interface MetricsEndpointOptions {
  readonly app: FastifyInstance
  readonly host: string
  readonly scheme: Scheme
  lastScrapeMs(): number | null
}

export function createMetricsEndpoint({ app, host, scheme, lastScrapeMs }: MetricsEndpointOptions): MetricsEndpoint {
  let last: Promise<unknown> = Promise.resolve()
  let openedPort: number | null = null
  const describe = () =>
    openedPort === null
      ? 'metrics are not served yet: POST /v1/metrics/init'
      : `metrics are served at ${formatUrl(host, openedPort, scheme)}/metrics`

  const listen = async (port: number): Promise<OpenResult> => {
    try {
      await app.listen({ host, port })
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
      return { ok: false, taken, message: taken ? `port ${port} is in use by another program` : why }
    }
    openedPort = findPort(app)
    return { ok: true, message: describe() }
  }

  const openOnce = async (port: number): Promise<OpenResult> => {
    if (openedPort === null) return listen(port)
    if (port === openedPort || port === 0) return { ok: true, message: describe() }
    return { ok: false, taken: false, message: `${describe()}, so port ${port} cannot be used as well` }
  }
  // Two that ask at once are answered one after the other.
  const open = (port: number): Promise<OpenResult> => {
    const result = last.then(() => openOnce(port))
    last = result
    return result
  }
  return { open, port: () => openedPort, describe, lastScrapeMs }
}

export type Scheme = 'http' | 'https'

export function formatUrl(host: string, port: number, scheme: Scheme = 'http'): string {
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** The port that a listening app is bound to. */
export function findPort(app: Pick<FastifyInstance, 'addresses'>): number | null {
  const [address] = app.addresses()
  return typeof address === 'object' ? address.port : null
}
