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
  'source',
  'usageSource',
  'requestModel',
  'responseModel',
  'priceVersion',
  'errorCode',
  'finishReasonRaw',
  'requestId',
  'responseId',
  'httpStatus',
  'findingKind',
  'pattern',
] as const
/**
 * As in the metrics: `model` is the requested model, else the one that answered; a call that was no success has an
 * `errorType`. A call counts once under each of its tags. By `httpStatus` (`none` where no response arrived) single
 * attempts are counted, and by `findingKind` and `pattern` single findings, or the calls that have one: nothing else can
 * be added up by them.
 */
export type Dimension = (typeof dimensions)[number]

/** What is added up. `@inferometer/core/panels/terms` says which field of which calls. */
export const amounts = [
  'calls',
  'failedCalls',
  'cancelledCalls',
  'retriedCalls',
  'errors',
  'finishedCalls',
  'attempts',
  'rateLimitedAttempts',
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

/** What a row of the answer is a part of: calls, or what calls have many of. */
export type Grain = 'calls' | 'attempts' | 'findings'

const grains: Partial<Record<Dimension, Grain>> = {
  httpStatus: 'attempts',
  findingKind: 'findings',
  pattern: 'findings',
}
const countable: Readonly<Record<Exclude<Grain, 'calls'>, readonly Amount[]>> = {
  attempts: ['attempts', 'rateLimitedAttempts'],
  findings: ['findings', 'calls'],
}

/** Throws where the request adds up calls by what one call has many of: it would count them more than once. */
export function grainOf({ by, measures }: Pick<AggregateRequest, 'by' | 'measures'>): Grain {
  const [grain = 'calls', ...others] = new Set(by.flatMap((dimension) => grains[dimension] ?? []))
  if (others.length > 0) throw new Error(`BUG: ${by.join(', ')} cannot be grouped by together`)
  if (grain === 'calls') return grain
  const wrong = measures.find((measure) => measure.kind !== 'amount' || !countable[grain].includes(measure.of))
  if (wrong !== undefined) throw new Error(`BUG: ${wrong.of} cannot be grouped by ${by.join(', ')}`)
  return grain
}
