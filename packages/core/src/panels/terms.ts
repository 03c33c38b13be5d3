/**
 * What a panel asks, in terms that both homes of the dashboards can answer: `writePromql` makes a PromQL expression of
 * it, and a store of calls answers it from the records.
 */
import { callMetrics, type MetricDefinition } from '../metrics.ts'

/** What calls can be grouped by, and the label that says the same in metrics. */
export const dimensionLabels = {
  model: 'model',
  provider: 'provider',
  serviceName: 'service_name',
  status: 'status',
  errorType: 'error_type',
  finishReason: 'finish_reason',
  httpStatus: 'http_status',
  findingKind: 'kind',
  pattern: 'pattern',
} as const
export type Dimension = keyof typeof dimensionLabels

export interface AmountDefinition {
  readonly metric: MetricDefinition
  /** The part of the metric's series that are meant. */
  readonly where?: Readonly<Record<string, string>>
  /** What one unit of the metric is in units of the amount; 1 unless given. */
  readonly divisor?: number
  /** What it means that there is nothing to add up: none, or that nobody knows. */
  readonly absent: 'none' | 'unknown'
}

/** What can be added up over calls. The comment says which field of which calls, in terms of `LlmCall`. */
export const amounts = {
  /** Every call. */
  calls: { metric: callMetrics.spans, absent: 'none' },
  /** `status` is error. */
  failedCalls: { metric: callMetrics.spans, where: { status: 'error' }, absent: 'none' },
  /** `retryCount` > 0. */
  retriedCalls: { metric: callMetrics.spans, where: { has_retries: 'true' }, absent: 'none' },
  /** `finishReason` is known. */
  finishedCalls: { metric: callMetrics.finishReasons, absent: 'none' },
  /** `status` is not success; the type of a call without `errorType` is cancelled or other. */
  errors: { metric: callMetrics.errors, absent: 'none' },
  /** Elements of `attempts`; where there are none, the call itself if its `httpStatus` is known. */
  attempts: { metric: callMetrics.attempts, absent: 'none' },
  /** Attempts that were answered with 429. */
  rateLimitedAttempts: { metric: callMetrics.attempts, where: { http_status: '429' }, absent: 'none' },
  /** Elements of `findings`. */
  findings: { metric: callMetrics.findings, absent: 'none' },
  /** Calls with a finding of kind pii. */
  piiCalls: { metric: callMetrics.pii, absent: 'none' },
  /** Calls with a finding of kind injection. */
  injectionCalls: { metric: callMetrics.injections, absent: 'none' },
  /** `costNanoUsd` is null though tokens are known. */
  unpricedCalls: { metric: callMetrics.unpriced, absent: 'none' },
  /** `status` is success and `usageSource` is not provider. */
  usageMissingCalls: { metric: callMetrics.usageMissing, absent: 'none' },
  inputTokens: { metric: callMetrics.tokens, where: { token_type: 'prompt' }, absent: 'unknown' },
  outputTokens: { metric: callMetrics.tokens, where: { token_type: 'completion' }, absent: 'unknown' },
  cacheReadTokens: { metric: callMetrics.tokensDetail, where: { token_type: 'cache_read' }, absent: 'unknown' },
  cacheWriteTokens: { metric: callMetrics.tokensDetail, where: { token_type: 'cache_write' }, absent: 'unknown' },
  reasoningTokens: { metric: callMetrics.tokensDetail, where: { token_type: 'reasoning' }, absent: 'unknown' },
  /** `costNanoUsd`, in dollars. */
  costUsd: { metric: callMetrics.cost, divisor: 1e6, absent: 'unknown' },
} as const satisfies Record<string, AmountDefinition>
export type Amount = keyof typeof amounts

/** What has a distribution over calls, in milliseconds. `timePerOutputToken`: `timePerOutputTokenMs` of streamed calls. */
export const durations = {
  latencyMs: callMetrics.latency,
  ttftMs: callMetrics.ttft,
  timePerOutputTokenMs: callMetrics.timePerOutputToken,
} as const satisfies Record<string, MetricDefinition>
export type Duration = keyof typeof durations

/**
 * `second`, `hour`, `day`: the pace, as if the window went on for that long. `window`: the sum in the window.
 * `ever`: the running sum since the first call that is kept.
 */
export type Over = 'second' | 'hour' | 'day' | 'window' | 'ever'

export type Measure =
  | { readonly kind: 'amount'; readonly of: Amount; readonly over: Over }
  /** No answer where the whole is 0. */
  | { readonly kind: 'ratio'; readonly of: Amount; readonly to: Amount }
  /** `weeksAgo`: of a window that lies so much earlier. */
  | { readonly kind: 'quantile'; readonly of: Duration; readonly quantile: number; readonly weeksAgo?: number }
  | { readonly kind: 'average'; readonly of: Duration }

export interface PanelTerms {
  readonly measure: Measure
  /** One series, bar, slice or row for each combination of values. */
  readonly by: readonly Dimension[]
  /** Only so many, the greatest. */
  readonly top?: number
}
