/** One table of what runs where, and what is missing. */
import type { RunningServer } from '@inferometer/server'
import Table from 'cli-table3'
import { readVersion } from '../version.ts'
import type { Search } from './find-program.ts'
import { knownPrograms, type ProgramName, programNames } from './known-programs.ts'
import type { ProgramPlan } from './supervisor.ts'

export type Searches = Readonly<Record<ProgramName, Search>>

/** What the table is made of. */
export interface StartedStack {
  readonly server: RunningServer
  readonly plans: ReadonlyMap<ProgramName, ProgramPlan>
  readonly searches: Searches
  readonly newPassword: string | null
}

export function describeStack({ server, plans, searches, newPassword }: StartedStack): string {
  const { addresses, config } = server
  const version = readVersion()
  const table = new Table({ head: ['what', 'address', 'version', 'state'], style: { head: [], border: [] } })
  table.push(
    ['console', addresses.console ?? `${addresses.api}/console`, version, 'ready'],
    ['metrics for Prometheus', `${addresses.metrics}/metrics`, version, 'ready'],
    ['REST API', addresses.api, version, 'ready'],
    ['OTLP over HTTP', addresses.otlpHttp, version, 'ready'],
    ['OTLP over gRPC', addresses.otlpGrpc, version, 'ready'],
  )
  for (const name of programNames) table.push(describeProgram(name, { plans, searches }))
  const lines = [table.toString(), `Data: ${config.dataDir}`]
  for (const name of programNames) {
    const search = searches[name]
    if ('missing' in search) lines.push(`${knownPrograms[name].title}: ${search.missing}`)
  }
  if (newPassword !== null) lines.push(`Grafana: log in as admin with ${newPassword} (printed only this once)`)
  lines.push(`Ready in ${(performance.now() / 1_000).toFixed(1)} s. Live traffic to look at: inferometer demo`)
  return lines.join('\n')
}

function describeProgram(name: ProgramName, { plans, searches }: Pick<StartedStack, 'plans' | 'searches'>): string[] {
  const { title, instead } = knownPrograms[name]
  const [plan, search] = [plans.get(name), searches[name]]
  if (!('found' in search)) return [title, '', '', `not found: ${instead}`]
  const { version } = search.found
  return plan === undefined
    ? [title, '', version, 'not started: you forward elsewhere']
    : [title, plan.address, version, 'ready']
}
