/** Recording and alert rules: names, labels, runbooks, and promtool's tests of each alert. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { hasPrometheus } from '../harness/prometheus.ts'
import { listPromqlProblems } from './check-promql.ts'
import { promtool } from './run-prometheus.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const folder = `${root}deploy/prometheus/`
const hasTools = hasPrometheus()
if (!hasTools) console.log('promtool is not on PATH: the tests of the alert rules were left out')

interface Rule {
  readonly record?: string
  readonly alert?: string
  readonly expr: string
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
}

interface ExpressionTest {
  readonly expr: string
  readonly exp_samples: readonly { readonly value: number }[]
}

const readYaml = (path: string) => parse(readFileSync(`${root}${path}`, 'utf8'))
const readRules = (name: string): Rule[] =>
  readYaml(`deploy/prometheus/${name}`).groups.flatMap(({ rules }: { rules: Rule[] }) => rules)
const recordings = readRules('recording.rules.yml')
const alerts = readRules('alerts.rules.yml')

/** Labels of a recorded series, by the level its name begins with. */
const levelLabels: Readonly<Record<string, readonly string[]>> = {
  model: ['provider', 'model'],
  service: ['service_name'],
  service_model: ['service_name', 'provider', 'model'],
  service_model_reason: ['service_name', 'provider', 'model', 'finish_reason'],
}

const known = new Map(
  recordings.map(({ record = '' }) => [record, new Set(levelLabels[record.split(':')[0] ?? ''])] as const),
)

const kebab = (name: string) => name.replace(/(?<=.)[A-Z]/g, (letter) => `-${letter}`).toLowerCase()

describe('recording.rules.yml', () => {
  test.each(recordings.map((rule) => [rule.record ?? '', rule] as const))(
    '%s is named by level and groups known series by the labels of that level',
    (record, { expr }) => {
      expect(record).toMatch(/^[a-z_]+:[a-z_]+:[a-z0-9_]+$/)
      const labels = levelLabels[record.split(':')[0] ?? '']
      expect(labels, `the level of ${record}`).toBeDefined()
      expect(listPromqlProblems(expr, known)).toEqual([])
      for (const [, grouping = ''] of expr.matchAll(/\bby \(([^)]*)\)/g))
        for (const label of grouping.split(', '))
          expect(['le', ...(labels ?? [])], `${record} groups by ${label}`).toContain(label)
    },
  )
})

test('every recording has a promtool test with its value where there are calls, and with none or 0 where there are none', () => {
  const seen = new Map<string, Set<'some' | 'none'>>()
  for (const name of readdirSync(`${folder}tests`))
    for (const { promql_expr_test: cases = [] } of readYaml(`deploy/prometheus/tests/${name}`).tests)
      for (const { expr, exp_samples: samples } of cases as ExpressionTest[]) {
        const record = expr.split('{')[0] ?? ''
        const kinds = seen.get(record) ?? new Set()
        seen.set(record, kinds)
        if (samples.length === 0) kinds.add('none')
        for (const { value } of samples) kinds.add(value === 0 ? 'none' : 'some')
      }
  for (const { record = '' } of recordings) expect(seen.get(record), record).toEqual(new Set(['some', 'none']))
})

describe('alerts.rules.yml', () => {
  test.each(alerts.map((rule) => [rule.alert ?? '', rule] as const))(
    '%s reads known series and says what happened, what it means and where to read on',
    (alert, { expr, labels, annotations = {} }) => {
      expect(listPromqlProblems(expr, known)).toEqual([])
      expect(labels?.severity).toMatch(/^(page|ticket)$/)
      expect(annotations.summary).toBeTruthy()
      expect(annotations.description).toBeTruthy()
      expect(annotations.runbook_url).toBe(`docs/runbooks/${kebab(alert)}.md`)
      const page = readFileSync(`${root}${annotations.runbook_url}`, 'utf8')
      expect(page.startsWith(`# ${alert}\n`)).toBe(true)
      for (const part of ['What it means', 'Check first', 'Likely causes', 'What to do'])
        expect(page).toContain(`\n## ${part}\n`)
    },
  )

  test('every runbook belongs to an alert and links only to pages that exist', () => {
    const pages = readdirSync(`${root}docs/runbooks`)
    expect(pages.sort()).toEqual(alerts.map(({ alert = '' }) => `${kebab(alert)}.md`).sort())
    for (const page of pages)
      for (const [, link = ''] of readFileSync(`${root}docs/runbooks/${page}`, 'utf8').matchAll(/\]\(([^)]+)\)/g))
        expect(existsSync(`${root}docs/runbooks/${link}`), `${page} links to ${link}`).toBe(true)
  })

  test('every alert has a promtool test in which it fires and one in which it does not', () => {
    const seen = new Map<string, Set<boolean>>()
    for (const name of readdirSync(`${folder}tests`))
      for (const { alert_rule_test: cases = [] } of readYaml(`deploy/prometheus/tests/${name}`).tests)
        for (const { alertname, exp_alerts: expected = [] } of cases)
          seen.set(alertname, (seen.get(alertname) ?? new Set()).add(expected.length > 0))
    for (const { alert = '' } of alerts) expect(seen.get(alert), alert).toEqual(new Set([true, false]))
  })
})

describe.skipIf(!hasTools)('promtool', () => {
  let scratch = ''
  beforeAll(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'inferometer-rules-'))
  })
  afterAll(() => rm(scratch, { recursive: true, force: true }))

  test.each(readdirSync(`${folder}tests`))(
    'deploy/prometheus/tests/%s passes',
    (name) => {
      const { ok, output } = promtool('test', 'rules', `${folder}tests/${name}`)
      expect(ok, output).toBe(true)
    },
    120_000,
  )

  test('accepts prometheus.yml with its rule files, but for the two settings that are newer than itself', async () => {
    const { output: version } = promtool('--version')
    const [, major = '0', minor = '0'] = /version (\d+)\.(\d+)/.exec(version) ?? []
    const isOld = Number(major) * 1_000 + Number(minor) < 3_008
    const text = readFileSync(`${folder}prometheus.yml`, 'utf8')
    const newSettings = /^ *(scrape_native_histograms|always_scrape_classic_histograms): true\n/gm
    expect([...text.matchAll(newSettings)]).toHaveLength(2)
    if (isOld)
      console.log('promtool is older than 3.8: prometheus.yml was checked without its native histogram settings')
    const absolute = text.replace(/- (\w+\.rules\.yml)/g, `- ${folder}$1`)
    const file = join(scratch, 'prometheus.yml')
    await writeFile(file, isOld ? absolute.replace(newSettings, '') : absolute)
    const { ok, output } = promtool('check', 'config', file)
    expect(ok, output).toBe(true)
    expect(output).toContain(`${alerts.length} rules found`)
    expect(output).toContain(`${recordings.length} rules found`)
  })
})
