/** Schemas of GET /v1/calls and its tail, and what their words stand for. */
import { errorTypes, finishReasons } from '@inferometer/core/call'
import Type, { type Static, type TSchema } from 'typebox'
import type { RangeField, SortField } from '../call-search.ts'
import type { Dimension } from './aggregate-source.ts'

const strict = { additionalProperties: false }
const valueChars = 1_024
const valuesPerFilter = 200

/** What calls are ordered by, named as on a call. */
export const sortNames: ReadonlyMap<string, SortField> = new Map([
  ['recorded', 'seq'],
  ['started_at', 'startTime'],
  ['service_name', 'serviceName'],
  ['provider', 'provider'],
  ['model', 'model'],
  ['operation', 'operation'],
  ['status', 'status'],
  ['error_type', 'errorType'],
  ['http_status', 'httpStatus'],
  ['finish_reason', 'finishReason'],
  ['latency_ms_total', 'latencyMs'],
  ['latency_ms_ttft', 'ttftMs'],
  ['prompt_tokens', 'inputTokens'],
  ['completion_tokens', 'outputTokens'],
  ['cached_tokens', 'cacheReadTokens'],
  ['reasoning_tokens', 'reasoningTokens'],
  ['cost_usd_micro', 'costNanoUsd'],
  ['retry_count', 'retryCount'],
  ['findings', 'findings'],
  ['user_id', 'userId'],
  ['session_id', 'sessionId'],
])

const nanoUsdPerMicro = 1_000

/** Each is asked for as `<name>_min` and `<name>_max`. */
export const rangeNames: ReadonlyMap<string, { readonly of: RangeField; readonly factor: number }> = new Map([
  ['latency_ms_total', { of: 'latencyMs', factor: 1 }],
  ['latency_ms_ttft', { of: 'ttftMs', factor: 1 }],
  ['prompt_tokens', { of: 'inputTokens', factor: 1 }],
  ['completion_tokens', { of: 'outputTokens', factor: 1 }],
  ['cached_tokens', { of: 'cacheReadTokens', factor: 1 }],
  ['cache_write_tokens', { of: 'cacheWriteTokens', factor: 1 }],
  ['reasoning_tokens', { of: 'reasoningTokens', factor: 1 }],
  ['stall_count', { of: 'stallCount', factor: 1 }],
  ['stall_ms', { of: 'stallMs', factor: 1 }],
  ['cost_usd_micro', { of: 'costNanoUsd', factor: nanoUsdPerMicro }],
  ['retry_count', { of: 'retryCount', factor: 1 }],
])

const OneOrMore = <T extends TSchema>(schema: T, description: string) =>
  Type.Optional(
    Type.Union([schema, Type.Array(schema, { minItems: 1, maxItems: valuesPerFilter })], {
      description: `${description}. Given several times: one of them`,
    }),
  )
const Word = Type.String({ maxLength: valueChars })

/** An empty value asks for calls that have none. */
export const dimensionFilters = {
  service_name: { dimension: 'serviceName', schema: Word },
  provider: { dimension: 'provider', schema: Word },
  model: { dimension: 'model', schema: Word },
  operation: { dimension: 'operation', schema: Word },
  status: { dimension: 'status', schema: Type.Enum(['success', 'error', 'cancelled']) },
  error_type: { dimension: 'errorType', schema: Type.Enum([...errorTypes, '']) },
  finish_reason: { dimension: 'finishReason', schema: Type.Enum([...finishReasons, '']) },
  user_id: { dimension: 'userId', schema: Word },
  session_id: { dimension: 'sessionId', schema: Word },
  tag: { dimension: 'tag', schema: Word },
  source: { dimension: 'source', schema: Word },
  usage_source: { dimension: 'usageSource', schema: Type.Enum(['provider', 'estimated', 'missing']) },
  request_model: { dimension: 'requestModel', schema: Word },
  response_model: { dimension: 'responseModel', schema: Word },
  price_version: { dimension: 'priceVersion', schema: Word },
  error_code: { dimension: 'errorCode', schema: Word },
  finish_reason_raw: { dimension: 'finishReasonRaw', schema: Word },
  request_id: { dimension: 'requestId', schema: Word },
  response_id: { dimension: 'responseId', schema: Word },
} as const satisfies Record<string, { readonly dimension: Dimension; readonly schema: TSchema }>

const Dimensions = Type.Object({
  service_name: OneOrMore(Word, 'Service that made the call'),
  provider: OneOrMore(Word, 'Provider'),
  model: OneOrMore(Word, 'Model, as in the metrics'),
  operation: OneOrMore(Word, 'chat, text_completion or embeddings'),
  status: OneOrMore(dimensionFilters.status.schema, 'How the call ended'),
  error_type: OneOrMore(dimensionFilters.error_type.schema, 'Kind of the error; empty: none'),
  finish_reason: OneOrMore(dimensionFilters.finish_reason.schema, 'Why the model stopped; empty: not known'),
  user_id: OneOrMore(Word, 'End user; empty: none'),
  session_id: OneOrMore(Word, 'Session; empty: none'),
  tag: OneOrMore(Word, 'Tag; empty: none'),
  source: OneOrMore(Word, 'What saw the call'),
  usage_source: OneOrMore(dimensionFilters.usage_source.schema, 'Where the token counts come from'),
  request_model: OneOrMore(Word, 'Model that was asked for; empty: not known'),
  response_model: OneOrMore(Word, 'Model that answered; empty: not known'),
  price_version: OneOrMore(Word, 'Version of the price; empty: not priced by a table'),
  error_code: OneOrMore(Word, "The provider's own word for the error; empty: none"),
  finish_reason_raw: OneOrMore(Word, "The provider's own word for why the model stopped; empty: not known"),
  request_id: OneOrMore(Word, "The provider's id of the request; empty: not known"),
  response_id: OneOrMore(Word, "The provider's id of the response; empty: not known"),
})

