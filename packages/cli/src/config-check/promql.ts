/** What is wrong with a PromQL expression by its grammar and by the catalogue of metrics. */
import { suggestName } from '@inferometer/core/config-problem'
import { callMetrics, type MetricDefinition, processMetrics, selfMetrics } from '@inferometer/core/metrics'
import type { SyntaxNode } from '@lezer/common'
import { parser } from '@prometheus-io/lezer-promql'

export type KnownSeries = ReadonlyMap<string, ReadonlySet<string>>

/** Set by Prometheus on everything it scrapes. */
const targetLabels = ['job', 'instance']

/** The catalogue, and what recording rules make of it. */
export function listKnownSeries(recorded: readonly string[]): KnownSeries {
  const known = new Map<string, ReadonlySet<string>>([['up', new Set(targetLabels)]])
  const everyLabel = new Set<string>(targetLabels)
  const add = ({ name, type, labels }: MetricDefinition) => {
    for (const label of labels) everyLabel.add(label)
    const own = new Set([...labels, ...targetLabels])
    known.set(name, own)
    if (type !== 'histogram') return
    known.set(`${name}_bucket`, new Set([...own, 'le']))
    for (const suffix of ['_sum', '_count']) known.set(name + suffix, own)
  }
  for (const catalogue of [callMetrics, selfMetrics, processMetrics]) Object.values(catalogue).forEach(add)
  for (const name of recorded) known.set(name, everyLabel)
  return known
}

/** In words, each with what was probably meant. Empty: nothing. */
export function listPromqlProblems(promql: string, known: KnownSeries): readonly string[] {
  const text = fillVariables(promql)
  const problems: string[] = []
  const usable = new Set<string>()
  const groupings: string[] = []
  let brokenAt: number | null = null
  parser.parse(text).iterate({
    enter({ type, node }) {
      if (type.isError) brokenAt ??= node.from
      if (type.name === 'VectorSelector') problems.push(...readSelector(node, { text, known, usable }))
      if (type.name === 'GroupingLabels') groupings.push(...labelsIn(node, text))
    },
  })
  if (brokenAt !== null) return [`is no PromQL near “${text.slice(brokenAt, brokenAt + 30).trim()}”`]
  for (const label of groupings)
    if (usable.size > 0 && !usable.has(label)) problems.push(`groups by '${label}', a label that nothing in it has`)
  return problems
}

interface Context {
  readonly text: string
  readonly known: KnownSeries
  readonly usable: Set<string>
}

function readSelector(node: SyntaxNode, { text, known, usable }: Context): readonly string[] {
  const name = node.getChild('Identifier')
  const metric = name ? text.slice(name.from, name.to) : ''
  const own = known.get(metric)
  if (own === undefined) return [`names '${metric}', which is no metric${suggestName(metric, [...known.keys()])}`]
  for (const label of own) usable.add(label)
  const matchers = node.getChild('LabelMatchers')
  return (matchers ? labelsIn(matchers, text) : [])
    .filter((label) => !own.has(label))
    .map((label) => `asks ${metric} for the label '${label}', which it does not have${suggestName(label, [...own])}`)
}

function labelsIn(node: SyntaxNode, text: string): readonly string[] {
  const found: string[] = []
  node.cursor().iterate((inner) => {
    if (inner.name === 'LabelName') found.push(text.slice(inner.from, inner.to))
  })
  return found
}

const variableValues: Readonly<Record<string, string>> = { __range_s: '3600', __range: '1h', __rate_interval: '1m' }

/** What Grafana writes in place of its variables; those of a dashboard stand in strings. */
function fillVariables(promql: string): string {
  return promql.replace(/\$\{?(\w+)\}?/g, (_, name: string) => variableValues[name] ?? '.*')
}
