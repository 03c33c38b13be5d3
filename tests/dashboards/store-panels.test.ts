import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { modelLabel } from '@inferometer/core/call'
import { dashboards, type Panel, type PanelTerms } from '@inferometer/core/panels'
import type { PanelAnswer, PanelsAnswer } from '@inferometer/core/panels/answer'
import { isOverTime } from '@inferometer/core/panels/panel'
import { dimensionLabels } from '@inferometer/core/panels/terms'
import { type App, createApp } from '@inferometer/server'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeDay } from '../harness/day-of-calls.ts'
import { openStoreOf } from '../harness/store-of-calls.ts'
import { answerTerms, type CallsInView, listDurations } from './answer-terms.ts'

const dir = mkdtempSync(join(tmpdir(), 'inferometer-panels-'))
const hourMs = 3_600_000
/** Noon of a whole hour, so that hours and the range begin together. */
const nowMs = Date.UTC(2026, 10, 23, 12)
const range = { sinceMs: nowMs - 6 * hourMs, untilMs: nowMs }
const calls = makeDay({ untilMs: nowMs, days: 8, callsPerHour: 12 })
let app: App

beforeAll(async () => {
  const settings = { logLevel: 'silent', configDir: 'nowhere', dataDir: dir } as const
  app = await createApp(settings, { now: () => nowMs, openStore: () => openStoreOf(join(dir, 'store'), calls) })
})
afterAll(async () => {
  await app.close()
  rmSync(dir, { recursive: true, force: true })
})

async function ask(dashboard: string, more: object = {}): Promise<readonly PanelAnswer[]> {
  const payload = {
    dashboard,
    since: new Date(range.sinceMs).toISOString(),
    until: new Date(range.untilMs).toISOString(),
    today: new Date(nowMs - 12 * hourMs).toISOString(),
    step: '1h',
    ...more,
  }
  const response = await app.api.inject({ method: 'POST', url: '/v1/panels/query', payload })
  expect([response.statusCode, response.json().error]).toEqual([200, undefined])
  return response.json<PanelsAnswer>().panels
}

const startMs = (call: (typeof calls)[number]) => call.startTimeUs / 1_000

function viewOf(window: { sinceMs: number; untilMs: number }, isChosen: CallsInView['isChosen']): CallsInView {
  return {
    calls: calls.filter((call) => startMs(call) >= window.sinceMs && startMs(call) < window.untilMs),
    ever: calls.filter((call) => startMs(call) < window.untilMs),
    windowSeconds: (window.untilMs - window.sinceMs) / 1_000,
    isChosen,
    // The store can be narrowed by everything.
    isServiceChosen: isChosen,
  }
}

function quantileOf(sorted: readonly number[], share: number): number {
  const place = (sorted.length - 1) * share
  const [below = 0, above = 0] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]]
  return below + (above - below) * (place - Math.floor(place))
}

/** The answer worked out call by call, by the values of `by` joined with a line feed. */
function expected(terms: PanelTerms, view: CallsInView): ReadonlyMap<string, number> {
  const { measure, by } = terms
  if (measure.kind === 'amount' || measure.kind === 'ratio') return answerTerms(terms, view)
  const groups = listDurations(measure.of, by, view)
  const answer = (sorted: readonly number[]) =>
    measure.kind === 'quantile'
      ? quantileOf(sorted, measure.quantile)
      : sorted.reduce((sum, value) => sum + value, 0) / sorted.length
  return new Map([...groups].map(([key, sorted]) => [key, answer(sorted)]))
}

const near = (answer: ReadonlyMap<string, number | null>) =>
  Object.fromEntries(
    [...answer]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => [key, expect.closeTo(value ?? Number.NaN, 9)]),
  )

function keyed(
  answer: PanelAnswer | undefined,
  query: { terms: PanelTerms; index: number },
  read: (series: PanelAnswer['series'][number]) => number | null,
) {
  const series = answer?.series.filter((one) => one.query === query.index) ?? []
  const keyOf = (one: PanelAnswer['series'][number]) =>
    query.terms.by.map((name) => one.labels[dimensionLabels[name]]).join('\n')
  const entries = series.map((one) => [keyOf(one), read(one)] as const).filter(([, value]) => value !== null)
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
}

