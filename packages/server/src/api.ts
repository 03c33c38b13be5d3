/**
 * Schemas of the REST API (TypeBox). Requests are validated by them and OpenAPI is made from them; docs/reference/api.md follows.
 * Names are the contract. They live here and not in core because core has no dependencies.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { errorTypes } from '@inferometer/core/call'
import { maxCostNanoUsd, maxTokens } from '@inferometer/core/call-limits'
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify'
import Type, { type Static, type TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { fileFields } from './api-files.ts'

/** The web application that the routes of the API are added to. */
export type RestApp = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>

/** A field that may be left out or be null: both say "not known". */
const Unknown = <T extends TSchema>(schema: T) => Type.Optional(Type.Union([schema, Type.Null()]))
const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const strict = { additionalProperties: false }

const latencyMsAtMost = 86_400_000
const costUsdMicroAtMost = maxCostNanoUsd / 1_000
const nameChars = 1_024

const Tokens = (description: string) => Type.Integer({ minimum: 0, maximum: maxTokens, description })
const Milliseconds = (description: string) => Type.Number({ minimum: 0, maximum: latencyMsAtMost, description })
const Name = (description: string) => Type.String({ minLength: 1, maxLength: nameChars, description })

export const RecordBody = Type.Object(
  {
    model: Name('Model that was asked for'),
    provider: Name('Provider of the model, e.g. the OpenTelemetry gen_ai.provider.name'),
    service_name: Name('Service that made the call'),
    prompt_tokens: Nullable(Tokens('Input tokens, cached ones included; null where not known')),
    completion_tokens: Nullable(Tokens('Output tokens, reasoning included; null where not known')),
    latency_ms_total: Milliseconds('From before the first attempt to the last byte, in milliseconds; at most a day'),
    latency_ms_ttft: Unknown(
      Milliseconds('From the same start to the first content token; not above latency_ms_total'),
    ),
    finish_reason: Unknown(Name("Why the model stopped, in the provider's own word")),
    status: Type.Enum(['success', 'error', 'cancelled'], { description: 'How the call ended' }),
    pii_detected: Unknown(Type.Boolean({ description: 'Personal data was found in the prompt' })),
    injection_attempt: Unknown(Type.Boolean({ description: 'A prompt injection was found in the prompt' })),
    retry_count: Unknown(Type.Integer({ minimum: 0, maximum: 1_000, description: 'Attempts after the first' })),
    cost_usd_micro: Unknown(
      Type.Number({
        minimum: 0,
        maximum: costUsdMicroAtMost,
        description: 'Cost in micro-dollars, exact to a thousandth. Wins over the price table',
      }),
    ),
    cached_tokens: Unknown(Tokens('Input tokens read from a cache, a part of prompt_tokens')),
    reasoning_tokens: Unknown(Tokens('Output tokens spent on reasoning, a part of completion_tokens')),
    error_type: Unknown(Type.Enum([...errorTypes], { description: 'Kind of the error; not with status success' })),
    user_id: Unknown(Name('End user')),
    session_id: Unknown(Name('Session or conversation')),
    trace_id: Unknown(
      Type.String({ pattern: '^[0-9a-fA-F]{32}$', description: 'Trace of the call. Generated where not given' }),
    ),
    span_id: Unknown(
      Type.String({
        pattern: '^[0-9a-fA-F]{16}$',
        description: 'Needs trace_id. The same pair of ids is recorded once. Generated where not given',
      }),
    ),
    started_at: Unknown(
      Type.Union([
        Type.String({ maxLength: 40, description: 'ISO 8601 with Z or an offset, to the microsecond' }),
        Type.Number({ description: 'Since the Unix epoch, in seconds, milliseconds or microseconds' }),
      ]),
    ),
  },
  strict,
)
export type RecordBody = Static<typeof RecordBody>
export const recordValidator = Compile(RecordBody)

export const RecordBatchBody = Type.Object({ spans: Type.Array(RecordBody, { minItems: 1 }) }, strict)
/** The same with its records unread: each is validated by itself, so that good ones can be taken without the bad. */
export const recordBatchValidator = Compile(Type.Object({ spans: Type.Array(Type.Unknown(), { minItems: 1 }) }, strict))

