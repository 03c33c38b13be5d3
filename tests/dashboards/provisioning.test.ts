/** Grafana's provisioning files: what refers to something else refers to something that is there. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { listPromqlProblems } from './check-promql.ts'

const folder = fileURLToPath(new URL('../../deploy/', import.meta.url))
const readYaml = (path: string) => parse(readFileSync(`${folder}${path}`, 'utf8'))

interface DataSource {
  readonly uid: string
  readonly type: string
  readonly url: string
  readonly jsonData: Readonly<Record<string, unknown>>
}
const { datasources } = readYaml('grafana/provisioning/datasources/datasources.yml') as { datasources: DataSource[] }
const jsonDataOf = (uid: string) => datasources.find((source) => source.uid === uid)?.jsonData as never

/** What Grafana leaves of a text: $$ is a dollar, anything else with a dollar is a variable of its environment. */
const expand = (text: string) =>
  text
    .replaceAll('$$', '\0')
    .replace(/\$\{?\w+\}?/g, '')
    .replaceAll('\0', '$')

function listTexts(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(listTexts) : []
}

function listUids(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'datasourceUid' && typeof inner === 'string' ? [inner] : listUids(inner),
  )
}

describe('datasources.yml', () => {
  test('has Prometheus, Tempo and Loki, each at an address from the environment', () => {
    expect(datasources.map(({ type }) => type)).toEqual(['prometheus', 'tempo', 'loki'])
    for (const { uid, url } of datasources) expect(url).toBe(`$INFEROMETER_${uid.toUpperCase()}_URL`)
  })

  test('links data sources that exist, and Prometheus to Tempo by the label of our exemplars', () => {
    const uids = datasources.map(({ uid }) => uid)
    for (const uid of listUids(datasources)) expect(uids).toContain(uid)
    const { exemplarTraceIdDestinations } = jsonDataOf('prometheus') as {
      exemplarTraceIdDestinations: { name: string; datasourceUid: string }[]
    }
    expect(exemplarTraceIdDestinations).toContainEqual(
      expect.objectContaining({ name: 'trace_id', datasourceUid: 'tempo' }),
    )
  })

  test('no text of jsonData loses a dollar to the environment', () => {
    for (const { jsonData } of datasources)
      for (const text of listTexts(jsonData)) expect(expand(text)).toBe(text.replaceAll('$$', '$'))
  })

  test('tracesToMetrics asks for known series', () => {
    const { tracesToMetrics } = jsonDataOf('tempo') as {
      tracesToMetrics: { tags: { value: string }[]; queries: { query: string }[] }
    }
    const tags = tracesToMetrics.tags.map(({ value }) => `${value}="x"`).join(', ')
    for (const { query } of tracesToMetrics.queries) {
      const filled = expand(query).replace('$__tags', tags).replace('$__rate_interval', '1m')
      expect(listPromqlProblems(filled)).toEqual([])
    }
  })

  test('the scrape interval of Grafana is that of Prometheus', () => {
    const { global } = readYaml('prometheus/prometheus.yml')
    expect(jsonDataOf('prometheus')).toMatchObject({ timeInterval: global.scrape_interval })
  })
})

test('dashboards.yml reads the dashboards every 30 s into the folder LLM Observability', () => {
  const [provider, ...others] = readYaml('grafana/provisioning/dashboards/dashboards.yml').providers
  expect(others).toEqual([])
  expect(provider).toMatchObject({ folder: 'LLM Observability', updateIntervalSeconds: 30, type: 'file' })
  expect(provider.options.path).toMatch(/^\$\w+$/)
})
