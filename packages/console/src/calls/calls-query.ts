/** Which calls the page shows: what the address says, in the words of GET /v1/calls. */

import type { TimeRange } from '../time-range.ts'
import type { View } from '../url.ts'
import { type FilterField, filterFields } from './filter-fields.ts'

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

const isField = new Set(filterFields.map(({ name }) => name))

const isCounted = new Set(
  filterFields.filter(({ unit, name }) => unit === 'tokens' || /_count_(min|max)$/.test(name)).map(({ name }) => name),
)

/** Short for fields that are typed often. */
const shortNames: Readonly<Record<string, string>> = {
  latency: 'latency_ms_total',
  ttft: 'latency_ms_ttft',
  tokens: 'completion_tokens',
  cost: 'cost_usd_micro',
  retries: 'retry_count',
  stalls: 'stall_count',
  user: 'user_id',
  session: 'session_id',
  error: 'error_type',
  trace: 'trace_id',
  request: 'request_id',
  response: 'response_id',
}

/**
 * What was typed into the search field: `status:error latency>2s user:"Ada L." refund` narrows by three fields and looks
 * for the rest. A word that names no field is looked for as it is.
 */
export function readTyped(typed: string): {
  readonly text: string
  readonly filters: Readonly<Record<string, string>>
} {
  const filters: Record<string, string> = {}
  const words: string[] = []
  for (const [word] of typed.matchAll(/[a-z_]+:"[^"]*"|\S+/g)) {
    const filter = readEqual(word) ?? readCompared(word)
    if (filter === null) words.push(word)
    else filters[filter.name] = filter.value
  }
  return { text: words.join(' '), filters }
}

/** `field:value`; `field:""` for calls that have none. */
function readEqual(word: string) {
  const [, name = '', quoted, bare] = /^([a-z_]+):(?:"([^"]*)"|(.+))$/.exec(word) ?? []
  const field = shortNames[name] ?? name
  return isField.has(field) ? { name: field, value: quoted ?? bare ?? '' } : null
}

/** `field>number` and `field<number`: dollars for a cost, and seconds where it says so. */
function readCompared(word: string) {
  const [, name = '', sign, number, unit] = /^([a-z_]+)([<>])\$?(\d+(?:\.\d+)?)(ms|s)?$/.exec(word) ?? []
  const field = `${shortNames[name] ?? name}_${sign === '>' ? 'min' : 'max'}`
  if (!isField.has(field)) return null
  // Tokens, retries and stalls are whole: above 0 is from 1 on. Between milliseconds there is always another.
  if (isCounted.has(field) && Number.isInteger(Number(number)))
    return { name: field, value: String(Math.max(0, Number(number) + (sign === '>' ? 1 : -1))) }
  const factor = unit === 's' ? 1_000 : name === 'cost' ? 1_000_000 : 1
  // Micro-dollars of a sum in dollars, without the tail of binary fractions.
  return { name: field, value: String(Number((Number(number) * factor).toPrecision(15))) }
}
