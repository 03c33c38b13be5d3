/** prometheus.yml and its rules. */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Finding } from './finding.ts'
import { type KnownSeries, listKnownSeries, listPromqlProblems } from './promql.ts'
import { listAt, type Path, readSource, valueAt, type YamlSource } from './yaml-source.ts'

export interface RulesCheck {
  readonly findings: readonly Finding[]
  readonly files: readonly string[]
  readonly known: KnownSeries
}

const jobName = 'inferometer'

/** Reads prometheus.yml, then the rule files that it names. `docsDir`: where runbooks are looked for. */
export function checkPrometheus(file: string, docsDir: string): RulesCheck {
  const read = readSource(file)
  if (!read.ok) return { findings: read.findings, files: [file], known: listKnownSeries([]) }
  const { source } = read
  const findings: Finding[] = []
  if (!listAt(source.value, ['scrape_configs']).some((config) => valueAt(config, ['job_name']) === jobName))
    findings.push(
      source.find(['scrape_configs'], `has no job_name ${jobName}: the alerts about the scrape look for it`),
    )
  const names = listAt(source.value, ['rule_files']).map(String)
  const files = names.map((name) => join(dirname(file), name))
  names.forEach((name, at) => {
    if (!existsSync(files[at] ?? ''))
      findings.push(source.find(['rule_files', at], `names ${name}, which is not there`))
  })
  const sources = files.filter((path) => existsSync(path)).map((path) => readSource(path))
  const good = sources.flatMap((one) => (one.ok ? [one.source] : []))
  findings.push(...sources.flatMap((one) => (one.ok ? [] : one.findings)))
  const recorded = good.flatMap((one) => listRules(one).flatMap(({ rule }) => textAt(rule, 'record') ?? []))
  const known = listKnownSeries(recorded)
  for (const one of good)
    findings.push(...listRules(one).flatMap((placed) => checkRule(placed, { source: one, known, docsDir })))
  return { findings, files: [file, ...files], known }
}

interface PlacedRule {
  readonly rule: unknown
  readonly path: Path
}

function listRules({ value }: YamlSource): readonly PlacedRule[] {
  return listAt(value, ['groups']).flatMap((group, at) =>
    listAt(group, ['rules']).map((rule, index) => ({ rule, path: ['groups', at, 'rules', index] })),
  )
}

function textAt(value: unknown, ...path: string[]): string | undefined {
  const text = valueAt(value, path)
  return typeof text === 'string' ? text : undefined
}

interface RuleContext {
  readonly source: YamlSource
  readonly known: KnownSeries
  readonly docsDir: string
}

const duration = /^(\d+(ms|[smhdwy]))+$/

function checkRule({ rule, path }: PlacedRule, { source, known, docsDir }: RuleContext): readonly Finding[] {
  const findings: Finding[] = []
  const find = (step: readonly string[], message: string) => findings.push(source.find([...path, ...step], message))
  const [record, alert, expr] = ['record', 'alert', 'expr'].map((name) => textAt(rule, name))
  if ((record === undefined) === (alert === undefined)) find([], "needs either 'record' or 'alert'")
  if (expr === undefined) find([], "needs 'expr', a PromQL expression")
  else for (const problem of listPromqlProblems(expr, known)) find(['expr'], problem)
  const waits = valueAt(rule, ['for'])
  if (waits !== undefined && !duration.test(String(waits)))
    find(['for'], `must be a duration such as 5m, not '${waits}'`)
  if (alert === undefined) return findings
  if (!/^(page|ticket)$/.test(textAt(rule, 'labels', 'severity') ?? ''))
    find(['labels'], "needs 'severity', page or ticket: routing goes by it")
  const runbook = textAt(rule, 'annotations', 'runbook_url')
  if (runbook === undefined) find(['annotations'], "needs 'runbook_url': whoever is woken must know what to do")
  else if (!/^https?:/.test(runbook) && !existsSync(join(docsDir, runbook)))
    find(['annotations', 'runbook_url'], `names ${runbook}, which is not there`)
  return findings
}