export const InitBody = Type.Object(
  { port: Type.Optional(Type.Integer({ minimum: 1, maximum: 65_535, description: 'Default: the configured port' })) },
  strict,
)
export const ScanBody = Type.Object({ prompt: Type.String({ description: 'Text to scan' }) }, strict)

const ChatMessage = Type.Object({
  role: Name('Who speaks'),
  content: Type.Optional(
    Nullable(
      Type.Union([
        Type.String(),
        Type.Array(Type.Object({ type: Type.String(), text: Type.Optional(Type.String()) }), {
          description: 'Parts; only text is counted',
        }),
      ]),
    ),
  ),
})
export const CountBody = Type.Object(
  {
    prompt: Type.Union([Type.String(), Type.Array(ChatMessage, { maxItems: 10_000 })], {
      description: 'Text, or chat messages',
    }),
    model: Name('Model whose tokens are meant'),
  },
  strict,
)
export type CountBody = Static<typeof CountBody>

const ProblemList = Type.Array(Type.Object({ path: Type.String(), message: Type.String() }))

export const ErrorAnswer = Type.Object({
  error: Type.Object({
    code: Type.String({ description: 'A code of the error table' }),
    message: Type.String(),
    problems: Type.Optional(ProblemList),
  }),
})

export const RecordAnswer = Type.Object({
  recorded: Type.Boolean(),
  cost_usd_micro: Nullable(Type.Number({ description: 'Null where no price is known' })),
  price_version: Nullable(Type.String()),
  duplicate: Type.Optional(
    Type.Boolean({ description: 'True when these ids had been recorded before: nothing was counted again' }),
  ),
})
export const RecordBatchAnswer = Type.Object({
  recorded_count: Type.Integer({ description: 'Newly recorded' }),
  duplicate_count: Type.Optional(Type.Integer({ description: 'Recorded before, not counted again; absent when none' })),
  rejected: Type.Optional(
    Type.Array(Type.Object({ index: Type.Integer(), problems: ProblemList }), {
      description: 'With partial=true: the spans that were not recorded; absent when none',
    }),
  ),
})
export const InitAnswer = Type.Object({ initialized: Type.Boolean(), message: Type.String() })
export const CountAnswer = Type.Object({ tokens: Type.Integer(), method: Type.String() })

const ListedPrices = {
  input_price_per_1m: Type.Number({ description: 'US dollars per million tokens' }),
  output_price_per_1m: Type.Number(),
  cached_input_price_per_1m: Nullable(Type.Number()),
  cache_write_price_per_1m: Nullable(Type.Number()),
  cache_write_1h_price_per_1m: Nullable(Type.Number()),
}
export const PricesAnswer = Type.Object({
  ...fileFields,
  version: Type.String({ description: 'Names the table as a whole' }),
  prices: Type.Array(
    Type.Object({
      model: Type.String(),
      provider: Type.String(),
      version: Type.String(),
      origin: Type.Enum(['file', 'bundled'], { description: "The user's file, or the bundled catalogue" }),
      ...ListedPrices,
      aliases: Type.ReadonlyType(Type.Array(Type.String())),
      price_per_request: Type.Number(),
      mode: Type.String({ description: 'How the tiers apply' }),
      tiers: Type.Array(Type.Object({ above_input_tokens: Type.Integer(), ...ListedPrices })),
      effective_from: Nullable(Type.String()),
      hours_utc: Nullable(Type.Object({ start_second: Type.Integer(), end_second: Type.Integer() })),
    }),
  ),
})
export const ReloadAnswer = Type.Object({ reloaded: Type.Boolean(), version: Type.String() })

