import type { AggregateRequest, Amount, Dimension, Measure } from '../aggregate.ts'
import { toConditions } from './aggregate-query.ts'
import { callsView, recentCallsView, summedCallsView, sumsView, userSumsView } from './calls-view.ts'
import { amountExpressions, dimensionExpressions, durationExpressions } from './expressions.ts'
import type { Query } from './queries.ts'
import { sumColumns, userSumColumns } from './sums-tables.ts'

const hourUs = 3_600_000_000

/** The window says whether sums are the better answer. */
export interface SummedQuery extends Query {
  readonly window: Pick<AggregateRequest, 'sinceUs' | 'untilUs'>
}

type Labels = Partial<Record<Dimension, string>>
type Request = AggregateRequest

/** Rows of one source, with the names of its columns. */
interface Source {
  readonly view: string
  readonly kind: 'calls' | 'sums'
  readonly keyOf: (dimension: Dimension) => string
  readonly time: string
  readonly where: string
  readonly values: Query['values']
}

/**
 * The question, answered from the calls of the open range and of hours that are asked for in part, and for the rest from
 * the sums of closed ranges. Null where sums do not know the answer: percentiles, and what calls have too many values of.
 */
export function summedQuery(request: Request): SummedQuery | null {
  const { by, where, measures, sinceUs, untilUs } = request
  if (measures.some(({ kind }) => kind === 'quantile')) return null
  const asked = [...by, ...where.map(({ dimension }) => dimension)]
  const labels = [sumColumns, userSumColumns].find((known) =>
    asked.every((dimension) => known[dimension] !== undefined),
  )
  if (labels === undefined) return null
  const sources = labels === sumColumns ? hourlySources(request) : dailySources(request)
  return { ...combine(sources, request), window: { sinceUs, untilUs } }
}

/** Whole hours of ranges that are there come from their sums; of those that are not, each hour that begins in the window. */
function hourlySources(request: Request): readonly Source[] {
  const { sinceUs, untilUs, stepUs } = request
  const fromUs = sinceUs === null ? null : Math.ceil(sinceUs / hourUs) * hourUs
  const toUs = untilUs === null ? null : Math.floor(untilUs / hourUs) * hourUs
  const isShort = (fromUs !== null && toUs !== null && fromUs >= toUs) || (stepUs !== null && stepUs % hourUs !== 0)
  if (isShort) return [ofCalls(callsView, request), ofSums(sumsView, { request, labels: sumColumns, wholeHours: null })]
  const edges = [
    ...(sinceUs !== null && fromUs !== null && fromUs > sinceUs ? [{ ...request, untilUs: fromUs }] : []),
    ...(untilUs !== null && toUs !== null && toUs < untilUs ? [{ ...request, sinceUs: toUs }] : []),
  ]
  return [
    ofCalls(recentCallsView, request),
    ...edges.map((edge) => ofCalls(summedCallsView, edge)),
    ofSums(sumsView, { request, labels: sumColumns, wholeHours: { fromUs, toUs } }),
  ]
}

const dailySources = (request: Request): readonly Source[] => [
  ofCalls(callsView, request),
  ofSums(userSumsView, { request, labels: userSumColumns, wholeHours: null }),
]

