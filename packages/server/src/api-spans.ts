/** Schemas of POST /v1/spans: spans as plain JSON, for whoever has no OpenTelemetry exporter at hand. */
import Type, { type Static, type TSchema } from 'typebox'
import { Compile } from 'typebox/compile'

const strict = { additionalProperties: false }
const Optional = <T extends TSchema>(schema: T) => Type.Optional(Type.Union([schema, Type.Null()]))

const nameChars = 1_024
const Name = (description: string) => Type.String({ minLength: 1, maxLength: nameChars, description })
const Time = (description: string) =>
  Type.Union([Type.String({ maxLength: 40 }), Type.Number()], {
    description: `${description}: ISO 8601 with Z or an offset; a number of seconds, milliseconds or microseconds; or nanoseconds as text`,
  })
const TraceIdText = Type.String({ pattern: '^[0-9a-fA-F]{32}$' })
const SpanIdText = Type.String({ pattern: '^[0-9a-fA-F]{16}$' })
const AttributeValues = (description: string) => Optional(Type.Record(Type.String(), Type.Unknown(), { description }))

const Event = Type.Object(
  { name: Name('Of the event'), time: Optional(Time('When it happened')), attributes: AttributeValues('Of the event') },
  strict,
)

export const SpanBody = Type.Object(
  {
    trace_id: TraceIdText,
    span_id: SpanIdText,
    parent_span_id: Optional(SpanIdText),
    name: Name('Name of the span'),
    start_time: Time('Start'),
    end_time: Time('End'),
    attributes: AttributeValues('As the instrumentation writes them: gen_ai.*, llm.*, ai.* …, in any dialect'),
    status: Optional(
      Type.Union([
        Type.Enum(['unset', 'ok', 'error']),
        Type.Object({ code: Type.Enum(['unset', 'ok', 'error']), message: Optional(Type.String()) }, strict),
      ]),
    ),
    events: Optional(Type.Array(Event, { maxItems: 10_000 })),
    links: Optional(
      Type.Array(Type.Object({ trace_id: TraceIdText, span_id: SpanIdText }, strict), { maxItems: 1_000 }),
    ),
    service_name: Optional(Name('Service that made the span; else service.name of the resource')),
    resource: AttributeValues('Attributes of the resource'),
    scope: Optional(
      Type.Object(
        { name: Name('Instrumentation scope, which says the dialect'), version: Optional(Type.String()) },
        strict,
      ),
    ),
  },
  strict,
)
export type SpanBody = Static<typeof SpanBody>
export const spanValidator = Compile(SpanBody)

export const SpansBody = Type.Object({ spans: Type.Array(SpanBody, { minItems: 1 }) }, strict)
/** The same with its spans unread: each is validated by itself. */
export const spansValidator = Compile(Type.Object({ spans: Type.Array(Type.Unknown(), { minItems: 1 }) }, strict))

export const SpansQuery = Type.Object({ partial: Type.Optional(Type.Boolean()) }, strict)

export const SpansAnswer = Type.Object({
  accepted_count: Type.Integer({ description: 'Spans that were taken, whatever they are' }),
  recorded_count: Type.Integer({ description: 'Model calls among them that were recorded' }),
  duplicate_count: Type.Integer({ description: 'Model calls that had been recorded before' }),
  rejected: Type.Optional(
    Type.Array(
      Type.Object({
        index: Type.Integer(),
        problems: Type.Array(Type.Object({ path: Type.String(), message: Type.String() })),
      }),
    ),
  ),
})
export type SpansAnswer = Static<typeof SpansAnswer>
