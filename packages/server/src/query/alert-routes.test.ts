import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { alerts } from '@inferometer/core/alerts'
import { createCall, type LlmCall } from '@inferometer/core/call'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDuckDbStore } from '../store/duckdb/duckdb-store.ts'
import { createMemoryStore } from '../store/memory.ts'
import { openTestApp } from '../test-app.cases.ts'
import type { AlertsAnswer } from './alert-schema.ts'
import { judgeAlerts, type Waiting } from './judge-alerts.ts'

const nowMs = Date.UTC(2026, 10, 27, 18)
const day = 1_440
const week = 7 * day
let made = 0

type Some = Partial<LlmCall>

/** Of a service and a model with this name; all of one moment. */
function callsOf(name: string, minutesAgo: number, ...groups: readonly (readonly [number, Some])[]): LlmCall[] {
  return groups.flatMap(([count, fields]) =>
    Array.from({ length: count }, () => {
      made += 1
      return createCall({
        traceId: made.toString(16).padStart(32, 'a'),
        spanId: made.toString(16).padStart(16, 'b'),
        serviceName: name,
        provider: 'maker',
        requestModel: name,
        operation: 'chat',
        source: 'test',
        startTimeUs: (nowMs - minutesAgo * 60_000) * 1_000,
        latencyMs: 100,
        inputTokens: 100,
        outputTokens: 10,
        usageSource: 'provider',
        costNanoUsd: 1_000,
        finishReason: 'stop',
        ...fields,
      })
    }),
  )
}

const attempt = (httpStatus: number) => ({ startMs: 0, durationMs: 1, waitMs: 0, httpStatus, errorType: null })
const failed: Some = { status: 'error', errorType: 'server', finishReason: null }
const finding = (kind: 'pii' | 'injection'): Some => ({ findings: [{ kind, pattern: 'p', start: 0, end: 1 }] })
const retried: Some = { retryCount: 1, attempts: [attempt(500), attempt(200)] }
const limited: Some = { retryCount: 1, attempts: [attempt(429), attempt(200)] }
const once: Some = { attempts: [attempt(200)] }

/** Each beside one that stays just below the same limit. */
const traffic: readonly LlmCall[] = [
  callsOf('burning', 3, [16, {}], [4, failed]),
  callsOf('burnt', 45, [10, {}], [10, failed]),
  callsOf('burnt', 2, [10, {}]),
  callsOf('few-failed', 3, [19, failed]),
  callsOf('storm', 5, [13, once], [7, retried]),
  callsOf('breeze', 5, [14, once], [6, retried]),
  callsOf('limited', 5, [17, once], [3, limited]),
  callsOf('unlimited', 5, [18, once], [2, limited]),
  callsOf('unpriced', 50, [1, { costNanoUsd: null }]),
  callsOf('unpriced-long-ago', 70, [1, { costNanoUsd: null }]),
  callsOf('nothing-to-price', 50, [1, { costNanoUsd: null, inputTokens: null, outputTokens: null }]),
  callsOf('no-usage', 50, [8, {}], [2, { usageSource: 'missing' }]),
  callsOf('usage', 50, [9, {}], [1, { usageSource: 'missing' }]),
  callsOf('nine-without-usage', 50, [9, { usageSource: 'missing' }], [1, failed]),
  ...['leaking', 'tight'].map((name) => callsOf(name, 300, [99, {}], [1, finding('pii')])),
  callsOf('leaking', 40, [90, {}], [10, finding('pii')]),
  callsOf('tight', 40, [91, {}], [9, finding('pii')]),
  ...['attacked', 'calm'].map((name) => callsOf(name, 300, [99, {}], [1, finding('injection')])),
  callsOf('attacked', 40, [95, {}], [5, finding('injection')]),
  callsOf('calm', 40, [96, {}], [4, finding('injection')]),
  ...['slower', 'steady'].map((name) => callsOf(name, week + 10, [50, { latencyMs: 1_000, ttftMs: 500 }])),
  callsOf('slower', 10, [50, { latencyMs: 1_501, ttftMs: 801 }]),
  callsOf('steady', 10, [50, { latencyMs: 1_500, ttftMs: 800 }]),
  callsOf('new-and-slow', 10, [50, { latencyMs: 90_000, ttftMs: 60_000 }]),
  ...['cut', 'whole'].map((name) => callsOf(name, 300, [50, {}])),
  callsOf('cut', 40, [39, {}], [11, { finishReason: 'length' }]),
  callsOf('whole', 40, [40, {}], [10, { finishReason: 'length' }]),
  ...['cold', 'warm'].map((name) => callsOf(name, 300, [50, { cacheReadTokens: 50 }])),
  callsOf('cold', 40, [50, { cacheReadTokens: 24 }]),
  callsOf('warm', 40, [50, { cacheReadTokens: 25 }]),
].flat()

