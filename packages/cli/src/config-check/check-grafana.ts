/** Grafana's data sources, its dashboard provider and the dashboards; Tempo's and Loki's own files. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { checkDashboard } from './check-dashboard.ts'
import type { Finding } from './finding.ts'
import type { KnownSeries } from './promql.ts'
import { listAt, type Path, readSource, valueAt } from './yaml-source.ts'

export function checkDataSources(file: string): readonly Finding[] {
  const read = readSource(file)
  if (!read.ok) return read.findings
  const { source } = read
  const findings: Finding[] = []
  const all = listAt(source.value, ['datasources'])
  if (all.length === 0) findings.push(source.find(['datasources'], 'must list at least one data source'))
  const uids = new Set(all.map((one) => valueAt(one, ['uid'])))
  all.forEach((one, at) => {
    for (const name of ['name', 'uid', 'type', 'url'])
      if (typeof valueAt(one, [name]) !== 'string') findings.push(source.find(['datasources', at], `needs '${name}'`))
  })
  for (const { path, value } of listUids(source.value, []))
    if (!uids.has(value)) findings.push(source.find(path, `names '${value}', which no data source has as its uid`))
  return findings
}

function listUids(value: unknown, path: Path): readonly { readonly path: Path; readonly value: string }[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => {
    const here = [...path, Array.isArray(value) ? Number(key) : key]
    return key === 'datasourceUid' && typeof inner === 'string' ? [{ path: here, value: inner }] : listUids(inner, here)
  })
}

export function checkProvider(file: string): readonly Finding[] {
  const read = readSource(file)
  if (!read.ok) return read.findings
  const { source } = read
  const providers = listAt(source.value, ['providers'])
  if (providers.length === 0) return [source.find(['providers'], 'must list at least one provider')]
  return providers.flatMap((provider, at) => {
    const find = (name: string, message: string) => source.find(['providers', at, name], message)
    return [
      ...(valueAt(provider, ['type']) === 'file' ? [] : [find('type', "must be 'file'")]),
      ...(typeof valueAt(provider, ['options', 'path']) === 'string'
        ? []
        : [find('options', "needs 'path', a folder")]),
      ...(Number(valueAt(provider, ['updateIntervalSeconds'])) > 0
        ? []
        : [find('updateIntervalSeconds', 'must be above 0')]),
    ]
  })
}

export interface DashboardsCheck {
  readonly findings: readonly Finding[]
  readonly files: readonly string[]
}

export function checkDashboards(dir: string, known: KnownSeries): DashboardsCheck {
  if (!existsSync(dir)) return { findings: [{ file: dir, line: 1, column: 1, message: 'is not there' }], files: [] }
  const files = readdirSync(dir)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => join(dir, name))
  const uids = new Map<unknown, string>()
  const findings = files.flatMap((file) => {
    const read = readSource(file)
    if (!read.ok) return read.findings
    const uid = valueAt(read.source.value, ['uid'])
    const first = uids.get(uid)
    uids.set(uid, first ?? file)
    const repeated = first === undefined ? [] : [read.source.find(['uid'], `'${uid}' is also that of ${first}`)]
    return [...repeated, ...checkDashboard(read.source, known)]
  })
  return { findings, files }
}

/** Tempo or Loki: what must be there for calls to get in and to be found again. */
export function checkBackend(file: string, needed: readonly (readonly string[])[]): readonly Finding[] {
  const read = readSource(file)
  if (!read.ok) return read.findings
  const { source } = read
  return needed
    .filter((path) => valueAt(source.value, path) === undefined)
    .map((path) => source.find(path, `needs ${path.join('.')}`))
}
