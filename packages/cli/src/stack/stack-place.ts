/** Where the stack runs: addresses, ports and folder, completed. */
import { join, resolve } from 'node:path'
import type { Chosen } from '../chosen.ts'
import type { Environment } from '../environment.ts'
import { UsageError } from '../usage-error.ts'
import type { ProgramName } from './known-programs.ts'
import { findFreePort } from './ports.ts'

export interface StackPlace {
  readonly chosen: Chosen
  readonly environment: Environment
  /** Of what people open: Prometheus and Grafana. */
  readonly host: string
  /** Of what only our own programs ask: Tempo and Loki have no login. */
  readonly inside: string
  readonly ports: Readonly<Record<ProgramName, number>>
  readonly folder: string
  readonly retentionDays: number
}

const defaultPorts: Record<ProgramName, number> = { prometheus: 9090, grafana: 3002, tempo: 3200, loki: 3100 }
const sizePattern = /^[1-9]\d*(B|KB|MB|GB|TB|PB|EB)$/

/** Throws a UsageError for a value that the programs would refuse. */
export async function readStackPlace(chosen: Chosen, environment: Environment): Promise<StackPlace> {
  const { prometheusPort, consolePort, tempoPort, lokiPort, prometheusRetentionSize: size } = chosen
  if (size !== undefined && !sizePattern.test(size))
    throw new UsageError(`--prometheus-retention-size must be a number and a unit, such as 10GB, not '${size}'`)
  const given = { prometheus: prometheusPort, grafana: consolePort, tempo: tempoPort, loki: lokiPort }
  return {
    chosen,
    environment,
    host: chosen.host ?? '127.0.0.1',
    inside: '127.0.0.1',
    ports: await completePorts(given),
    folder: join(resolve(chosen.dataDir), 'stack'),
    retentionDays: chosen.retentionDays ?? 30,
  }
}

/** 0 is a free one, chosen now: the programs have to know of each other. */
async function completePorts(
  given: Readonly<Record<ProgramName, number | undefined>>,
): Promise<Record<ProgramName, number>> {
  const complete = async (name: ProgramName) => {
    const port = given[name] ?? defaultPorts[name]
    return port === 0 ? findFreePort('127.0.0.1') : port
  }
  return {
    prometheus: await complete('prometheus'),
    grafana: await complete('grafana'),
    tempo: await complete('tempo'),
    loki: await complete('loki'),
  }
}
