import type { CallFilter, Place, RangeField, SearchRequest, SortField } from '../../call-search.ts'
import { toConditions } from './aggregate-query.ts'
import { callsView } from './calls-view.ts'
import { columns, selectedColumns } from './columns.ts'
import { nodesView } from './node-rows.ts'
import { modelExpression, type Query } from './queries.ts'

type Value = string | number

const columnOf = (field: string): string => {
  const column = columns.find((each) => each.field === field)
  if (!column) throw new Error(`BUG: ${field} is not stored`)
  return column.name
}

/** How the order's value is written in SQL, and how a value to compare it with is bound. */
function toOrdered(by: SortField): { readonly expression: string; readonly bound: string } {
  switch (by) {
    case 'seq':
      return { expression: 'seq', bound: '?::BIGINT' }
    case 'startTime':
      return { expression: 'start_time', bound: 'make_timestamp(?::BIGINT)' }
    case 'model':
      return { expression: modelExpression, bound: '?' }
    case 'findings':
      return { expression: 'coalesce(json_array_length(findings), 0)', bound: '?' }
    default:
      return { expression: columnOf(by), bound: '?' }
  }
}

/**
 * The seqs of the calls that are asked for, in order. Only the columns of the filter and of the order are read for it; the
 * rest of a row is read for the rows of the answer alone, by `callsBySeqQuery`.
 */
export function searchQuery({ filter, sort, after, offset, limit }: SearchRequest): Query {
  const { expression, bound } = toOrdered(sort.by)
  const direction = sort.descending ? 'DESC' : 'ASC'
  const { conditions, values } = toSearchConditions(filter)
  if (after !== null) {
    const following = afterPlace(after, { expression, bound, sign: sort.descending ? '<' : '>' })
    conditions.push(following.condition)
    values.push(...following.values)
  }
  const sql = `SELECT seq::DOUBLE FROM ${callsView} ${toWhere(conditions)}
    ORDER BY ${sort.by === 'seq' ? '' : `${expression} ${direction} NULLS LAST, `}seq ${direction}
    LIMIT ?::BIGINT OFFSET ?::BIGINT`
  return { sql, values: [...values, limit, offset] }
}

/** Stops counting at `atMost`. */
export function countQuery(filter: CallFilter, atMost: number): Query {
  const { conditions, values } = toSearchConditions(filter)
  const sql = `SELECT count(*)::DOUBLE FROM (SELECT 1 FROM ${callsView} ${toWhere(conditions)} LIMIT ?::BIGINT)`
  return { sql, values: [...values, atMost] }
}

const withoutContent = selectedColumns
  .split(', ')
  .map((selected) => (selected === 'content' ? 'NULL' : selected))
  .join(', ')

/** With more of them, comparing each row with each run takes longer than reading all that a list does not rule out. */
const runsAtMost = 64

/** The whole calls, in no order. The numbers are written out: what is bound skips no block. */
export function callsBySeqQuery(seqs: readonly number[], withContent: boolean): Query {
  const runs = listRuns(seqs)
  // Of a list only its range skips blocks; a run is looked for before any other column is read.
  const condition =
    runs.length > runsAtMost
      ? `seq IN (${seqs.map((seq) => String(Math.trunc(seq))).join(', ')})`
      : runs.map(([first, last]) => `(seq >= ${first} AND seq <= ${last})`).join(' OR ')
  return {
    sql: `SELECT ${withContent ? selectedColumns : withoutContent} FROM ${callsView} WHERE ${condition}`,
    values: [],
  }
}

/** Numbers that follow one another, as first and last. */
function listRuns(seqs: readonly number[]): readonly (readonly [first: number, last: number])[] {
  const runs: [number, number][] = []
  for (const seq of seqs.map(Math.trunc).sort((one, other) => one - other)) {
    const run = runs.at(-1)
    if (run !== undefined && seq <= run[1] + 1) run[1] = seq
    else runs.push([seq, seq])
  }
  return runs
}

