/** What calls can be narrowed by beside the filters of the bar. The names are those of GET /v1/calls. */
import { errorTypes, finishReasons } from '@inferometer/core/call'

export interface FilterField {
  readonly name: string
  readonly label: string
  readonly group: FilterGroup
  /** What can be chosen; without it, any text. */
  readonly choices?: readonly string[]
  readonly unit?: Unit
}

export const filterGroups = [
  'How it went',
  'What was asked',
  'Whose it was',
  'Tokens and cost',
  'Where it came from',
] as const
export type FilterGroup = (typeof filterGroups)[number]
type Unit = 'ms' | 'tokens' | 'µ$'

const yesOrNo = ['true', 'false']

const inGroup = (group: FilterGroup, fields: readonly (readonly [string, string, (readonly string[])?])[]) =>
  fields.map(
    ([name, label, choices]): FilterField => ({ name, label, group, ...(choices !== undefined && { choices }) }),
  )

const range = (group: FilterGroup, [name, label, unit]: readonly [string, string, Unit?]): readonly FilterField[] => [
  { name: `${name}_min`, label: `${label} at least`, group, ...(unit && { unit }) },
  { name: `${name}_max`, label: `${label} at most`, group, ...(unit && { unit }) },
]

export const filterFields: readonly FilterField[] = [
  ...inGroup('How it went', [
    ['status', 'Status', ['success', 'error', 'cancelled']],
    ['error_type', 'Error type', errorTypes],
    ['error_code', 'Error code'],
    ['http_status', 'HTTP status of any attempt'],
    ['has_retries', 'Retried', yesOrNo],
    ['streaming', 'Streamed', yesOrNo],
    ['finish_reason', 'Finish reason', finishReasons],
    ['finish_reason_raw', 'Finish reason as sent'],
    ['finding', 'Finding', ['pii', 'injection', 'shadow']],
    ['pattern', 'Pattern'],
  ]),
  ...range('How it went', ['latency_ms_total', 'Latency', 'ms']),
  ...range('How it went', ['latency_ms_ttft', 'Time to first token', 'ms']),
  ...range('How it went', ['stall_count', 'Stalls']),
  ...range('How it went', ['stall_ms', 'Time in stalls', 'ms']),
  ...range('How it went', ['retry_count', 'Retries']),
  ...inGroup('What was asked', [
    ['operation', 'Operation', ['chat', 'text_completion', 'embeddings']],
    ['request_model', 'Model asked for'],
    ['response_model', 'Model that answered'],
    ['tool', 'Tool the model asked for'],
    ['agent', 'Agent in the trace'],
  ]),
  ...inGroup('Whose it was', [
    ['user_id', 'User'],
    ['session_id', 'Session'],
    ['tag', 'Tag'],
  ]),
  ...range('Tokens and cost', ['prompt_tokens', 'Tokens in', 'tokens']),
  ...range('Tokens and cost', ['completion_tokens', 'Tokens out', 'tokens']),
  ...range('Tokens and cost', ['cached_tokens', 'Cached tokens', 'tokens']),
  ...range('Tokens and cost', ['cache_write_tokens', 'Tokens written to cache', 'tokens']),
  ...range('Tokens and cost', ['reasoning_tokens', 'Reasoning tokens', 'tokens']),
  ...range('Tokens and cost', ['cost_usd_micro', 'Cost', 'µ$']),
  ...inGroup('Tokens and cost', [
    ['usage_source', 'Token counts', ['provider', 'estimated', 'missing']],
    ['price_version', 'Price version'],
  ]),
  ...inGroup('Where it came from', [
    ['source', 'Seen by'],
    ['trace_id', 'Trace id'],
    ['request_id', 'Request id'],
    ['response_id', 'Response id'],
  ]),
]