function ofCalls(view: string, request: Request): Source {
  const { conditions, values } = toConditions(request)
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`
  return {
    view,
    kind: 'calls',
    keyOf: (name) => dimensionExpressions[name],
    time: 'epoch_us(start_time)',
    where,
    values,
  }
}

interface SumsAsked {
  readonly request: Request
  readonly labels: Labels
  /** Null: only ranges whose calls are gone. */
  readonly wholeHours: { readonly fromUs: number | null; readonly toUs: number | null } | null
}

function ofSums(view: string, { request, labels, wholeHours }: SumsAsked): Source {
  const values: (string | number)[] = []
  const within = (fromUs: number | null, toUs: number | null): string => {
    for (const bound of [fromUs, toUs]) if (bound !== null) values.push(bound)
    const bounds = [fromUs === null ? null : 'start_us >= ?::BIGINT', toUs === null ? null : 'start_us < ?::BIGINT']
    return bounds.filter((bound) => bound !== null).join(' AND ') || 'TRUE'
  }
  const gone = `(is_dropped AND ${within(request.sinceUs, request.untilUs)})`
  const times = wholeHours === null ? gone : `(${gone} OR (${within(wholeHours.fromUs, wholeHours.toUs)}))`
  const keyOf = (dimension: Dimension): string => labels[dimension] ?? 'NULL'
  const labelled = request.where.map(({ dimension, oneOf }) => {
    const present = oneOf.filter((value) => value !== null)
    values.push(...present)
    const either = [
      ...(present.length > 0 ? [`${keyOf(dimension)} IN (${present.map(() => '?').join(', ')})`] : []),
      ...(present.length < oneOf.length ? [`${keyOf(dimension)} IS NULL`] : []),
    ]
    return either.length === 0 ? 'FALSE' : `(${either.join(' OR ')})`
  })
  return { view, kind: 'sums', keyOf, time: 'start_us', where: `WHERE ${[times, ...labelled].join(' AND ')}`, values }
}

/** Adds up what each source adds up to. */
function combine(sources: readonly Source[], request: Request): Query {
  const { by, measures, stepUs, orderBy, limit } = request
  const parts = sources.map((source) => partOf(source, request))
  const keyCount = by.length + (stepUs === null ? 0 : 1)
  const keys = Array.from({ length: keyCount }, (_, index) => `k${index}`)
  const totals = measures.map((measure, index) =>
    measure.kind === 'average' ? `sum(s${index}) / nullif(sum(n${index}), 0)` : `sum(s${index})::DOUBLE`,
  )
  const order = [
    ...(stepUs === null ? [] : ['1']),
    `${keyCount + orderBy + 1} DESC NULLS LAST`,
    ...by.map((_, index) => `${keyCount - by.length + index + 1} NULLS LAST`),
  ]
  const sql = `SELECT ${[...keys, ...totals].join(', ')} FROM (${parts.map(({ sql }) => sql).join(' UNION ALL ')})
    ${keyCount === 0 ? 'HAVING sum(counted) > 0' : `GROUP BY ${keys.join(', ')}`}
    ORDER BY ${order.join(', ')} LIMIT ?::BIGINT`
  return { sql, values: [...parts.flatMap(({ values }) => values), limit] }
}

function partOf({ view, kind, keyOf, time, where, values }: Source, { by, measures, stepUs }: Request): Query {
  const step = stepUs === null ? [] : [`((${time} // ?::BIGINT) * ?::BIGINT)::DOUBLE`]
  const keys = [...step, ...by.map(keyOf)].map((key, index) => `${key} AS k${index}`)
  const sums = measures.flatMap((measure, index) =>
    sumOf(measure, kind).map((sql, at) => `${sql} AS ${'sn'[at]}${index}`),
  )
  const groups = keys.length === 0 ? '' : `GROUP BY ${keys.map((_, index) => index + 1).join(', ')}`
  const rows = kind === 'calls' ? 'count(*)' : 'sum("calls")'
  return {
    sql: `SELECT ${[...keys, ...sums, `${rows}::HUGEINT AS counted`].join(', ')} FROM ${view} ${where} ${groups}`,
    values: [...(stepUs === null ? [] : [stepUs, stepUs]), ...values],
  }
}

/** The sum, and for averages how many it is of. */
function sumOf(measure: Measure, kind: Source['kind']): readonly string[] {
  if (measure.kind === 'amount') return [`(${amountOf(measure.of, kind)})::HUGEINT`]
  const { of } = measure
  if (kind === 'sums') return [`sum("${of}Sum")`, `sum("${of}Count")`]
  return [`sum(${durationExpressions[of]})`, `count(${durationExpressions[of]})::HUGEINT`]
}

const amountOf = (of: Amount, kind: Source['kind']): string =>
  kind === 'sums' ? `sum("${of}")` : amountExpressions[of]
