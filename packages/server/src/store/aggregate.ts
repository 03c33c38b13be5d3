/** What can be asked of the recorded calls as a whole: sums and distributions, by dimension and over time. */

export const dimensions = [
  'serviceName',
  'provider',
  'model',
  'operation',
  'status',
  'errorType',
  'finishReason',
  'userId',
  'sessionId',
  'tag',
] as const
/**
 * As in the metrics: `model` is the requested model, else the one that answered; a call that was no success has an
 * `errorType`. A call counts once under each of its tags.
 */
export type Dimension = (typeof dimensions)[number]

/** What is added up. `@inferometer/core/panels/terms` says which field of which calls. */
export const amounts = [
  'calls',
  'failedCalls',
  'cancelledCalls',
  'retriedCalls',
  'errors',
  'attempts',
  'retries',
  'findings',
  'piiCalls',
  'injectionCalls',
  'unpricedCalls',
  'usageMissingCalls',
  'inputTokens',
  'outputTokens',
  'cacheReadTokens',
  'cacheWriteTokens',
  'reasoningTokens',
  'costNanoUsd',
] as const
export type Amount = (typeof amounts)[number]

export const durations = ['latencyMs', 'ttftMs', 'timePerOutputTokenMs'] as const
export type Duration = (typeof durations)[number]

export type Measure =
  | { readonly kind: 'amount'; readonly of: Amount }
  /** Exact, interpolated between the two nearest calls; 0 is the least and 1 the greatest. */
  | { readonly kind: 'quantile'; readonly of: Duration; readonly quantile: number }
  | { readonly kind: 'average'; readonly of: Duration }

/** Calls whose value is one of these; null stands for calls that have none. */
export interface Condition {
  readonly dimension: Dimension
  readonly oneOf: readonly (string | null)[]
}

export interface AggregateRequest {
  readonly measures: readonly Measure[]
  readonly by: readonly Dimension[]
  readonly where: readonly Condition[]
  /** Start time at or after, and before: microseconds since the Unix epoch. */
  readonly sinceUs: number | null
  readonly untilUs: number | null
  /** One row per this much time, in steps that begin at the Unix epoch; null for one row in all. */
  readonly stepUs: number | null
  /** The greatest of this measure first, by its index. Over time, within each step. */
  readonly orderBy: number
  readonly limit: number
}

export interface AggregateRow {
  /** Start of the step; null without steps. */
  readonly timeUs: number | null
  /** The values of `by`, in its order; null where the calls have none. */
  readonly key: readonly (string | null)[]
  /** The measures, in order; null where nothing is known, which is not 0. */
  readonly values: readonly (number | null)[]
}
