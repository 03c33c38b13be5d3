/** Schemas of GET /v1/traces and /v1/traces/{trace_id}. */
import Type, { type Static, type TSchema } from 'typebox'
import { CallView } from '../api.ts'

const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const strict = { additionalProperties: false }

export const TraceId = Type.Object({ trace_id: Type.String({ pattern: '^[0-9a-fA-F]{32}$' }) }, strict)

const spanFields = {
  span_id: Type.String(),
  parent_span_id: Nullable(Type.String({ description: 'As sent; it may be a span that is not kept' })),
  depth: Type.Integer({ description: '0 for a root; each span follows the one above it, in order of start' }),
  name: Type.String(),
  kind: Type.String({ description: 'call, or what a node is: agent, tool, retrieval, workflow, chain …' }),
  service_name: Type.String(),
  started_at: Type.String({ description: 'ISO 8601, UTC, to the microsecond' }),
  offset_ms: Type.Number({ description: 'From the start of the trace' }),
  duration_ms: Type.Number(),
  status: Type.String(),
  error_type: Nullable(Type.String()),
}

export const TraceView = Type.Object({
  trace_id: Type.String(),
  started_at: Type.String(),
  duration_ms: Type.Number(),
  spans: Type.Array(
    Type.Object({
      ...spanFields,
      tool_name: Nullable(Type.String()),
      tool_call_id: Nullable(Type.String()),
      agent_name: Nullable(Type.String()),
      links: Type.Array(Type.Object({ trace_id: Type.String(), span_id: Type.String() })),
      source: Type.String({ description: 'What saw the span' }),
      call: Nullable(CallView),
    }),
    { description: 'Calls and nodes as one tree, written in the order of its lines' },
  ),
})
export type TraceView = Static<typeof TraceView>

export const TracesQuery = Type.Object(
  {
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
    before: Type.Optional(Type.Integer({ minimum: 1, description: 'next_before of the page before' })),
    service_name: Type.Optional(
      Type.String({ maxLength: 1_024, description: 'Only traces with a call of this service' }),
    ),
  },
  strict,
)

export const TracesAnswer = Type.Object({
  traces: Type.Array(
    Type.Object({
      trace_id: Type.String(),
      started_at: Type.String(),
      duration_ms: Type.Number({ description: 'From the start of the first call to the end of the last' }),
      calls: Type.Integer(),
      failed_calls: Type.Integer(),
      services: Type.Array(Type.String()),
      models: Type.Array(Type.String()),
      prompt_tokens: Nullable(Type.Integer()),
      completion_tokens: Nullable(Type.Integer()),
      cost_usd_micro: Nullable(Type.Number()),
    }),
  ),
  next_before: Nullable(Type.Integer({ description: 'Ask with before=… for older traces; null at the end' })),
})
export type TracesAnswer = Static<typeof TracesAnswer>
