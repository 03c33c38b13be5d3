/**
 * The alerts of deploy/prometheus/alerts.rules.yml in terms of recorded calls, so that a server without Prometheus can
 * say which would fire. Windows, factors and limits are those of the rules; a test holds the two together.
 */
import type { AlertCondition, AlertDefinition, AlertLimit, AlertValue, CallTerms, Span } from './alerts/alert.ts'
import type { Amount, Dimension } from './panels/terms.ts'

/** `docs/runbooks/llm-retry-storm.md` */
export const runbookOf = ({ name }: Pick<AlertDefinition, 'name'>): string =>
  `docs/runbooks/${name.replace(/(?<=.)[A-Z]/g, (letter) => `-${letter}`).toLowerCase()}.md`

const latency = 'llm-latency-ttft-dashboard'
const cost = 'llm-cost-dashboard'
const errors = 'llm-error-retry-dashboard'
const safety = 'llm-security-safety-dashboard'

const byService: readonly Dimension[] = ['serviceName']
const byModel: readonly Dimension[] = ['provider', 'model']
const byServiceAndModel: readonly Dimension[] = ['serviceName', 'provider', 'model']

const amount = (of: Amount, window: Span, offset?: Span): AlertValue => ({
  measure: { kind: 'amount', of, over: 'window' },
  window,
  ...(offset !== undefined && { offset }),
})
const ratio = ([of, to]: readonly [Amount, Amount], window: Span, offset?: Span): AlertValue => ({
  measure: { kind: 'ratio', of, to },
  window,
  ...(offset !== undefined && { offset }),
})
const enough = (value: AlertValue, least: number): AlertCondition => ({ value, is: 'at_least', limit: { of: least } })
const above = (value: AlertValue, limit: AlertLimit): AlertCondition => ({ value, is: 'above', limit })

const failed = ['failedCalls', 'calls'] as const

/** Share of calls that may fail in a month. */
const errorBudget = 0.01

function burn(times: number, [long, short]: readonly [Span, Span]): CallTerms {
  const limit = { of: errorBudget, times }
  return {
    kind: 'calls',
    by: byService,
    unit: 'share',
    conditions: [
      above(ratio(failed, long), limit),
      above(ratio(failed, short), limit),
      enough(amount('calls', long), 20),
    ],
  }
}

function regression(of: 'latencyMs' | 'ttftMs', plus: number): CallTerms {
  const measure = { kind: 'quantile', of, quantile: 0.95 } as const
  const now: AlertValue = { measure, window: '30m' }
  const before: AlertValue = { measure, window: '30m', offset: '1w' }
  return {
    kind: 'calls',
    by: byModel,
    unit: 'milliseconds',
    conditions: [
      above(now, { of: before, times: 1.5 }),
      above(now, { of: before, plus }),
      enough(amount('calls', '30m'), 50),
      enough(amount('calls', '30m', '1w'), 50),
    ],
  }
}

function spike(of: 'piiCalls' | 'injectionCalls', least: number): CallTerms {
  const shares = [of, 'calls'] as const
  return {
    kind: 'calls',
    by: byService,
    unit: 'share',
    conditions: [
      above(ratio(shares, '1h'), { of: ratio(shares, '1d', '1h'), times: 3 }),
      enough(amount(of, '1h'), least),
    ],
  }
}

function pressure(shares: readonly [Amount, Amount], most: number): CallTerms {
  return {
    kind: 'calls',
    by: byModel,
    unit: 'share',
    conditions: [above(ratio(shares, '10m'), { of: most }), enough(amount(shares[1], '10m'), 20)],
  }
}

const reasonShare = { measure: { kind: 'share', of: 'finishedCalls' }, within: byServiceAndModel } as const
const finished = { measure: amount('finishedCalls', '1h').measure, within: byServiceAndModel } as const
const finishReasonShift: CallTerms = {
  kind: 'calls',
  by: [...byServiceAndModel, 'finishReason'],
  unit: 'share',
  conditions: [
    above({ ...reasonShare, window: '1h' }, { of: { ...reasonShare, window: '1d', offset: '1h' }, plus: 0.2 }),
    above({ ...finished, window: '1d', offset: '1h' }, { of: 0 }),
    enough({ ...finished, window: '1h' }, 50),
  ],
}

const successful = { status: 'success' } as const
const usageMissing: CallTerms = {
  kind: 'calls',
  by: byServiceAndModel,
  unit: 'share',
  conditions: [
    above({ ...ratio(['usageMissingCalls', 'calls'], '1h'), ...successful }, { of: 0.1 }),
    enough({ ...amount('calls', '1h'), ...successful }, 10),
  ],
}

