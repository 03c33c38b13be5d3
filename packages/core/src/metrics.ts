/** The catalogue of metrics. Whatever names a metric, a label or a bucket reads it here. */

export type MetricType = 'counter' | 'gauge' | 'histogram'

export interface MetricDefinition {
  readonly name: string
  readonly type: MetricType
  readonly labels: readonly string[]
  readonly help: string
  /** Upper bounds, ascending, without +Inf. Histograms only. */
  readonly buckets?: readonly number[]
}

/** Calls run from a cached 20 ms embedding to a ten-minute reasoning answer. */
const latencyBucketsMs = [
  10, 25, 50, 100, 250, 500, 750, 1_000, 1_500, 2_000, 3_000, 5_000, 7_500, 10_000, 15_000, 20_000, 30_000, 45_000,
  60_000, 90_000, 120_000, 180_000, 300_000, 600_000,
]
/** First tokens come sooner than answers, so the resolution sits lower. */
const ttftBucketsMs = [
  5, 10, 25, 50, 75, 100, 150, 200, 300, 400, 500, 750, 1_000, 1_500, 2_000, 3_000, 5_000, 7_500, 10_000, 15_000,
  30_000, 60_000, 120_000,
]
const timePerTokenBucketsMs = [1, 2.5, 5, 7.5, 10, 15, 20, 25, 30, 40, 50, 75, 100, 150, 200, 300, 500, 1_000, 2_500]

const callLabels = ['model', 'provider', 'service_name']

function counter(name: string, labels: readonly string[], help: string): MetricDefinition {
  return { name, type: 'counter', labels, help }
}

function histogram(name: string, buckets: readonly number[], help: string): MetricDefinition {
  return { name, type: 'histogram', labels: callLabels, help, buckets }
}

/** Metrics of the watched calls. The first eight are fixed, name for name. */
export const callMetrics = {
  tokens: counter(
    'llm_tokens_total',
    [...callLabels, 'token_type'],
    'Tokens of LLM calls by type: prompt and completion, each a total including its subsets',
  ),
  cost: counter('llm_cost_usd_micro_total', callLabels, 'Cost of LLM calls in micro-dollars, exact to a nano-dollar'),
  latency: histogram(
    'llm_latency_ms_total',
    latencyBucketsMs,
    "Latency of LLM calls in milliseconds, from before the first attempt's request to the last byte",
  ),
  ttft: histogram(
    'llm_latency_ms_ttft',
    ttftBucketsMs,
    "Time to first content token in milliseconds, from before the first attempt's request",
  ),
  pii: counter('llm_pii_detected_total', ['service_name'], 'LLM calls in which personal data was detected'),
  injections: counter(
    'llm_injection_attempts_total',
    ['service_name'],
    'LLM calls in which a prompt injection was detected',
  ),
  finishReasons: counter('llm_finish_reason_total', [...callLabels, 'finish_reason'], 'LLM calls by finish reason'),
  spans: counter(
    'llm_spans_total',
    [...callLabels, 'status', 'has_retries'],
    'LLM calls by status and whether they were retried',
  ),
  tokensDetail: counter(
    'llm_tokens_detail_total',
    [...callLabels, 'token_type'],
    'Subsets of the tokens of LLM calls: cache_read and cache_write of the prompt, reasoning of the completion',
  ),
  timePerOutputToken: histogram(
    'llm_time_per_output_token_ms',
    timePerTokenBucketsMs,
    'Milliseconds per output token after the first, of streamed LLM calls',
  ),
  attempts: counter(
    'llm_attempts_total',
    [...callLabels, 'http_status'],
    'HTTP attempts of LLM calls by status; none when no response arrived',
  ),
  errors: counter(
    'llm_errors_total',
    [...callLabels, 'error_type'],
    'LLM calls that ended in an error or were cancelled, by type',
  ),
  findings: counter(
    'llm_findings_total',
    ['service_name', 'kind', 'pattern'],
    'Scanner findings by kind (pii, injection, shadow) and pattern',
  ),
  unpriced: counter('llm_unpriced_calls_total', callLabels, 'LLM calls with token usage for which no price is known'),
  usageMissing: counter(
    'llm_usage_missing_total',
    callLabels,
    'Successful LLM calls for which the provider sent no token usage',
  ),
} as const satisfies Record<string, MetricDefinition>

export type CallMetric = keyof typeof callMetrics