const modelLabels = (model: string) => ({ provider: 'maker', model })
const allLabels = (name: string) => ({ service_name: name, ...modelLabels(name) })
const expected: Readonly<Record<string, readonly object[]>> = {
  LlmErrorBudgetFastBurn: [{ labels: { service_name: 'burning' }, value: 0.2, threshold: expect.closeTo(0.144, 9) }],
  LlmErrorBudgetSlowBurn: [{ labels: { service_name: 'burning' }, value: 0.2, threshold: expect.closeTo(0.06, 9) }],
  LlmRetryStorm: [{ labels: modelLabels('storm'), value: 0.35, threshold: 0.3 }],
  LlmRateLimitPressure: [{ labels: modelLabels('limited'), value: expect.closeTo(3 / 23, 9), threshold: 0.1 }],
  LlmFinishReasonShift: [{ labels: { ...allLabels('cut'), finish_reason: 'length' }, value: 0.22, threshold: 0.2 }],
  LlmLatencyRegression: [{ labels: modelLabels('slower'), value: 1_501, threshold: 1_500 }],
  LlmTtftRegression: [{ labels: modelLabels('slower'), value: 801, threshold: 750 }],
  LlmUnpricedCalls: [{ labels: allLabels('unpriced'), value: 1, threshold: 0 }],
  LlmUsageMissing: [{ labels: allLabels('no-usage'), value: 0.2, threshold: 0.1 }],
  LlmCacheHitCollapse: [{ labels: allLabels('cold'), value: 0.24, threshold: 0.25 }],
  LlmPiiSpike: [{ labels: { service_name: 'leaking' }, value: 0.1, threshold: expect.closeTo(0.03, 9) }],
  LlmInjectionSpike: [{ labels: { service_name: 'attacked' }, value: 0.05, threshold: expect.closeTo(0.03, 9) }],
}

