import { type Dashboard, definePanel } from './panel.ts'
import type { Amount, Dimension, PanelTerms } from './terms.ts'

function pace(of: Amount, by: readonly Dimension[]): PanelTerms {
  return { measure: { kind: 'amount', of, over: 'second' }, by }
}

function ratio(of: Amount, to: Amount, by: readonly Dimension[] = []): PanelTerms {
  return { measure: { kind: 'ratio', of, to }, by }
}

function sum(of: Amount): PanelTerms {
  return { measure: { kind: 'amount', of, over: 'window' }, by: [] }
}

const noErrors = 'No errors in this range'
const noAttempts = 'No attempts seen in this range'

const tiles = [
  definePanel({
    id: 'error-rate',
    title: 'Error rate',
    description:
      'Calls of the range that ended in an error, after all retries, as a share of all calls. 1 % is the objective that the burn-rate alerts watch.',
    kind: 'stat',
    unit: 'share',
    width: 6,
    queries: [{ legend: 'errors', terms: ratio('failedCalls', 'calls') }],
    thresholds: [
      { from: 0, level: 'good' },
      { from: 0.01, level: 'warn' },
      { from: 0.05, level: 'bad' },
    ],
  }),
  definePanel({
    id: 'failed-calls',
    title: 'Failed calls',
    description:
      'Calls of the range that ended in an error, after all retries: how many times somebody saw a failure. Cancelled calls are not among them. If it grows, the table at the end says which service, model and type.',
    kind: 'stat',
    unit: 'count',
    width: 6,
    queries: [{ legend: 'failed', terms: sum('failedCalls') }],
  }),
  definePanel({
    id: 'rate-limited-share',
    title: 'Rate-limited attempts',
    description:
      'Share of the HTTP requests of the range that were answered with 429. It rises before calls fail, because retries still save them; above a tenth LlmRateLimitPressure fires. Rate-limited attempts by provider says whose quota it is.',
    kind: 'stat',
    unit: 'share',
    width: 6,
    queries: [{ legend: '429', terms: ratio('rateLimitedAttempts', 'attempts') }],
    thresholds: [
      { from: 0, level: 'good' },
      { from: 0.05, level: 'warn' },
      { from: 0.1, level: 'bad' },
    ],
    noData: noAttempts,
  }),
  definePanel({
    id: 'calls',
    title: 'Calls',
    description:
      'Calls of the range, of every status, to read the shares beside it against: half of two calls is no outage. Each counts once, however many attempts it took.',
    kind: 'stat',
    unit: 'count',
    width: 6,
    queries: [{ legend: 'calls', terms: sum('calls') }],
  }),
]

const course = [
  definePanel({
    id: 'success-vs-error',
    title: 'Success vs error rate',
    description:
      'Calls per second by how they ended. Cancelled are calls the application stopped waiting for: neither a success nor an error. If error grows, Error types says why and Error rate by model says where.',
    kind: 'stacked',
    unit: 'calls_per_second',
    width: 12,
    queries: [{ legend: '{status}', terms: pace('calls', ['status']) }],
  }),
  definePanel({
    id: 'error-types',
    title: 'Error types',
    description:
      'Failed and cancelled calls per second by type. rate_limit: ask for quota or slow down. overloaded, server: the provider. timeout, connection: the network or too short a timeout. auth: a key. invalid_request: a release of yours. blocked: your own policy.',
    kind: 'stacked',
    unit: 'calls_per_second',
    width: 12,
    queries: [{ legend: '{errorType}', terms: pace('errors', ['errorType']) }],
    noData: noErrors,
  }),
  definePanel({
    id: 'retry-rate',
    title: 'Retry rate %',
    description:
      'Calls of the range that needed more than one attempt, whatever became of them. Retries hide an outage from users and pay for it in latency. Above 5 %, look at Attempts by HTTP status: 429 is your quota, 5xx the provider.',
    kind: 'gauge',
    unit: 'share',
    width: 8,
    queries: [{ legend: 'retried', terms: ratio('retriedCalls', 'calls') }],
    thresholds: [
      { from: 0, level: 'good' },
      { from: 0.05, level: 'warn' },
      { from: 0.2, level: 'bad' },
    ],
  }),
  definePanel({
    id: 'finish-reasons',
    title: 'Finish reasons',
    description:
      'Why answers ended: stop, length, tool_calls, content_filter. A growing length is answers cut off at the token limit; a growing content_filter is refusals. Neither is an error to the application, both are to the user.',
    kind: 'stacked',
    unit: 'calls_per_second',
    width: 8,
    queries: [{ legend: '{finishReason}', terms: pace('finishedCalls', ['finishReason']) }],
    noData: 'No finished answers in this range',
  }),
  definePanel({
    id: 'attempts-by-status',
    title: 'Attempts by HTTP status',
    description:
      'Every HTTP request under the calls, retries included; none: no response arrived. This is what the provider sees. Its errors with a steady success rate above are an outage that retries still hide.',
    kind: 'stacked',
    unit: 'calls_per_second',
    width: 8,
    queries: [{ legend: '{httpStatus}', terms: pace('attempts', ['httpStatus']) }],
    noData: noAttempts,
  }),
]

