/** Tempo: takes the traces that the server forwards. */
import { join } from 'node:path'
import { localUrl, type PlanOptions, writeFilled } from './plan-options.ts'
import { findFreePort } from './ports.ts'
import type { ProgramPlan } from './supervisor.ts'

export interface DestinationPlan extends ProgramPlan {
  /** Where the server forwards to. */
  readonly endpoint: string
}

export async function planTempo(options: PlanOptions): Promise<DestinationPlan> {
  const { found, host, port, folder, deployDir, retentionDays, variables } = options
  const [grpcPort, otlpPort] = [await findFreePort(host), await findFreePort(host)]
  const template = join(deployDir, 'tempo', found.major >= 3 ? 'tempo.yaml' : 'tempo-2.yaml')
  const config = await writeFilled(template, folder, {
    INFEROMETER_TEMPO_HOST: host,
    INFEROMETER_TEMPO_PORT: port,
    INFEROMETER_TEMPO_GRPC_PORT: grpcPort,
    INFEROMETER_TEMPO_OTLP_PORT: otlpPort,
    INFEROMETER_TEMPO_DATA: join(folder, 'data'),
    INFEROMETER_RETENTION_HOURS: retentionDays * 24,
  })
  const address = localUrl(host, port)
  return {
    name: 'tempo',
    command: found.path,
    args: [`-config.file=${config}`],
    env: variables,
    folder,
    address,
    readyUrl: `${address}/ready`,
    endpoint: `${localUrl(host, otlpPort)}/v1/traces`,
  }
}
