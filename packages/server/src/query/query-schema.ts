/** Schemas of POST /v1/query, and what its words stand for. */
import Type, { type Static, type TSchema } from 'typebox'
import type { Amount, Dimension, Measure } from './aggregate-source.ts'

const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const strict = { additionalProperties: false }

/** Most rows of one answer. */
export const rowsAtMost = 10_000
const valueChars = 1_024
const valuesPerFilter = 200

interface NamedMeasure {
  readonly measure: Measure
  /** What one unit of the answer is in units of the store. */
  readonly divisor?: number
}

const amount = (of: Amount): NamedMeasure => ({ measure: { kind: 'amount', of } })

function distribution(name: string, of: 'latencyMs' | 'ttftMs' | 'timePerOutputTokenMs') {
  const quantiles = { p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99, max: 1 }
  const measures: [string, NamedMeasure][] = [[`${name}_avg`, { measure: { kind: 'average', of } }]]
  for (const [suffix, quantile] of Object.entries(quantiles))
    measures.push([`${name}_${suffix}`, { measure: { kind: 'quantile', of, quantile } }])
  return measures
}

const nanoUsdPerMicro = 1_000

/** What can be measured, named as in the metrics. */
export const measureNames: ReadonlyMap<string, NamedMeasure> = new Map([
  ['calls', amount('calls')],
  ['failed_calls', amount('failedCalls')],
  ['cancelled_calls', amount('cancelledCalls')],
  ['retried_calls', amount('retriedCalls')],
  ['errors', amount('errors')],
  ['attempts', amount('attempts')],
  ['retries', amount('retries')],
  ['findings', amount('findings')],
  ['pii_detected', amount('piiCalls')],
  ['injection_attempts', amount('injectionCalls')],
  ['unpriced_calls', amount('unpricedCalls')],
  ['usage_missing', amount('usageMissingCalls')],
  ['prompt_tokens', amount('inputTokens')],
  ['completion_tokens', amount('outputTokens')],
  ['cache_read_tokens', amount('cacheReadTokens')],
  ['cache_write_tokens', amount('cacheWriteTokens')],
  ['reasoning_tokens', amount('reasoningTokens')],
  ['cost_usd_micro', { ...amount('costNanoUsd'), divisor: nanoUsdPerMicro }],
  ...distribution('latency_ms_total', 'latencyMs'),
  ...distribution('latency_ms_ttft', 'ttftMs'),
  ...distribution('time_per_output_token_ms', 'timePerOutputTokenMs'),
])

/** What calls can be grouped by and chosen by. */
export const dimensionNames: ReadonlyMap<string, Dimension> = new Map([
  ['model', 'model'],
  ['provider', 'provider'],
  ['service_name', 'serviceName'],
  ['operation', 'operation'],
  ['status', 'status'],
  ['error_type', 'errorType'],
  ['finish_reason', 'finishReason'],
  ['user_id', 'userId'],
  ['session_id', 'sessionId'],
  ['tag', 'tag'],
  ['source', 'source'],
  ['usage_source', 'usageSource'],
  ['request_model', 'requestModel'],
  ['response_model', 'responseModel'],
  ['price_version', 'priceVersion'],
  ['error_code', 'errorCode'],
  ['finish_reason_raw', 'finishReasonRaw'],
  ['finding', 'findingKind'],
  ['pattern', 'pattern'],
])

/** By these single findings are counted: of the measures only these say something. */
export const findingDimensions: readonly string[] = ['finding', 'pattern']
export const findingMeasures: readonly string[] = ['findings', 'calls']

const MeasureName = Type.Enum([...measureNames.keys()])
const FilterValue = Nullable(Type.String({ maxLength: valueChars }))
const Filter = Type.Optional(
  Type.Union([FilterValue, Type.Array(FilterValue, { minItems: 1, maxItems: valuesPerFilter })], {
    description: 'The value, or a list of which one must be met; null for calls that have none',
  }),
)
const Time = (description: string) => Type.Optional(Type.String({ maxLength: 40, description }))

export const QueryBody = Type.Object(
  {
    measures: Type.Array(MeasureName, { minItems: 1, maxItems: 20, description: 'What is added up over the calls' }),
    group_by: Type.Optional(
      Type.Array(Type.Enum([...dimensionNames.keys()]), {
        maxItems: 5,
        description:
          'One row for each combination of values; a call counts under each of its tags. By finding and pattern only findings and calls are counted',
      }),
    ),
    filters: Type.Optional(
      Type.Object(Object.fromEntries([...dimensionNames.keys()].map((name) => [name, Filter])), strict),
    ),
    since: Time('Calls that began then or later: ISO 8601, or so long ago: 90s, 15m, 24h, 7d. Default: all'),
    until: Time('Calls that began before, in the same forms. Default: now and later'),
    step: Type.Optional(
      Type.String({
        pattern: '^[1-9][0-9]{0,5}[smhd]$',
        description: 'A time series: one row per step, e.g. 1m. Steps begin at the Unix epoch; empty ones have no row',
      }),
    ),
    order_by: Type.Optional(
      Type.Enum([...measureNames.keys()], {
        description: 'One of the measures: the greatest first, within each step. Default: the first',
      }),
    ),
    limit: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: rowsAtMost,
        description: `The first so many rows. Without it an answer of more than ${rowsAtMost} rows is an error`,
      }),
    ),
  },
  strict,
)
export type QueryBody = Static<typeof QueryBody>

export const QueryFormat = Type.Object(
  { format: Type.Optional(Type.Enum(['json', 'csv'], { description: 'Default: csv if Accept asks for text/csv' })) },
  strict,
)

export const QueryAnswer = Type.Object({
  columns: Type.Array(Type.String(), { description: 'time (with a step), then group_by, then measures' }),
  rows: Type.Array(Type.Array(Nullable(Type.Union([Type.String(), Type.Number()]))), {
    description: 'Values by column. Null is "not known" (or, of a dimension, "none"), never 0',
  }),
})
export type QueryAnswer = Static<typeof QueryAnswer>