/** A recorded call, in the words of a record; null is "not known". */
export const CallView = Type.Object({
  seq: Nullable(Type.Integer({ description: 'Place in the order of recording; null when asked for by its ids' })),
  trace_id: Type.String(),
  span_id: Type.String(),
  parent_span_id: Nullable(Type.String()),
  service_name: Type.String(),
  operation: Type.String(),
  provider: Type.String(),
  model: Type.String({ description: 'As in the metrics: the model asked for, else the one that answered' }),
  request_model: Nullable(Type.String()),
  response_model: Nullable(Type.String()),
  started_at: Type.String({ description: 'ISO 8601, UTC, to the microsecond' }),
  latency_ms_total: Type.Number(),
  latency_ms_ttft: Nullable(Type.Number()),
  streaming: Type.Boolean(),
  stall_count: Nullable(Type.Integer()),
  stall_ms: Nullable(Type.Number()),
  stalls: Type.Array(
    Type.Object({
      start_ms: Type.Number({ description: 'From the start of the call to the chunk before the gap' }),
      duration_ms: Type.Number(),
    }),
    { description: 'The first of them in order; empty where the sender tells only how many' },
  ),
  status: Type.String(),
  error_type: Nullable(Type.String()),
  error_code: Nullable(Type.String()),
  error_message: Nullable(Type.String()),
  http_status: Nullable(Type.Integer()),
  prompt_tokens: Nullable(Type.Integer()),
  completion_tokens: Nullable(Type.Integer()),
  cached_tokens: Nullable(Type.Integer()),
  cache_write_tokens: Nullable(Type.Integer()),
  reasoning_tokens: Nullable(Type.Integer()),
  usage_source: Type.String(),
  finish_reason: Nullable(Type.String()),
  finish_reason_raw: Nullable(Type.String()),
  response_id: Nullable(Type.String()),
  request_id: Nullable(Type.String()),
  retry_count: Type.Integer(),
  attempts: Type.Array(
    Type.Object({
      start_ms: Type.Number(),
      duration_ms: Type.Number(),
      wait_ms: Type.Number(),
      http_status: Nullable(Type.Integer()),
      error_type: Nullable(Type.String()),
    }),
  ),
  tool_calls: Type.Array(
    Type.Object({ id: Nullable(Type.String()), name: Type.String(), arguments: Nullable(Type.String()) }),
  ),
  user_id: Nullable(Type.String()),
  session_id: Nullable(Type.String()),
  tags: Type.Array(Type.String()),
  cost_usd_micro: Nullable(Type.Number()),
  price_version: Nullable(Type.String()),
  reported_cost_usd_micro: Nullable(
    Type.Number({ description: 'What the provider or the emitter of the span says; never counted as cost' }),
  ),
  pii_detected: Type.Boolean(),
  injection_attempt: Type.Boolean(),
  findings: Type.Array(
    Type.Object({ type: Type.String(), pattern: Type.String(), start: Type.Integer(), end: Type.Integer() }),
  ),
  content: Type.Optional(
    Nullable(
      Type.Object(
        {
          input: Nullable(Type.Array(Type.Object({ role: Type.String(), text: Type.String() }))),
          output: Nullable(Type.String()),
        },
        { description: 'Null where none is kept. In lists only when asked for' },
      ),
    ),
  ),
  source: Type.String({ description: 'What saw the call' }),
})
export type CallView = Static<typeof CallView>

export const CallIds = Type.Object(
  { trace_id: Type.String({ pattern: '^[0-9a-fA-F]{32}$' }), span_id: Type.String({ pattern: '^[0-9a-fA-F]{16}$' }) },
  strict,
)
export const CallsAnswer = Type.Object({
  calls: Type.Array(CallView),
  next_cursor: Nullable(Type.String({ description: 'Ask with cursor=… for what follows; null at the end' })),
  through: Type.Integer({ description: 'Seq of the last call that was looked at' }),
  total: Type.Optional(Type.Integer({ description: 'With total=true: how many match' })),
  total_is_least: Type.Optional(Type.Boolean({ description: 'True: there may be more than total' })),
})

export const HealthAnswer = Type.Object({
  initialized: Type.Boolean({ description: 'Metrics are being served' }),
  message: Type.String(),
  last_scrape: Nullable(Type.String({ description: 'ISO 8601, UTC; null before the first' })),
  series: Type.Integer(),
  series_limit: Type.Integer(),
  store: Type.Object({
    health: Type.String(),
    message: Nullable(Type.String()),
    calls: Type.Integer(),
    disk_bytes: Type.Integer(),
    pending_calls: Type.Integer({ description: 'Accepted and not yet committed' }),
    last_commit_ms: Nullable(Type.Number()),
  }),
  forward: Type.Object({
    destinations: Type.Array(
      Type.Object({
        name: Type.String(),
        pending_calls: Type.Integer({ description: 'Committed and not yet handed over' }),
        lag_seconds: Type.Number({ description: 'How long ago the oldest of them ended' }),
        problem: Nullable(Type.String({ description: 'Why it does not get on' })),
      }),
    ),
  }),
})
