/** The port that Prometheus scrapes. */
import type { FastifyBaseLogger } from 'fastify'
import type { ServerConfig } from './config.ts'
import { renderMetrics } from './metrics/expose/render-metrics.ts'
import type { Registry } from './metrics/registry.ts'
import { createHttpApp } from './receive/http-app.ts'
import type { Keyring } from './receive/keyring.ts'
import { addMetricsRoute } from './self/metrics-app.ts'
import { createMetricsEndpoint } from './self/metrics-endpoint.ts'
import type { Tls } from './tls-files.ts'

export interface MetricsSetup {
  readonly keyring: Keyring
  readonly tls: Tls | null
  readonly config: ServerConfig
  readonly logger: FastifyBaseLogger
  readonly registry: Registry
  readonly now: () => number
}

export function createMetricsApp({ config, keyring, tls, logger, registry, now }: MetricsSetup) {
  const { bodyBytes } = config.limits
  const app = createHttpApp({ logger, bodyBytes, tls, keyring, rightOf: () => 'scrape', openRoutes: [] })
  let lastScrapeMs: number | null = null
  addMetricsRoute(app, (accept) => {
    lastScrapeMs = now()
    return renderMetrics(registry, accept)
  })
  const scheme = tls === null ? 'http' : 'https'
  const endpoint = createMetricsEndpoint({ app, host: config.host, scheme, lastScrapeMs: () => lastScrapeMs })
  return { app, endpoint }
}
