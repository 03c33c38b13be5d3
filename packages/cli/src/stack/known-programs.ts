/** The programs that `inferometer stack` runs beside the server. */

export const programNames = ['tempo', 'loki', 'prometheus', 'grafana'] as const
export type ProgramName = (typeof programNames)[number]

export interface KnownProgram {
  readonly title: string
  /** File names on PATH, the first that is there wins. */
  readonly binaries: readonly string[]
  readonly setting: 'tempoBin' | 'lokiBin' | 'prometheusBin' | 'grafanaBin'
  /** What `--version` begins with: another program may have the same name. */
  readonly saysItIs: RegExp
  /** Oldest version that takes our configuration: major, minor. */
  readonly oldest: readonly [number, number]
  readonly howToGet: string
  /** What serves while it is not there. */
  readonly instead: string
}

export const knownPrograms: Record<ProgramName, KnownProgram> = {
  tempo: {
    title: 'Tempo',
    binaries: ['tempo'],
    setting: 'tempoBin',
    saysItIs: /^tempo,? version/i,
    oldest: [2, 6],
    howToGet: 'a release of github.com/grafana/tempo',
    instead: 'traces stay in the built-in store',
  },
  loki: {
    title: 'Loki',
    binaries: ['loki'],
    setting: 'lokiBin',
    saysItIs: /^loki,? version/i,
    oldest: [3, 0],
    howToGet: 'a release of github.com/grafana/loki',
    instead: 'calls stay in the built-in store',
  },
  prometheus: {
    title: 'Prometheus',
    binaries: ['prometheus'],
    setting: 'prometheusBin',
    saysItIs: /^prometheus,? version/i,
    oldest: [2, 42],
    howToGet: 'prometheus.io/download, or the package prometheus of your system',
    instead: 'metrics wait at their address for a Prometheus',
  },
  grafana: {
    title: 'Grafana',
    binaries: ['grafana', 'grafana-server'],
    setting: 'grafanaBin',
    saysItIs: /^(grafana )?version/i,
    oldest: [12, 0],
    howToGet: 'grafana.com/grafana/download, or the package grafana of its makers',
    instead: 'the built-in console shows the dashboards',
  },
}