const dir = mkdtempSync(join(tmpdir(), 'inferometer-alerts-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))
let stores = 0

interface Setup {
  readonly atMs?: number
  readonly configDir?: string
}

async function ask(calls: readonly LlmCall[], { atMs = nowMs, configDir }: Setup = {}): Promise<AlertsAnswer> {
  const openStore = async () => {
    const store = await openDuckDbStore({ dir: join(dir, String(stores++)) })
    expect(await store.append(calls)).toMatchObject({ ok: true })
    return store
  }
  const app = await openTestApp(configDir === undefined ? {} : { configDir }, { now: () => atMs, openStore })
  const response = await app.api.inject('/v1/alerts')
  expect(response.statusCode).toBe(200)
  return response.json()
}

const firingOf = ({ alerts: found }: AlertsAnswer, name: string) => found.find((one) => one.name === name)?.firing

describe('GET /v1/alerts', () => {
  let answer: AlertsAnswer
  beforeAll(async () => {
    answer = await ask(traffic)
  })

  test.each(alerts.map(({ name }) => name))('%s fires for what is above its limits, and for nothing else', (name) => {
    expect(firingOf(answer, name)).toEqual((expected[name] ?? []).map((one) => expect.objectContaining(one)))
  })

  test('an alert says what it is about, its runbook, and every condition that holds', () => {
    expect(answer.as_of_ms).toBe(nowMs)
    expect(answer.alerts.map(({ name }) => name)).toEqual(alerts.map(({ name }) => name))
    expect(answer.alerts.find(({ name }) => name === 'LlmRetryStorm')).toMatchObject({
      severity: 'ticket',
      runbook: 'docs/runbooks/llm-retry-storm.md',
      for: '5m',
      state: 'pending',
      reason: 'The rule fires once this has gone on for 5m',
      unit: 'share',
      firing: [
        {
          state: 'pending',
          conditions: [
            { what: 'retriedCalls / calls in 10m', is: 'above', value: 0.35, threshold: 0.3 },
            { what: 'calls in 10m', is: 'at_least', value: 20, threshold: 20 },
          ],
        },
      ],
    })
  })

  test('what only Prometheus or a budget would tell is unknown, in words', () => {
    expect(answer.alerts.filter(({ state }) => state === 'unknown')).toEqual([
      expect.objectContaining({ name: 'LlmSpendPaceOverBudget', reason: expect.stringContaining('budgets.yaml') }),
      expect.objectContaining({ name: 'InferometerScrapeMissing', reason: expect.stringContaining('Prometheus') }),
    ])
  })

  test('the pace of spend fires above a limit of budgets.yaml, as a whole and for one user', async () => {
    const configDir = mkdtempSync(join(dir, 'config-'))
    writeFileSync(
      join(configDir, 'budgets.yaml'),
      'budgets: [{name: all, limit_usd: 10, period: day}, {name: each, limit_usd: 4, period: day, per: user_id}]',
    )
    // 18:00 is three quarters of the day.
    const spent = (usd: number, minutesAgo: number, userId: string) =>
      callsOf('dear', minutesAgo, [1, { costNanoUsd: usd * 1e9, userId }])
    const found = async (...calls: readonly LlmCall[]) =>
      firingOf(await ask(calls, { configDir }), 'LlmSpendPaceOverBudget')?.map(({ conditions: _, ...rest }) => rest)
    const whole = { labels: { budget: 'all' }, threshold: 10 }
    const ann = { labels: { budget: 'each', user_id: 'ann' }, threshold: 4 }
    expect(await found(...spent(9, 120, 'ann'))).toEqual([
      { ...whole, state: 'firing', value: 12 },
      { ...ann, state: 'firing', value: 12 },
    ])
    expect(await found(...spent(9, 5, 'ann'))).toEqual([
      { ...whole, state: 'pending', value: 12 },
      { ...ann, state: 'pending', value: 12 },
    ])
    expect(await found(...spent(3, 120, 'ann'), ...spent(3, 120, 'bob'))).toEqual([])
    // Of the day before.
    expect(await found(...spent(90, 19 * 60, 'ann'))).toEqual([])
  })

  test('an alert is pending until it has gone on for as long as its rule waits, each service by itself', async () => {
    const failing = (name: string, minutesAgo: number) => callsOf(name, minutesAgo, [15, {}], [5, failed])
    const calls = [...failing('long', 2.1), ...failing('fresh', 1), ...failing('interrupted', 50)]
    // Between now and two minutes ago the short window of the interrupted one saw no error.
    const mended = callsOf('interrupted', 1.9, [100, {}])
    const again = callsOf('interrupted', 0.1, [60, failed])
    const answer = await ask([...calls, ...mended, ...again])
    const burn = answer.alerts.find(({ name }) => name === 'LlmErrorBudgetFastBurn')
    expect(burn).toMatchObject({ state: 'firing', reason: null })
    expect(new Map(burn?.firing.map(({ labels, state }) => [labels.service_name, state]))).toEqual(
      new Map([
        ['long', 'firing'],
        ['fresh', 'pending'],
        ['interrupted', 'pending'],
      ]),
    )
  })

  test('seven hours later, without calls, all of this is quiet', async () => {
    const later = await ask(traffic, { atMs: nowMs + 7 * 3_600_000 })
    expect(later.alerts.filter(({ firing }) => firing.length > 0)).toEqual([])
  })

  test('where there is no call, nothing fires', async () => {
    expect((await ask([])).alerts.filter(({ firing }) => firing.length > 0)).toEqual([])
  })
})

describe('judgeAlerts', () => {
  const lag = async (waiting: Partial<Waiting>) => {
    const listWaiting = () => [{ name: 'traces', pendingCalls: 0, lagSeconds: 0, problem: null, ...waiting }]
    const judged = await judgeAlerts({ store: createMemoryStore(), listWaiting, readBudgets: async () => [], nowMs })
    return judged.find(({ name }) => name === 'InferometerOutboxLag')
  }

  test('the outbox fires when the oldest call waits too long and many wait, or none is taken', async () => {
    const refused = await lag({ pendingCalls: 3, lagSeconds: 901, problem: 'connection refused' })
    expect(refused?.firing).toMatchObject([{ labels: { destination: 'traces' }, value: 3, threshold: 0 }])
    const many = await lag({ pendingCalls: 5_001, lagSeconds: 901 })
    expect(many?.firing).toMatchObject([{ value: 5_001, threshold: 5_000, state: 'pending' }])
    const longer = await lag({ pendingCalls: 5_001, lagSeconds: 1_201 })
    expect(longer).toMatchObject({ state: 'firing', firing: [{ state: 'firing' }] })
    expect((await lag({ pendingCalls: 5_000, lagSeconds: 901 }))?.state).toBe('quiet')
    expect((await lag({ pendingCalls: 3, lagSeconds: 900, problem: 'connection refused' }))?.state).toBe('quiet')
  })

  test('a store that does not answer makes alerts unknown, not quiet', async () => {
    const store = { aggregate: () => Promise.reject(new Error('it is closed')) }
    const judged = await judgeAlerts({ store, listWaiting: () => [], readBudgets: async () => [], nowMs })
    const states = new Map(judged.map(({ name, state, reason }) => [name, `${state}: ${reason}`]))
    expect(states.get('LlmRetryStorm')).toBe('unknown: The store did not answer: it is closed')
    expect(states.get('InferometerOutboxLag')).toBe('quiet: null')
  })
})
