/** `inferometer start` */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type RunningServer, type ServerSettings, startServer } from '@inferometer/server'
import Table from 'cli-table3'
import type { Chosen } from './chosen.ts'
import { readProcessIdentity } from './process-identity.ts'
import { type Settings, serverSettings, settings } from './settings.ts'
import { findServer, removeState, writeState } from './state-file.ts'
import { letYoungHeapGrow } from './young-heap.ts'

const interrupted = 130
/** Built beside this program. */
const consoleDir = fileURLToPath(new URL('../../console/dist/app', import.meta.url))

/** Runs until a signal asks it to stop. */
export async function start(chosen: Chosen): Promise<number> {
  await refuseSecond(chosen)
  const server = await launchServer(chosen)
  console.log(describePlaces(server))
  letYoungHeapGrow()
  console.log(`Ready in ${(performance.now() / 1_000).toFixed(1)} s. Live traffic to look at: inferometer demo`)
  await waitForSignal()
  console.log('Stopping …')
  await server.stop()
  return 0
}

/** Throws when another process serves the data directory. */
export async function refuseSecond({ dataDir }: Chosen): Promise<void> {
  const other = await findServer(dataDir)
  if (other === null) return
  throw new Error(
    `Cannot start: process ${other.pid} already serves ${dataDir}. Stop it with inferometer stop, or choose another folder with --data-dir`,
  )
}

/** Starts the server in this process and tells other commands of it until it is stopped. */
export async function launchServer(chosen: Chosen): Promise<RunningServer> {
  const { dataDir } = chosen
  const server = await startServer(toServerSettings(chosen), { consoleDir }).catch(renameSettings)
  const { pid } = process
  const { console: consoleAddress, ...others } = server.addresses
  const addresses = { ...others, ...(consoleAddress !== null && { console: consoleAddress }) }
  const identity = await readProcessIdentity(pid)
  await writeState(dataDir, { pid, identity, startedAt: new Date().toISOString(), addresses })
  const stop = async () => {
    await server.stop()
    await removeState(dataDir)
  }
  return { ...server, stop }
}

function toServerSettings({ apiKey, logLevel = 'warn', ...chosen }: Chosen): ServerSettings {
  const ours = Object.entries(chosen).filter(([name]) => name in serverSettings)
  const { forwardTraces, forwardLogs, forwardMetrics, pseudonymKeyFile, ...same }: Settings = Object.fromEntries(ours)
  return {
    ...same,
    ...(pseudonymKeyFile !== undefined && { pseudonymKey: readKeyFile(pseudonymKeyFile) }),
    logLevel,
    ...(apiKey === undefined ? {} : { apiKeys: [apiKey] }),
    forward: {
      ...(forwardTraces !== undefined && { traces: { endpoint: forwardTraces } }),
      ...(forwardLogs !== undefined && { logs: { endpoint: forwardLogs } }),
      ...(forwardMetrics !== undefined && { remoteWrite: { endpoint: forwardMetrics } }),
    },
  }
}

function readKeyFile(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (error) {
    const { flag, variable } = settings.pseudonymKeyFile
    throw new Error(`Cannot start: ${flag} (${variable}): ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** The server speaks of its setting; on the command line it is a flag. */
function renameSettings(error: unknown): never {
  if (!(error instanceof Error) || !error.message.startsWith('Cannot ')) throw error
  const message = renamed.reduce((text, [pattern, { flag, variable }]) => {
    return text.replaceAll(pattern, `${flag} (${variable})`)
  }, error.message)
  throw new Error(message)
}

const renamed = [
  [/\bapiKeys(\[\d+\])?/g, settings.apiKey],
  [/\bpseudonymKey\b/g, settings.pseudonymKey],
  [/\bscrapeKey\b/g, settings.scrapeKey],
  [/\btlsCert\b/g, settings.tlsCert],
  [/\btlsKey\b/g, settings.tlsKey],
  [/\bforward\.traces\.endpoint\b/g, settings.forwardTraces],
  [/\bforward\.logs\.endpoint\b/g, settings.forwardLogs],
  [/\bforward\.remoteWrite\.endpoint\b/g, settings.forwardMetrics],
] as const

function describePlaces({ addresses, config }: RunningServer): string {
  const table = new Table({ style: { head: [], border: [] } })
  table.push(
    ['console', addresses.console ?? `${addresses.api}/console`],
    ['metrics for Prometheus', `${addresses.metrics}/metrics`],
    ['REST API', `${addresses.api}  (described at /docs)`],
    ['OTLP over HTTP', addresses.otlpHttp],
    ['OTLP over gRPC', addresses.otlpGrpc],
    ['data', config.dataDir],
    ['configuration', config.configDir],
  )
  return table.toString()
}

/** A second Ctrl-C does not wait for the graceful stop. */
export function waitForSignal(): Promise<void> {
  return new Promise((resolve) => {
    const onSignal = () => {
      process.once('SIGINT', () => process.exit(interrupted))
      resolve()
    }
    process.once('SIGINT', onSignal)
    process.once('SIGTERM', onSignal)
    process.once('SIGHUP', onSignal)
  })
}
