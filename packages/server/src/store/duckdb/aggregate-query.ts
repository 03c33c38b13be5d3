import {
  type AggregateRequest,
  type AggregateRow,
  type Condition,
  type Dimension,
  type Grain,
  grainOf,
  type Measure,
} from '../aggregate.ts'
import { callsView } from './calls-view.ts'
import {
  amountExpressions,
  dimensionExpressions,
  durationExpressions,
  elementExpressions,
  findingList,
  statusList,
  tagList,
} from './expressions.ts'
import type { Query } from './queries.ts'
import type { ResultColumns } from './read-rows.ts'

/** Adds up what the request asks for. Words of the request choose expressions; its values are bound. */
export function aggregateQuery(request: AggregateRequest): Query {
  const { by, measures, stepUs, orderBy, limit } = request
  const grain = grainOf(request)
  const { conditions, values } = toConditions(request)
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`
  const time = stepUs === null ? [] : ['((epoch_us(start_time) // ?::BIGINT) * ?::BIGINT)::DOUBLE']
  const keys = by.map((dimension) => dimensionExpressions[dimension])
  const selected = [...time, ...keys, ...measures.map((measure) => toExpression(measure, { measures, grain }))]
  const groups = [...time, ...keys].map((_, index) => index + 1)
  const order = [
    ...time.map(() => '1'),
    `${time.length + keys.length + orderBy + 1} DESC NULLS LAST`,
    ...keys.map((_, index) => `${time.length + index + 1} NULLS LAST`),
  ]
  const sql = `SELECT ${selected.join(', ')} FROM ${sourceOf(by, grain)} ${where}
    ${groups.length === 0 ? 'HAVING count(*) > 0' : `GROUP BY ${groups.join(', ')}`}
    ORDER BY ${order.join(', ')} LIMIT ?::BIGINT`
  return { sql, values: [...(stepUs === null ? [] : [stepUs, stepUs]), ...values, limit] }
}

interface Scope {
  readonly measures: readonly Measure[]
  readonly grain: Grain
}

/** All quantiles of a duration are one aggregate, so that it is sorted once. */
function toExpression(measure: Measure, { measures: all, grain }: Scope): string {
  if (measure.kind === 'amount') {
    const element = grain === 'calls' ? undefined : elementExpressions[measure.of]
    return `(${element ?? amountExpressions[measure.of]})::DOUBLE`
  }
  const duration = durationExpressions[measure.of]
  if (measure.kind === 'average') return `avg(${duration})`
  const quantiles = [
    ...new Set(all.flatMap((one) => (one.kind === 'quantile' && one.of === measure.of ? [one.quantile] : []))),
  ]
  return `quantile_cont(${duration}, [${quantiles.join(', ')}])[${quantiles.indexOf(measure.quantile) + 1}]`
}

const elementColumns: Readonly<Record<Grain, string | null>> = {
  calls: null,
  attempts: `unnest(${statusList}) AS attempt`,
  findings: `unnest(${findingList}) AS finding`,
}

function sourceOf(by: readonly Dimension[], grain: Grain): string {
  const columns = [
    elementColumns[grain],
    by.includes('tag') ? `unnest(coalesce(${tagList}, [NULL])) AS tag` : null,
  ].filter((column) => column !== null)
  // Two lists unnested beside each other would be paired up, not combined.
  return columns.reduce((source, column) => `(SELECT *, ${column} FROM ${source})`, callsView)
}

export function toConditions({ where, sinceUs, untilUs }: Pick<AggregateRequest, 'where' | 'sinceUs' | 'untilUs'>): {
  readonly conditions: readonly string[]
  readonly values: Query['values']
} {
  const conditions: string[] = []
  const values: (string | number)[] = []
  // A number is bound as a double: compared as it is, it would make a double of every row and skip no block.
  if (sinceUs !== null) conditions.push('start_time >= make_timestamp(?::BIGINT)')
  if (untilUs !== null) conditions.push('start_time < make_timestamp(?::BIGINT)')
  for (const bound of [sinceUs, untilUs]) if (bound !== null) values.push(bound)
  for (const condition of where) {
    conditions.push(toSql(condition))
    for (const value of condition.oneOf) if (value !== null) values.push(value)
  }
  return { conditions, values }
}

/** Dimensions of which one call may have many values: how they are listed, and when there is none. */
const lists: Partial<Record<Dimension, readonly [list: string, isEmpty: string]>> = {
  tag: [tagList, 'tags IS NULL'],
  httpStatus: [statusList, 'FALSE'],
  findingKind: [`list_transform(${findingList}, x -> x.kind)`, 'FALSE'],
  pattern: [`list_transform(${findingList}, x -> x.pattern)`, 'FALSE'],
}

function toSql({ dimension, oneOf }: Condition): string {
  const places = oneOf.filter((value) => value !== null).map(() => '?')
  const list = lists[dimension]
  const [present, absent] = list
    ? [`list_has_any(${list[0]}, [${places.join(', ')}])`, list[1]]
    : [`${dimensionExpressions[dimension]} IN (${places.join(', ')})`, `${dimensionExpressions[dimension]} IS NULL`]
  const either = [...(places.length > 0 ? [present] : []), ...(places.length < oneOf.length ? [absent] : [])]
  return either.length === 0 ? 'FALSE' : `(${either.join(' OR ')})`
}

export function readAggregate(result: ResultColumns, request: AggregateRequest): readonly AggregateRow[] {
  const timeCount = request.stepUs === null ? 0 : 1
  const keyEnd = timeCount + request.by.length
  return (result[0] ?? []).map((_, row) => ({
    timeUs: timeCount === 0 ? null : Number(result[0]?.[row]),
    key: result.slice(timeCount, keyEnd).map((column) => toText(column[row])),
    values: result.slice(keyEnd).map((column) => toNumber(column[row])),
  }))
}

const toText = (value: unknown): string | null => (value === null || value === undefined ? null : String(value))
const toNumber = (value: unknown): number | null => (value === null || value === undefined ? null : Number(value))
