/** Every panel of every dashboard, asked of a real Prometheus over traffic whose answers are known. */
import { modelLabel } from '@inferometer/core/call'
import { dashboards, type Panel, type PanelQuery } from '@inferometer/core/panels'
import { isOverTime } from '@inferometer/core/panels/panel'
import { type Dimension, dimensionLabels, durations, type Measure } from '@inferometer/core/panels/terms'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasPrometheus } from '../harness/prometheus.ts'
import { type Answer, answerTerms, type CallsInView, listDurations } from './answer-terms.ts'
import { exposeTraffic } from './expose-traffic.ts'
import { fillVariables } from './fill-variables.ts'
import { type Row, type RunningPrometheus, runPrometheus } from './run-prometheus.ts'
import {
  callsBetween,
  endSeconds,
  firstScrapeSeconds,
  incidentSeconds,
  nightSeconds,
  stretches,
} from './seeded-traffic.ts'

const hasTools = hasPrometheus()
if (!hasTools) console.log('prometheus is not on PATH: the panels were not asked of a real Prometheus')

const choices = [
  {},
  { service: 'support' },
  { service: 'checkout|support', provider: 'globex', model: 'large|small' },
] as const
type Choice = { readonly service?: string; readonly provider?: string; readonly model?: string }

/** Ends and lengths of the windows; the longest begins before the first scrape. */
const steps = [incidentSeconds, endSeconds].map((atSeconds) => ({ atSeconds, seconds: 300 }))
const ranges = [900, 1_800, 7_200].map((seconds) => ({ atSeconds: endSeconds, seconds }))

/** `rate` does not see the observations that make a series: one slot of the 80 of the incident. */
const bornShare = 1 / 80
/** A micro-dollar, in dollars. */
const microDollar = 1e-6

const queries = dashboards.flatMap(({ uid, panels }) =>
  panels.flatMap((panel) =>
    panel.queries.map((query) => [`${uid} / ${panel.id} / ${query.legend}`, panel, query] as const),
  ),
)

function viewOf(choice: Choice, { atSeconds, seconds }: (typeof steps)[number], weeksAgo = 0): CallsInView {
  const matches = (pattern: string | undefined, value: string) => new RegExp(`^(?:${pattern ?? '.*'})$`).test(value)
  const end = atSeconds - weeksAgo * 7 * 86_400
  const from = end === endSeconds ? Math.max(end - seconds, firstScrapeSeconds) : end - seconds
  return {
    calls: callsBetween(from, end),
    ever: callsBetween(0, end),
    windowSeconds: seconds,
    isServiceChosen: (call) => matches(choice.service, call.serviceName),
    isChosen: (call) =>
      matches(choice.service, call.serviceName) &&
      matches(choice.provider, call.provider) &&
      matches(choice.model, modelLabel(call)),
  }
}

const keyOf = ({ labels }: Row, by: readonly Dimension[]) =>
  by.map((dimension) => labels[dimensionLabels[dimension]] ?? '').join('\n')

function toAnswer(rows: readonly Row[], by: readonly Dimension[]): Answer {
  const answer = new Map(rows.map((row) => [keyOf(row, by), row.value]))
  expect(answer.size, 'rows that differ in nothing that the panel groups by').toBe(rows.length)
  return answer
}

function expectSums(got: Answer, wanted: Answer, { of, over }: Extract<Measure, { kind: 'amount' }>): void {
  for (const [key, value] of wanted) {
    const isMoney = of === 'costUsd' && (over === 'window' || over === 'ever')
    const tolerance = isMoney ? microDollar / 2 : 1e-9 * Math.max(1, Math.abs(value))
    expect(Math.abs((got.get(key) ?? Number.NaN) - value), `${key}: ${got.get(key)}, not ${value}`).toBeLessThan(
      tolerance,
    )
  }
  for (const [key, value] of got) if (!wanted.has(key)) expect(value, `${key} has nothing to add up`).toBeCloseTo(0, 9)
}

function expectRatios(got: Answer, wanted: Answer): void {
  expect([...got.keys()].sort()).toEqual([...wanted.keys()].sort())
  for (const [key, value] of wanted) expect(got.get(key), key).toBeCloseTo(value, 9)
}