const shares = [
  definePanel({
    id: 'error-rate-by-model',
    title: 'Error rate by model',
    description:
      'Share of calls that ended in an error. One model alone: the provider or its quota; switch over. All models of one provider: its outage or your key. All providers: your network.',
    kind: 'timeseries',
    unit: 'share',
    width: 12,
    queries: [{ legend: '{provider} · {model}', terms: ratio('failedCalls', 'calls', ['provider', 'model']) }],
  }),
  definePanel({
    id: 'error-rate-by-service',
    title: 'Error rate by service',
    description:
      'The same share by application: who is hurt. One service alone with a model that works for others is its request, its key or its release.',
    kind: 'timeseries',
    unit: 'share',
    width: 12,
    queries: [{ legend: '{serviceName}', terms: ratio('failedCalls', 'calls', ['serviceName']) }],
  }),
]

const retries = [
  definePanel({
    id: 'retry-rate-by-model',
    title: 'Retry rate by model',
    description:
      'Share of calls that needed more than one attempt. Compare with the latency of the same model: the waits between attempts are in it.',
    kind: 'timeseries',
    unit: 'share',
    width: 8,
    queries: [{ legend: '{model}', terms: ratio('retriedCalls', 'calls', ['model']) }],
  }),
  definePanel({
    id: 'attempts-per-call',
    title: 'Attempts per call',
    description:
      'HTTP requests divided by calls, by model: 1 is a quiet day. Towards 2 every call is made twice, which keeps an overloaded provider overloaded: lower the number of retries or lengthen their wait. Sources that see no attempts pull it below 1.',
    kind: 'timeseries',
    unit: 'count',
    width: 8,
    queries: [{ legend: '{model}', terms: ratio('attempts', 'calls', ['model']) }],
    noData: noAttempts,
  }),
  definePanel({
    id: 'rate-limited-by-provider',
    title: 'Rate-limited attempts by provider',
    description:
      'Share of attempts that were answered with 429, by provider. It rises before calls fail, because retries still save them. Spread the load, ask for quota, or move traffic to another model.',
    kind: 'timeseries',
    unit: 'share',
    width: 8,
    queries: [{ legend: '{provider}', terms: ratio('rateLimitedAttempts', 'attempts', ['provider']) }],
    noData: noAttempts,
  }),
]

const table = definePanel({
  id: 'errors-table',
  title: 'Errors by service, provider, model and type',
  description:
    'The failed and cancelled calls of the range, counted. Start with the greatest row and open its calls for the provider’s own message.',
  kind: 'table',
  unit: 'count',
  width: 24,
  queries: [
    {
      legend: 'Calls',
      terms: {
        measure: { kind: 'amount', of: 'errors', over: 'window' },
        by: ['serviceName', 'provider', 'model', 'errorType'],
      },
    },
  ],
  noData: noErrors,
})

export const errorDashboard: Dashboard = {
  uid: 'llm-error-retry-dashboard',
  title: 'LLM Error & Retry',
  description: 'Which calls fail, why, and what retries hide.',
  panels: [...tiles, ...course, ...shares, ...retries, table],
}