/** Metrics of the server itself. */
export const selfMetrics = {
  received: counter('inferometer_received_total', ['source'], 'Calls received by way in (otlp_http, otlp_grpc, rest)'),
  recorded: counter('inferometer_recorded_total', ['source'], 'Calls committed to the store'),
  duplicates: counter(
    'inferometer_duplicate_total',
    ['source'],
    'Calls that had been recorded before and were answered without being counted again',
  ),
  ignored: counter('inferometer_ignored_total', ['source', 'reason'], 'Spans that are no model calls, by reason'),
  rejected: counter('inferometer_rejected_total', ['source', 'reason'], 'Calls refused, by reason'),
  forwarded: counter('inferometer_forwarded_total', ['destination'], 'Calls handed to a destination'),
  outboxDepth: {
    name: 'inferometer_outbox_depth',
    type: 'gauge',
    labels: ['destination'],
    help: 'Calls committed and not yet handed to a destination',
  },
  outboxLag: {
    name: 'inferometer_outbox_lag_seconds',
    type: 'gauge',
    labels: ['destination'],
    help: 'How long ago the oldest call that is not yet handed to a destination ended in seconds',
  },
  forwardFailed: counter(
    'inferometer_forward_failed_total',
    ['destination', 'reason'],
    'Sends to a destination that failed and are repeated, by reason',
  ),
  forwardPoisoned: counter(
    'inferometer_forward_poisoned_total',
    ['destination', 'reason'],
    'Calls that a destination refused for good and that were set aside, by reason',
  ),
  storeCommit: {
    name: 'inferometer_store_commit_ms',
    type: 'histogram',
    labels: [],
    help: 'Duration of store commits in milliseconds',
    buckets: [0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000],
  },
  series: { name: 'inferometer_series', type: 'gauge', labels: [], help: 'Series in the registry' },
  cardinalityDropped: counter(
    'inferometer_cardinality_overflow_total',
    ['metric', 'label'],
    'Updates whose label value was replaced by __other__ because a cap was reached',
  ),
  configReloads: counter(
    'inferometer_config_reloads_total',
    ['file', 'result'],
    'Reloads of watched configuration files by result (ok, refused)',
  ),
  detectorCalls: counter(
    'inferometer_detector_calls_total',
    ['outcome'],
    'Prompts for the detector of your own: answered, failed, timed_out, over_budget, not_sampled',
  ),
  retentionDropped: counter(
    'inferometer_retention_dropped_total',
    ['reason'],
    'Stored calls dropped for their age (age), for the size of the store (size), and for size before they were forwarded (unread)',
  ),
  budgetSpent: {
    name: 'inferometer_budget_spent_usd_micro',
    type: 'gauge',
    labels: ['budget'],
    help: 'Spent of a budget in its period so far in micro-dollars; of a budget per user, session or service, by the one that spent most',
  },
  budgetPace: {
    name: 'inferometer_budget_pace_usd_micro',
    type: 'gauge',
    labels: ['budget'],
    help: 'What a budget will have cost at the end of its period at the pace so far in micro-dollars; at least a quarter of the period counts as passed',
  },
  budgetLimit: {
    name: 'inferometer_budget_limit_usd_micro',
    type: 'gauge',
    labels: ['budget'],
    help: 'Limit of a budget in micro-dollars',
  },
  budgetExceeded: {
    name: 'inferometer_budget_exceeded',
    type: 'gauge',
    labels: ['budget'],
    help: 'How many users, sessions or services of a budget, or 1 for a budget as a whole, have spent more than its limit',
  },
} as const satisfies Record<string, MetricDefinition>

export type SelfMetric = keyof typeof selfMetrics

/** Metrics of the process, under the names that every Prometheus client library uses. */
export const processMetrics = {
  residentMemory: {
    name: 'process_resident_memory_bytes',
    type: 'gauge',
    labels: [],
    help: 'Resident memory of the process in bytes',
  },
  cpu: counter('process_cpu_seconds_total', [], 'User and system CPU time of the process in seconds'),
  startTime: {
    name: 'process_start_time_seconds',
    type: 'gauge',
    labels: [],
    help: 'Start of the process in seconds since the Unix epoch',
  },
  eventLoopLag: {
    name: 'nodejs_eventloop_lag_seconds',
    type: 'gauge',
    labels: [],
    help: 'Longest delay of the event loop since the last scrape in seconds',
  },
} as const satisfies Record<string, MetricDefinition>

/** What a label value over its cap becomes. */
export const overflowLabel = '__other__'