const weekMs = 7 * 24 * hourMs
const earlierOf = ({ measure }: PanelTerms) => (measure.kind === 'quantile' ? (measure.weeksAgo ?? 0) * weekMs : 0)

function checkPanel(panel: Panel, answer: PanelAnswer | undefined, isChosen: CallsInView['isChosen']): void {
  expect(answer?.error).toBeNull()
  panel.queries.forEach(({ terms }, index) => {
    const query = { terms, index }
    const sinceMs = panel.period === 'today' ? nowMs - 12 * hourMs : range.sinceMs
    if (!isOverTime(panel)) {
      expect(keyed(answer, query, (series) => series.value)).toEqual(
        near(expected(terms, viewOf({ sinceMs, untilMs: nowMs }, isChosen))),
      )
      return
    }
    answer?.times_ms.forEach((at, step) => {
      const from = at - earlierOf(terms)
      const wanted = expected(terms, viewOf({ sinceMs: from, untilMs: from + hourMs }, isChosen))
      const isFilled = terms.measure.kind === 'amount'
      // A line goes on at 0 where there was nothing to add up in a step.
      const found = keyed(answer, query, (series) => series.values[step] ?? null)
      const present = isFilled ? Object.fromEntries(Object.entries(found).filter(([, value]) => value !== 0)) : found
      expect(present, `${panel.id} at ${step}`).toEqual(
        near(new Map([...wanted].filter(([, value]) => !isFilled || value !== 0))),
      )
    })
  })
}

describe.each(dashboards)('POST /v1/panels/query: $title', ({ uid, panels }) => {
  test('every panel answers what its calls say, in every step', async () => {
    const answers = await ask(uid)
    expect(answers.map(({ id }) => id)).toEqual(panels.map(({ id }) => id))
    for (const [index, panel] of panels.entries()) checkPanel(panel, answers[index], () => true)
  })

  test('every panel is narrowed by service, provider and model', async () => {
    const [{ serviceName, provider } = { serviceName: '', provider: '' }] = calls
    const models = [...new Set(calls.map(modelLabel))].slice(0, 2)
    const answers = await ask(uid, { filters: { service_name: [serviceName], provider, model: models } })
    const isChosen = (call: (typeof calls)[number]) =>
      call.serviceName === serviceName && call.provider === provider && models.includes(modelLabel(call))
    for (const [index, panel] of panels.entries()) checkPanel(panel, answers[index], isChosen)
  })
})

describe('POST /v1/panels/query', () => {
  test('a tile says the same of the equal period before, and its course', async () => {
    const [tile] = await ask('llm-cost-dashboard', { panels: ['spend-in-range'] })
    const costIn = (sinceMs: number) =>
      calls
        .filter((call) => startMs(call) >= sinceMs && startMs(call) < sinceMs + 6 * hourMs)
        .reduce((sum, call) => sum + (call.costNanoUsd ?? 0), 0) / 1e9
    expect(tile?.series[0]?.value).toBeCloseTo(costIn(range.sinceMs), 9)
    expect(tile?.series[0]?.previous).toBeCloseTo(costIn(range.sinceMs - 6 * hourMs), 9)
    expect(tile?.series[0]?.values.reduce((sum: number, value) => sum + (value ?? 0), 0)).toBeCloseTo(
      costIn(range.sinceMs),
      9,
    )
  })

  test('the examples of a latency panel are the slowest calls of the range', async () => {
    const [panel] = await ask('llm-latency-ttft-dashboard', { panels: ['latency-percentiles'] })
    const slowest = [...viewOf(range, () => true).calls].sort((a, b) => b.latencyMs - a.latencyMs)
    expect(panel?.examples.slice(0, 3).map(({ span_id }) => span_id)).toEqual(
      slowest.slice(0, 3).map(({ spanId }) => spanId),
    )
  })

  test.each([
    [{ dashboard: 'nothing' }, 404],
    [{ since: 'yesterday' }, 400],
    [{ since: '1h', until: '2h' }, 400],
    [{ step: '1s' }, 400],
    [{ filters: { modell: 'x' } }, 400],
  ])('refuses %j with %d', async (wrong, status) => {
    const payload = { dashboard: 'llm-cost-dashboard', since: '24h', ...wrong }
    const response = await app.api.inject({ method: 'POST', url: '/v1/panels/query', payload })
    expect(response.statusCode).toBe(status)
  })
})
