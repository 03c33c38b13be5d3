import type { ServerConfig } from './config.ts'
import { readVersion } from './read-version.ts'
import type { AboutAnswer } from './self/about-routes.ts'

/** Addresses without what may be a password in them. */
export function describeAbout({ content, configDir, retention, forward, ...config }: ServerConfig): AboutAnswer {
  return {
    version: readVersion(),
    content,
    config_dir: configDir,
    retention_days: retention.days,
    ports: {
      api: config.apiPort,
      otlp_http: config.otlpHttpPort,
      otlp_grpc: config.otlpGrpcPort,
      metrics: config.metricsPort,
    },
    forward: {
      traces: toPlainAddress(forward.traces?.endpoint),
      logs: toPlainAddress(forward.logs?.endpoint),
      metrics: toPlainAddress(forward.remoteWrite?.endpoint),
    },
  }
}

function toPlainAddress(endpoint: string | undefined): string | null {
  if (endpoint === undefined) return null
  const { origin, pathname } = new URL(endpoint)
  return `${origin}${pathname}`
}
