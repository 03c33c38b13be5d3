/** Which names and labels Prometheus can find, by the catalogue of metrics. */
import { callMetrics, type MetricDefinition, processMetrics, selfMetrics } from '@inferometer/core/metrics'
import { fillVariables } from './fill-variables.ts'
import { readPromqlNames } from './promql-names.ts'

/** Set by Prometheus on everything it scrapes. */
const targetLabels = ['job', 'instance']

function addDefinition(known: Map<string, ReadonlySet<string>>, { name, type, labels }: MetricDefinition): void {
  const all = [...labels, ...targetLabels]
  known.set(name, new Set(all))
  if (type !== 'histogram') return
  for (const suffix of ['_bucket', '_sum', '_count'])
    known.set(name + suffix, new Set(suffix === '_bucket' ? [...all, 'le'] : all))
}

export function listKnownSeries(): Map<string, ReadonlySet<string>> {
  const known = new Map<string, ReadonlySet<string>>([['up', new Set(targetLabels)]])
  for (const catalogue of [callMetrics, selfMetrics, processMetrics])
    for (const definition of Object.values(catalogue)) addDefinition(known, definition)
  return known
}

/** What in the expression is no metric, or no label of the metrics it is used with. */
export function findUnknownNames(promql: string, known = listKnownSeries()): string[] {
  const { selectors, groupings } = readPromqlNames(fillVariables(promql))
  const problems: string[] = []
  const usable = new Set<string>()
  for (const { metric, labels } of selectors) {
    const own = known.get(metric)
    if (own === undefined) problems.push(`no metric ${metric}`)
    for (const label of own ?? []) usable.add(label)
    for (const label of labels) if (own && !own.has(label)) problems.push(`${metric} has no label ${label}`)
  }
  for (const label of groupings) if (!usable.has(label)) problems.push(`nothing grouped has a label ${label}`)
  return problems
}