const cached = ['cacheReadTokens', 'inputTokens'] as const
const cacheHitCollapse: CallTerms = {
  kind: 'calls',
  by: byServiceAndModel,
  unit: 'share',
  conditions: [
    { value: ratio(cached, '1h'), is: 'below', limit: { of: ratio(cached, '1d', '1h'), times: 0.5 } },
    above(ratio(cached, '1d', '1h'), { of: 0.1 }),
    enough(amount('calls', '1h'), 50),
  ],
}

/** In the order of the rules. */
export const alerts: readonly AlertDefinition[] = [
  {
    name: 'LlmErrorBudgetFastBurn',
    severity: 'page',
    summary: 'So many calls fail that the errors allowed for a month are used up in two days',
    for: '2m',
    dashboard: errors,
    terms: burn(14.4, ['1h', '5m']),
  },
  {
    name: 'LlmErrorBudgetSlowBurn',
    severity: 'ticket',
    summary: 'So many calls fail that the errors allowed for a month are used up in five days',
    for: '15m',
    dashboard: errors,
    terms: burn(6, ['6h', '30m']),
  },
  {
    name: 'LlmRetryStorm',
    severity: 'ticket',
    summary: 'More than three calls in ten are made again',
    for: '5m',
    dashboard: errors,
    terms: pressure(['retriedCalls', 'calls'], 0.3),
  },
  {
    name: 'LlmRateLimitPressure',
    severity: 'ticket',
    summary: 'More than one attempt in ten is rate-limited',
    for: '5m',
    dashboard: errors,
    terms: pressure(['rateLimitedAttempts', 'attempts'], 0.1),
  },
  {
    name: 'LlmFinishReasonShift',
    severity: 'ticket',
    summary: 'Answers end for one reason far more often than the day before',
    for: '10m',
    dashboard: errors,
    terms: finishReasonShift,
  },
  {
    name: 'LlmLatencyRegression',
    severity: 'ticket',
    summary: 'p95 latency is more than half again above the same time a week ago',
    for: '15m',
    dashboard: latency,
    terms: regression('latencyMs', 500),
  },
  {
    name: 'LlmTtftRegression',
    severity: 'ticket',
    summary: 'p95 time to first token is more than half again above the same time a week ago',
    for: '15m',
    dashboard: latency,
    terms: regression('ttftMs', 300),
  },
  {
    name: 'LlmSpendPaceOverBudget',
    severity: 'ticket',
    summary: 'At this pace a budget is used up before its day or month ends',
    for: '10m',
    dashboard: cost,
    terms: { kind: 'budgets' },
  },
  {
    name: 'LlmUnpricedCalls',
    severity: 'ticket',
    summary: 'Calls have no known price, so the spend is too low',
    for: '5m',
    dashboard: cost,
    terms: {
      kind: 'calls',
      by: byServiceAndModel,
      unit: 'count',
      conditions: [above(amount('unpricedCalls', '1h'), { of: 0 })],
    },
  },
  {
    name: 'LlmUsageMissing',
    severity: 'ticket',
    summary: 'Calls come back without token usage, so tokens and spend are unknown or estimated',
    for: '15m',
    dashboard: cost,
    terms: usageMissing,
  },
  {
    name: 'LlmCacheHitCollapse',
    severity: 'ticket',
    summary: 'Less than half as many prompt tokens come from the cache as the day before',
    for: '15m',
    dashboard: cost,
    terms: cacheHitCollapse,
  },
  {
    name: 'LlmPiiSpike',
    severity: 'ticket',
    summary: 'Personal data in more than three times the share of calls of the day before',
    for: '5m',
    dashboard: safety,
    terms: spike('piiCalls', 10),
  },
  {
    name: 'LlmInjectionSpike',
    severity: 'page',
    summary: 'Injection attempts in more than three times the share of calls of the day before',
    for: '1m',
    dashboard: safety,
    terms: spike('injectionCalls', 5),
  },
  {
    name: 'InferometerScrapeMissing',
    severity: 'page',
    summary: 'Prometheus gets no metrics from Inferometer',
    for: '2m',
    dashboard: null,
    terms: { kind: 'outside', reason: 'Only Prometheus knows whether it is there and reaches this server' },
  },
  {
    name: 'InferometerOutboxLag',
    severity: 'ticket',
    summary: 'Calls wait to be forwarded for longer than a quarter of an hour',
    for: '5m',
    dashboard: null,
    terms: { kind: 'outbox', window: '15m', above: 5000 },
  },
]
