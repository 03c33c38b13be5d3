/** A recorded call as the API tells it. */
export interface Attempt {
  readonly start_ms: number
  readonly duration_ms: number
  readonly wait_ms: number
  readonly http_status: number | null
  readonly error_type: string | null
}

export interface Finding {
  readonly type: string
  readonly pattern: string
  readonly start: number
  readonly end: number
}

export interface ToolCall {
  readonly id: string | null
  readonly name: string
  readonly arguments: string | null
}

export interface Content {
  readonly input: readonly { readonly role: string; readonly text: string }[] | null
  readonly output: string | null
}

export interface Call {
  readonly seq: number | null
  readonly trace_id: string
  readonly span_id: string
  readonly parent_span_id: string | null
  readonly service_name: string
  readonly operation: string
  readonly provider: string
  readonly model: string
  readonly request_model: string | null
  readonly response_model: string | null
  readonly started_at: string
  readonly latency_ms_total: number
  readonly latency_ms_ttft: number | null
  readonly streaming: boolean
  readonly stall_count: number | null
  readonly stall_ms: number | null
  readonly stalls: readonly { readonly start_ms: number; readonly duration_ms: number }[]
  readonly status: 'success' | 'error' | 'cancelled'
  readonly error_type: string | null
  readonly error_code: string | null
  readonly error_message: string | null
  readonly http_status: number | null
  readonly prompt_tokens: number | null
  readonly completion_tokens: number | null
  readonly cached_tokens: number | null
  readonly cache_write_tokens: number | null
  readonly reasoning_tokens: number | null
  readonly usage_source: string
  readonly finish_reason: string | null
  readonly finish_reason_raw: string | null
  readonly response_id: string | null
  readonly request_id: string | null
  readonly retry_count: number
  readonly attempts: readonly Attempt[]
  readonly tool_calls: readonly ToolCall[]
  readonly user_id: string | null
  readonly session_id: string | null
  readonly tags: readonly string[]
  readonly cost_usd_micro: number | null
  readonly price_version: string | null
  readonly reported_cost_usd_micro: number | null
  readonly findings: readonly Finding[]
  readonly content?: Content | null
  readonly source: string
}

const microPerUsd = 1_000_000

export const costUsd = ({ cost_usd_micro: micro }: Pick<Call, 'cost_usd_micro'>): number | null =>
  micro === null ? null : micro / microPerUsd

export const startMs = ({ started_at: at }: Pick<Call, 'started_at'>): number => Date.parse(at)

export const callPath = ({ trace_id, span_id }: Pick<Call, 'trace_id' | 'span_id'>): string =>
  `/calls/${trace_id}/${span_id}`

/** Why it has no cost. */
export function whyNoCost({ prompt_tokens, completion_tokens, model }: Call): string {
  return prompt_tokens === null && completion_tokens === null
    ? 'The provider sent no token usage'
    : `No price is known for ${model}`
}

/** Why there is no first token. */
export const whyNoTtft = ({ streaming }: Pick<Call, 'streaming'>): string =>
  streaming ? 'No first token was seen' : 'Not a stream'