const toWhere = (conditions: readonly string[]) => (conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`)

interface Ordered {
  readonly expression: string
  readonly bound: string
  readonly sign: '<' | '>'
}

function afterPlace({ value, seq }: Place, { expression, bound, sign }: Ordered) {
  if (value === null) return { condition: `(${expression} IS NULL AND seq ${sign} ?::BIGINT)`, values: [seq] }
  if (expression === 'seq') return { condition: `seq ${sign} ?::BIGINT`, values: [seq] }
  const condition = `(${expression} ${sign} ${bound} OR (${expression} = ${bound} AND seq ${sign} ?::BIGINT) OR ${expression} IS NULL)`
  return { condition, values: [value, value, seq] }
}

function toSearchConditions(filter: CallFilter): { readonly conditions: string[]; readonly values: Value[] } {
  const { conditions: shared, values: sharedValues } = toConditions(filter)
  const conditions = [...shared]
  const values = [...sharedValues]
  const add = (condition: string, ...bound: readonly Value[]) => {
    conditions.push(condition)
    values.push(...bound)
  }
  if (filter.afterSeq !== null) add('seq > ?::BIGINT', filter.afterSeq)
  if (filter.throughSeq !== null) add('seq <= ?::BIGINT', filter.throughSeq)
  if (filter.traceId !== null) add('trace_id = ?::UUID', filter.traceId)
  if (filter.streaming !== null) add(filter.streaming ? 'streaming' : 'NOT streaming')
  if (filter.hasRetries !== null) add(filter.hasRetries ? 'retry_count > 0' : 'retry_count = 0')
  for (const { of, least, most } of filter.ranges) {
    if (least !== null) add(`${rangeColumn(of)} >= ?`, least)
    if (most !== null) add(`${rangeColumn(of)} <= ?`, most)
  }
  addFindings(filter, add)
  addNames(filter, add)
  if (filter.httpStatuses.length > 0) {
    const statuses = filter.httpStatuses.map((status) => String(Math.trunc(status)))
    // JSON as the store writes it, which holds the key nowhere but as a key: a quote in a string is escaped.
    add(
      `(http_status IN (${statuses.join(', ')}) OR regexp_matches(attempts, '"httpStatus":(${statuses.join('|')})[,}]'))`,
    )
  }
  if (filter.text !== null) addText(filter.text.toLowerCase(), add)
  return { conditions, values }
}

type Add = (condition: string, ...bound: readonly Value[]) => void

const rangeColumn = (field: RangeField): string => columnOf(field)

function addFindings({ findingKinds, pattern }: CallFilter, add: Add): void {
  const kinds = findingKinds.map(() => 'contains(findings, ?)').join(' OR ')
  if (findingKinds.length > 0) add(`(${kinds})`, ...findingKinds.map((kind) => `"kind":"${kind}"`))
  if (pattern !== null) add('contains(findings, ?)', `"pattern":${JSON.stringify(pattern)}`)
}

/** In JSON as the store writes it, where a key stands nowhere but as a key: a quote in a string is escaped. */
function addNames({ tool, agent }: CallFilter, add: Add): void {
  if (tool !== null) add('contains(tool_calls, ?)', `"name":${JSON.stringify(tool)}`)
  if (agent !== null)
    add(
      `trace_id IN (SELECT trace_id FROM ${nodesView} WHERE contains(node, ?))`,
      `"agentName":${JSON.stringify(agent)}`,
    )
}

const searchedColumns = ['error_message', 'user_id', 'session_id', 'response_id', 'request_id']

/** Texts within JSON are looked at only where the JSON as a whole has the word, which its keys may have too. */
const searchedJson = [
  {
    column: 'content',
    texts: `json_extract_string(content, '$.output'), array_to_string(json_extract_string(content, '$.input[*].text'), chr(1))`,
  },
  { column: 'tool_calls', texts: `array_to_string(json_extract_string(tool_calls, '$[*].arguments'), chr(1))` },
]

/** `contains` of the lower case: ILIKE takes four times as long. */
function addText(text: string, add: Add): void {
  const escaped = JSON.stringify(text).slice(1, -1)
  const either = [
    ...searchedColumns.map((column) => `contains(lower(${column}), ?)`),
    ...searchedJson.map(
      ({ column, texts }) =>
        `CASE WHEN contains(lower(${column}), ?) THEN contains(lower(concat_ws(chr(1), ${texts})), ?) ELSE FALSE END`,
    ),
  ]
  const inJson = searchedJson.flatMap(() => [escaped, text])
  // NULL where a call has none of these texts, which lets it through no more than FALSE does.
  add(`(${either.join(' OR ')})`, ...searchedColumns.map(() => text), ...inJson)
}