const Bound = (description: string) => Type.Optional(Type.Number({ minimum: 0, description }))
const Ranges = Type.Object({
  latency_ms_total_min: Bound('Latency of at least'),
  latency_ms_total_max: Bound('Latency of at most'),
  latency_ms_ttft_min: Bound('Time to first token of at least'),
  latency_ms_ttft_max: Bound('Time to first token of at most'),
  prompt_tokens_min: Bound('Prompt tokens of at least'),
  prompt_tokens_max: Bound('Prompt tokens of at most'),
  completion_tokens_min: Bound('Completion tokens of at least'),
  completion_tokens_max: Bound('Completion tokens of at most'),
  cached_tokens_min: Bound('Tokens read from a cache of at least'),
  cached_tokens_max: Bound('Tokens read from a cache of at most'),
  cache_write_tokens_min: Bound('Tokens written to a cache of at least'),
  cache_write_tokens_max: Bound('Tokens written to a cache of at most'),
  reasoning_tokens_min: Bound('Reasoning tokens of at least'),
  reasoning_tokens_max: Bound('Reasoning tokens of at most'),
  stall_count_min: Bound('Stalls of at least'),
  stall_count_max: Bound('Stalls of at most'),
  stall_ms_min: Bound('Time lost in stalls of at least'),
  stall_ms_max: Bound('Time lost in stalls of at most'),
  cost_usd_micro_min: Bound('Cost of at least, in micro-dollars'),
  cost_usd_micro_max: Bound('Cost of at most, in micro-dollars'),
  retry_count_min: Bound('Retries of at least'),
  retry_count_max: Bound('Retries of at most'),
})

const Others = Type.Object({
  http_status: OneOrMore(Type.Integer({ minimum: 100, maximum: 599 }), 'HTTP status of the answer or of any attempt'),
  has_retries: Type.Optional(Type.Boolean({ description: 'Needed more than one attempt, or not' })),
  finding: OneOrMore(Type.Enum(['pii', 'injection', 'shadow']), 'Has a finding of this kind'),
  pattern: Type.Optional(
    Type.String({ minLength: 1, maxLength: valueChars, description: 'Has a finding of this pattern' }),
  ),
  streaming: Type.Optional(Type.Boolean({ description: 'Was a stream, or not' })),
  tool: Type.Optional(
    Type.String({ minLength: 1, maxLength: valueChars, description: 'The model asked for this tool' }),
  ),
  agent: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: valueChars,
      description: 'Calls of traces in which an agent of this name took a step',
    }),
  ),
  trace_id: Type.Optional(Type.String({ pattern: '^[0-9a-fA-F]{32}$', description: 'Calls of this trace' })),
  search: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: valueChars,
      description:
        'Text that a kept prompt, answer, tool argument or error message contains, or a user, session, response or request id; in any case of letter',
    }),
  ),
  since: Type.Optional(
    Type.String({ maxLength: 40, description: 'Began then or later: ISO 8601, or so long ago: 90s, 15m, 24h, 7d' }),
  ),
  until: Type.Optional(Type.String({ maxLength: 40, description: 'Began before, in the same forms' })),
})

const filterFields = { ...Dimensions.properties, ...Ranges.properties, ...Others.properties }

export const limitAtMost = 1_000
export const offsetAtMost = 10_000_000
/** Counting goes no further. */
export const totalAtMost = 1_000_000

export const CallsQuery = Type.Object(
  {
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: limitAtMost, default: 100 })),
    sort: Type.Optional(Type.Enum([...sortNames.keys()], { description: 'Default: recorded, the order of recording' })),
    order: Type.Optional(Type.Enum(['desc', 'asc'], { description: 'Default: desc. Calls without a value come last' })),
    cursor: Type.Optional(
      Type.String({ maxLength: 4_096, description: 'next_cursor of the page before; with the same filters and sort' }),
    ),
    offset: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: offsetAtMost,
        description: 'Passes over so many. To go through all pages take cursor, which costs the same everywhere',
      }),
    ),
    through: Type.Optional(
      Type.Integer({ minimum: 0, description: 'through of an earlier answer: calls recorded since are left out' }),
    ),
    total: Type.Optional(
      Type.Boolean({ description: `Count the calls that match, up to ${totalAtMost}. Default: false` }),
    ),
    content: Type.Optional(Type.Boolean({ description: 'With the texts that are kept. Default: false' })),
    ...filterFields,
  },
  strict,
)
export type CallsQuery = Static<typeof CallsQuery>

export const TailQuery = Type.Object(filterFields, strict)
export type TailQuery = Static<typeof TailQuery>
