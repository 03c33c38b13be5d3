/** The configuration files of a server, and what is told of each reload. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyBaseLogger } from 'fastify'
import type { ServerConfig } from './config.ts'
import type { ReloadResult } from './enrich/live-file.ts'
import type { SelfMetrics } from './metrics/self-metrics.ts'
import type { Annotations } from './self/annotations.ts'

export interface FileSetup {
  readonly annotations: Annotations
  readonly config: ServerConfig
  readonly self: SelfMetrics
  readonly logger: FastifyBaseLogger
}

/** Where it is, if it is there. */
export function findFile(name: string, { config, self, logger, annotations }: FileSetup) {
  const path = join(config.configDir, name)
  const file = existsSync(path) ? path : null
  if (file === null) logger.info(`there is no ${path}: going on without it`)
  return {
    file,
    watch: true,
    onReload: (result: ReloadResult) => {
      self.configReloads.add([name, result.ok ? 'ok' : 'refused'], 1)
      annotations.add(`${name} ${result.ok ? `reloaded: ${result.version}` : 'refused: what was in force is kept'}`)
      if (result.ok) logger.info({ version: result.version }, `${name} was reloaded`)
      else logger.warn({ problems: result.problems }, `${name} was refused; what was in force is kept`)
    },
  }
}

/** Of what is no configuration file of ours. Null: the new one is in force. */
export function tellReload(name: string, problem: string | null, { self, logger, annotations }: FileSetup): void {
  self.configReloads.add([name, problem === null ? 'ok' : 'refused'], 1)
  annotations.add(`${name} ${problem === null ? 'reloaded' : 'refused: what was in force is kept'}`)
  if (problem === null) logger.info(`${name} was reloaded`)
  else logger.warn(`${name} was refused; what was in force is kept: ${problem}`)
}
