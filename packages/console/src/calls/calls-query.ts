/** Which calls the page shows: what the address says, in the words of GET /v1/calls. */
import type { TimeRange } from '../time-range.ts'
import type { View } from '../url.ts'

export interface FilterField {
  readonly name: string
  readonly label: string
  /** What can be chosen; without it, any text. */
  readonly choices?: readonly string[]
  readonly unit?: 'ms' | 'tokens' | 'µ$'
}

const range = (name: string, label: string, unit?: 'ms' | 'tokens' | 'µ$'): readonly FilterField[] => [
  { name: `${name}_min`, label: `${label} at least`, ...(unit && { unit }) },
  { name: `${name}_max`, label: `${label} at most`, ...(unit && { unit }) },
]

/** What the page can be narrowed by beside the filters of the bar. The names are those of the API. */
export const filterFields: readonly FilterField[] = [
  { name: 'status', label: 'Status', choices: ['success', 'error', 'cancelled'] },
  {
    name: 'error_type',
    label: 'Error type',
    choices: [
      'rate_limit',
      'timeout',
      'overloaded',
      'auth',
      'invalid_request',
      'content_filter',
      'connection',
      'cancelled',
      'server',
      'other',
    ],
  },
  { name: 'http_status', label: 'HTTP status of any attempt' },
  { name: 'has_retries', label: 'Retried', choices: ['true', 'false'] },
  {
    name: 'finish_reason',
    label: 'Finish reason',
    choices: ['stop', 'length', 'tool_calls', 'content_filter', 'error', 'other'],
  },
  { name: 'finding', label: 'Finding', choices: ['pii', 'injection'] },
  { name: 'pattern', label: 'Pattern' },
  { name: 'operation', label: 'Operation', choices: ['chat', 'text_completion', 'embeddings'] },
  { name: 'user_id', label: 'User' },
  { name: 'session_id', label: 'Session' },
  { name: 'tag', label: 'Tag' },
  { name: 'trace_id', label: 'Trace' },
  ...range('latency_ms_total', 'Latency', 'ms'),
  ...range('latency_ms_ttft', 'Time to first token', 'ms'),
  ...range('prompt_tokens', 'Prompt tokens', 'tokens'),
  ...range('completion_tokens', 'Completion tokens', 'tokens'),
  ...range('cost_usd_micro', 'Cost', 'µ$'),
  ...range('retry_count', 'Retries'),
]

export interface ActiveFilter {
  readonly field: FilterField
  readonly value: string
}

export function readFilters(search: string): readonly ActiveFilter[] {
  const params = new URLSearchParams(search)
  return filterFields.flatMap((field) => {
    const value = params.get(field.name)
    return value === null ? [] : [{ field, value }]
  })
}

export interface Sort {
  readonly by: string
  readonly descending: boolean
}

export const defaultSort: Sort = { by: 'started_at', descending: true }

export function readSort(search: string): Sort {
  const params = new URLSearchParams(search)
  const by = params.get('sort')
  return by === null ? defaultSort : { by, descending: params.get('order') !== 'asc' }
}

/** Filters alone: what the tail takes as well. */
export function writeFilters(search: string, view: View): URLSearchParams {
  const query = new URLSearchParams()
  for (const { field, value } of readFilters(search)) query.append(field.name, value)
  const text = new URLSearchParams(search).get('search')
  if (text !== null && text !== '') query.set('search', text)
  for (const value of view.service) query.append('service_name', value)
  for (const value of view.provider) query.append('provider', value)
  for (const value of view.model) query.append('model', value)
  return query
}

export function writeQuery(search: string, view: View, { sinceMs, untilMs }: TimeRange): URLSearchParams {
  const query = writeFilters(search, view)
  const { by, descending } = readSort(search)
  query.set('sort', by)
  query.set('order', descending ? 'desc' : 'asc')
  query.set('since', new Date(sinceMs).toISOString())
  query.set('until', new Date(untilMs).toISOString())
  return query
}

/**
 * What was typed into the search field: `status:error latency>2s refund` narrows by two fields and looks for the rest.
 * A word that names no field is looked for as it is.
 */
export function readTyped(typed: string): {
  readonly text: string
  readonly filters: Readonly<Record<string, string>>
} {
  const filters: Record<string, string> = {}
  const words: string[] = []
  for (const word of typed.trim().split(/\s+/)) {
    const equal = /^([a-z_]+):(.+)$/.exec(word)
    const compared = /^(latency|ttft|tokens|retries)([<>])(\d+(?:\.\d+)?)(ms|s)?$/.exec(word)
    if (equal?.[1] && equal[2] && filterFields.some(({ name }) => name === equal[1])) filters[equal[1]] = equal[2]
    else if (compared?.[1]) {
      const factor = compared[4] === 's' ? 1_000 : 1
      filters[`${comparedNames[compared[1]]}_${compared[2] === '>' ? 'min' : 'max'}`] = String(
        Number(compared[3]) * factor,
      )
    } else if (word !== '') words.push(word)
  }
  return { text: words.join(' '), filters }
}

const comparedNames: Readonly<Record<string, string>> = {
  latency: 'latency_ms_total',
  ttft: 'latency_ms_ttft',
  tokens: 'completion_tokens',
  retries: 'retry_count',
}
