// The real programs that tests/stack and bench/against-collector.mjs run against, with the versions they are built at.
// Each comes from the Go module proxy under a licence that lets anybody build and run it (Apache-2.0).
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/**
 * `module` is built in a copy of its folder, because a module that is a program may replace its own dependencies; without
 * one, `source` names a small program of ours beside this file. `packages` maps each binary to its package in the module.
 */
export const peers = [
  {
    name: 'collector',
    what: 'OpenTelemetry Collector: otlp receiver, otlp exporters, spanmetrics, prometheus exporter',
    version: '0.165.0',
    source: 'collector',
    packages: { otelcol: '.' },
  },
  {
    name: 'prometheus',
    what: 'Prometheus',
    version: '3.16.0',
    module: 'github.com/prometheus/prometheus@v0.316.0',
    tags: ['remove_all_sd'],
    // It takes its version from the linker.
    linked: { 'github.com/prometheus/common/version.Version': '3.16.0' },
    packages: { prometheus: './cmd/prometheus', promtool: './cmd/promtool' },
  },
  {
    name: 'victorialogs',
    what: 'VictoriaLogs: takes OTLP logs and finds them',
    version: '1.52.1',
    module: 'github.com/VictoriaMetrics/VictoriaLogs@v1.52.1',
    packages: { 'victoria-logs': './app/victoria-logs' },
  },
  {
    name: 'jaeger',
    what: 'Jaeger: takes OTLP traces and finds them',
    version: '1.76.0',
    module: 'github.com/jaegertracing/jaeger@v1.76.0',
    packages: { jaeger: './cmd/jaeger' },
  },
  {
    name: 'helm',
    what: 'Helm: checks and renders the chart',
    version: '3.22.0',
    module: 'helm.sh/helm/v3@v3.22.0',
    packages: { helm: './cmd/helm' },
  },
]

/** Outside the repository, so that a fresh clone finds what was built before. */
export const peersFolder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'inferometer', 'peers')

export const peerFolder = (peer) => join(peersFolder, `${peer.name}-${peer.version}`)

/** Where the binary is, or undefined where it was not built. */
export function findPeer(binary) {
  const peer = peers.find(({ packages }) => binary in packages)
  if (peer === undefined) throw new Error(`BUG: no peer has a binary ${binary}`)
  const path = join(peerFolder(peer), binary)
  return existsSync(path) ? path : undefined
}