function bucketOf(value: number, bounds: readonly number[]): readonly [number, number] {
  const index = bounds.findIndex((bound) => value <= bound)
  if (index === -1) return [bounds.at(-1) ?? 0, Number.POSITIVE_INFINITY]
  return [index === 0 ? 0 : (bounds[index - 1] ?? 0), bounds[index] ?? 0]
}

/** The estimate lies in the bucket of the value at that rank, or of the one after it where the rank falls between two. */
function expectQuantile(
  estimate: number,
  sorted: readonly number[],
  measure: Extract<Measure, { kind: 'quantile' }>,
): void {
  const rank = Math.ceil(measure.quantile * sorted.length)
  const neighbours = [sorted[rank - 1], sorted[rank]].filter((value) => value !== undefined)
  const buckets = neighbours.map((value) => bucketOf(value, durations[measure.of].buckets ?? []))
  const isInside = buckets.some(([low, high]) => estimate >= low && estimate <= high)
  expect(isInside, `${estimate} is not in a bucket of ${neighbours.join(' or ')}`).toBe(true)
}

function expectAverages(got: Answer, wanted: ReadonlyMap<string, readonly number[]>, tolerance: number): void {
  expect([...got.keys()].sort()).toEqual([...wanted.keys()].sort())
  for (const [key, values] of wanted) {
    const average = values.reduce((sum, value) => sum + value, 0) / values.length
    expect(
      Math.abs((got.get(key) ?? Number.NaN) / average - 1),
      `${key}: ${got.get(key)}, not ${average}`,
    ).toBeLessThan(tolerance)
  }
}

describe.skipIf(!hasTools)('writePromql() asked of Prometheus', () => {
  let prometheus: RunningPrometheus
  beforeAll(async () => {
    prometheus = await runPrometheus({ history: exposeTraffic(stretches) })
  }, 120_000)
  afterAll(() => prometheus?.stop())

  async function checkQuery(panel: Panel, query: PanelQuery, choice: Choice): Promise<number> {
    let answers = 0
    const { measure, by } = query.terms
    for (const window of isOverTime(panel) ? steps : ranges) {
      const variables = { rangeSeconds: window.seconds, rateIntervalSeconds: window.seconds, ...choice }
      const rows = await prometheus.query(fillVariables(query.promql, variables), window.atSeconds)
      const got = toAnswer(rows, by)
      answers += got.size
      if (measure.kind === 'amount') expectSums(got, answerTerms(query.terms, viewOf(choice, window)), measure)
      else if (measure.kind === 'ratio') expectRatios(got, answerTerms(query.terms, viewOf(choice, window)))
      else {
        const view = viewOf(choice, window, measure.kind === 'quantile' ? measure.weeksAgo : 0)
        const wanted = listDurations(measure.of, by, view)
        if (measure.kind === 'average') expectAverages(got, wanted, isOverTime(panel) ? 1e-9 : bornShare)
        else {
          expect([...got.keys()].sort()).toEqual([...wanted.keys()].sort())
          for (const [key, estimate] of got) expectQuantile(estimate, wanted.get(key) ?? [], measure)
        }
      }
    }
    return answers
  }

  test.each(queries)('%s answers what the calls say', async (_name, panel, query) => {
    const counts = []
    for (const choice of choices) counts.push(await checkQuery(panel, query, choice))
    expect(counts[0], 'a panel that nothing in the traffic speaks to').toBeGreaterThan(0)
  })

  test('in a night without calls sums are 0, and what has no answer has none: never NaN', async () => {
    for (const [name, , { promql, terms }] of queries) {
      const rows = await prometheus.query(
        fillVariables(promql, { rangeSeconds: 300, rateIntervalSeconds: 300 }),
        nightSeconds,
      )
      const { measure } = terms
      if (measure.kind !== 'amount' || measure.over !== 'ever')
        expect(
          rows.filter(({ value }) => value !== 0),
          name,
        ).toEqual([])
      if (measure.kind !== 'amount') expect(rows, name).toEqual([])
    }
  })

  test('variables that choose nothing get no answer', async () => {
    for (const [name, panel, query] of queries) {
      const window = isOverTime(panel) ? 300 : 1_800
      const variables = { rangeSeconds: window, rateIntervalSeconds: window, service: 'nobody' }
      expect(await prometheus.query(fillVariables(query.promql, variables), endSeconds), name).toEqual([])
    }
  })
})
