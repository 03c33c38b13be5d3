import { callMetrics, type MetricDefinition, selfMetrics } from '@inferometer/core/metrics'
import Type, { type Static } from 'typebox'
import { HealthAnswer, type RestApp } from '../api.ts'

const Count = (labels: Record<string, ReturnType<typeof Type.String>>) =>
  Type.Array(Type.Object({ ...labels, count: Type.Number() }))
const bySource = { source: Type.String() }
const byReason = { source: Type.String(), reason: Type.String() }
const ofDestination = { destination: Type.String(), reason: Type.String() }

export const PipelineAnswer = Type.Object({
  at: Type.String({ description: 'When it was read: ISO 8601, UTC' }),
  receive: Type.Object({ received: Count(bySource), rejected: Count(byReason) }),
  normalize: Type.Object({ ignored: Count(byReason) }),
  enrich: Type.Object({
    unpriced_calls: Type.Number(),
    usage_missing: Type.Number(),
    findings: Count({ kind: Type.String(), pattern: Type.String() }),
  }),
  record: Type.Object({ recorded: Count(bySource), duplicates: Count(bySource) }),
  store: Type.Intersect([HealthAnswer.properties.store, Type.Object({ dropped: Count({ reason: Type.String() }) })]),
  metrics: Type.Object({
    series: Type.Integer(),
    series_limit: Type.Integer(),
    overflow: Count({ metric: Type.String(), label: Type.String() }),
    last_scrape: Type.Union([Type.String(), Type.Null()]),
    address: Type.String(),
  }),
  forward: Type.Object({
    destinations: HealthAnswer.properties.forward.properties.destinations,
    forwarded: Count({ destination: Type.String() }),
    failed: Count(ofDestination),
    set_aside: Count(ofDestination),
  }),
})
type PipelineAnswer = Static<typeof PipelineAnswer>

interface Sample {
  readonly labels: readonly (readonly [name: string, value: string])[]
  readonly value: number
}

export interface PipelineSource {
  readonly now: () => number
  /** The samples of one metric, as a scrape would give them. */
  readSamples(definition: MetricDefinition): readonly Sample[]
  cardinality(): { readonly series: number; readonly seriesLimit: number }
  storeState(): Static<typeof HealthAnswer>['store']
  forwardState(): Static<typeof HealthAnswer>['forward']
  readonly endpoint: { lastScrapeMs(): number | null; describe(): string }
}

/** GET /v1/pipeline: what each stage did with what came, so that a call that is missing can be found. */
export function addPipelineRoutes(app: RestApp, source: PipelineSource): void {
  app.get(
    '/v1/pipeline',
    {
      schema: {
        tags: ['metrics'],
        summary: 'What every stage did with what came in: the counters of the server in the order of the way of a call',
        response: { 200: PipelineAnswer },
      },
    },
    async () => describePipeline(source),
  )
}

function describePipeline({ now, readSamples, endpoint, ...source }: PipelineSource): PipelineAnswer {
  // Label names are those of the catalogue, which the schema repeats.
  const list = <T>(definition: MetricDefinition) =>
    readSamples(definition)
      .filter(({ value }) => value > 0)
      .map(({ labels, value }) => ({ ...Object.fromEntries(labels), count: value }))
      .sort((one, other) => other.count - one.count) as (T & { count: number })[]
  const sum = (definition: MetricDefinition) => readSamples(definition).reduce((total, { value }) => total + value, 0)
  const { series, seriesLimit } = source.cardinality()
  const lastScrapeMs = endpoint.lastScrapeMs()
  return {
    at: new Date(now()).toISOString(),
    receive: { received: list(selfMetrics.received), rejected: list(selfMetrics.rejected) },
    normalize: { ignored: list(selfMetrics.ignored) },
    enrich: {
      unpriced_calls: sum(callMetrics.unpriced),
      usage_missing: sum(callMetrics.usageMissing),
      findings: sumFindings(list<{ kind: string; pattern: string }>(callMetrics.findings)),
    },
    record: { recorded: list(selfMetrics.recorded), duplicates: list(selfMetrics.duplicates) },
    store: { ...source.storeState(), dropped: list(selfMetrics.retentionDropped) },
    metrics: {
      series,
      series_limit: seriesLimit,
      overflow: list(selfMetrics.cardinalityDropped),
      last_scrape: lastScrapeMs === null ? null : new Date(lastScrapeMs).toISOString(),
      address: endpoint.describe(),
    },
    forward: {
      ...source.forwardState(),
      forwarded: list(selfMetrics.forwarded),
      failed: list(selfMetrics.forwardFailed),
      set_aside: list(selfMetrics.forwardPoisoned),
    },
  }
}

/** Over all services. */
function sumFindings(findings: readonly { kind: string; pattern: string; count: number }[]) {
  const sums = new Map<string, { kind: string; pattern: string; count: number }>()
  for (const { kind, pattern, count } of findings) {
    const key = `${kind} ${pattern}`
    sums.set(key, { kind, pattern, count: count + (sums.get(key)?.count ?? 0) })
  }
  return [...sums.values()].sort((one, other) => other.count - one.count)
}
