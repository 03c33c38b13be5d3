/** Loki: takes the logs that the server forwards. */
import { join } from 'node:path'
import { localUrl, type PlanOptions, writeFilled } from './plan-options.ts'
import type { DestinationPlan } from './plan-tempo.ts'
import { findFreePort } from './ports.ts'

export async function planLoki(options: PlanOptions): Promise<DestinationPlan> {
  const { found, host, port, folder, deployDir, retentionDays, variables } = options
  const config = await writeFilled(join(deployDir, 'loki', 'loki.yaml'), folder, {
    INFEROMETER_LOKI_HOST: host,
    INFEROMETER_LOKI_PORT: port,
    INFEROMETER_LOKI_GRPC_PORT: await findFreePort(host),
    INFEROMETER_LOKI_DATA: join(folder, 'data'),
    INFEROMETER_RETENTION_HOURS: retentionDays * 24,
  })
  const address = localUrl(host, port)
  return {
    name: 'loki',
    command: found.path,
    args: [`-config.file=${config}`],
    env: variables,
    folder,
    address,
    readyUrl: `${address}/ready`,
    endpoint: `${address}/otlp/v1/logs`,
  }
}
