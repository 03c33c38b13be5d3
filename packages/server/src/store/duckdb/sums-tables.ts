import type { Amount, Dimension, Duration } from '../aggregate.ts'
import { amountExpressions, dimensionExpressions, durationExpressions } from './expressions.ts'
import type { CallRange } from './filenames.ts'

/** The tables that hold what closed ranges add up to, and how they are filled. */

export const sumsCatalog = 'sums'
const hourUs = 3_600_000_000
const dayUs = 24 * hourUs

/** More values of one label than this in one range are an attack, or a mistake: what is over is added up as `__other__`. */
export const labelValuesAtMost = 1_000
const otherLabel = '__other__'

/** What sums can be asked by, and the names of their columns. `userId` is kept of dropped ranges alone, by day. */
export const sumColumns: Partial<Record<Dimension, string>> = {
  serviceName: 'service_name',
  provider: 'provider',
  model: 'model',
  operation: 'operation',
  status: 'status',
  errorType: 'error_type',
  finishReason: 'finish_reason',
}
export const userSumColumns: Partial<Record<Dimension, string>> = {
  serviceName: 'service_name',
  provider: 'provider',
  model: 'model',
  userId: 'user_id',
}
/** Of values that whoever sends calls chooses. */
const openLabels: readonly Dimension[] = ['serviceName', 'provider', 'model', 'operation']

// Object.keys forgets the keys of records whose type has no others.
const amounts = Object.keys(amountExpressions) as readonly Amount[]
const durations = Object.keys(durationExpressions) as readonly Duration[]
const measureColumns = [...amounts, ...durations.flatMap((name) => [`${name}Sum`, `${name}Count`])]

function listTable(name: string, labels: Partial<Record<Dimension, string>>): string {
  const texts = Object.values(labels).map((column) => `${column} VARCHAR`)
  const sums = [
    ...amounts.map((amount) => `"${amount}" HUGEINT`),
    ...durations.flatMap((duration) => [`"${duration}Sum" DOUBLE`, `"${duration}Count" HUGEINT`]),
  ]
  const columns = ['day VARCHAR', 'part BIGINT', 'start_us BIGINT', ...texts, ...sums]
  return `CREATE TABLE IF NOT EXISTS ${sumsCatalog}.${name} (${columns.join(', ')})`
}

export const createSumsTables: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS ${sumsCatalog}.ranges
    (day VARCHAR, part BIGINT, number BIGINT, last_seq BIGINT, is_exact BOOLEAN, is_dropped BOOLEAN)`,
  listTable('sums', sumColumns),
  listTable('user_sums', userSumColumns),
]

const callsOf = (catalogs: readonly string[]): string =>
  catalogs.map((catalog) => `SELECT * FROM "${catalog}".calls`).join(' UNION ALL BY NAME ')

/** One row: the calls, the last seq, and how many values each open label has. */
export function measureLabels(catalogs: readonly string[]): string {
  const counts = openLabels.map((label) => `count(DISTINCT ${dimensionExpressions[label]})`)
  return `SELECT count(*)::DOUBLE, max(seq)::DOUBLE, ${counts.join(', ')} FROM (${callsOf(catalogs)})`
}

const measureExpressions = [
  ...amounts.map((amount) => `(${amountExpressions[amount]})::HUGEINT`),
  ...durations.flatMap((name) => [`sum(${durationExpressions[name]})`, `count(${durationExpressions[name]})`]),
]

interface Filling {
  readonly table: 'sums' | 'user_sums'
  readonly labels: Partial<Record<Dimension, string>>
  readonly stepUs: number
  /** Labels of which only the values with the most calls keep their name. */
  readonly capped: readonly Dimension[]
}

function fill(catalogs: readonly string[], { day, part }: CallRange, filling: Filling): string {
  const { table, labels, stepUs, capped } = filling
  // The keys of the record are dimensions by its type.
  const dimensions = Object.keys(labels) as readonly Dimension[]
  const keys = dimensions.map((dimension) => {
    const expression = dimensionExpressions[dimension]
    if (!capped.includes(dimension)) return expression
    return `CASE WHEN ${expression} IS NULL OR ${expression} IN (SELECT value FROM top_${labels[dimension]})
      THEN ${expression} ELSE '${otherLabel}' END`
  })
  const tops = capped.map(
    (dimension) => `top_${labels[dimension]} AS (SELECT ${dimensionExpressions[dimension]} AS value FROM stored
      GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT ${labelValuesAtMost})`,
  )
  const columns = ['day', 'part', 'start_us', ...Object.values(labels), ...measureColumns.map((name) => `"${name}"`)]
  const selected = [`'${day}'`, String(part), `(epoch_us(start_time) // ${stepUs}) * ${stepUs}`, ...keys]
  return `INSERT INTO ${sumsCatalog}.${table} (${columns.join(', ')})
    WITH stored AS (${callsOf(catalogs)})${tops.map((top) => `, ${top}`).join('')}
    SELECT ${[...selected, ...measureExpressions].join(', ')} FROM stored
    GROUP BY ${selected.map((_, index) => index + 1).join(', ')}`
}

export const insertSums = (
  catalogs: readonly string[],
  { range, isExact }: { readonly range: CallRange; readonly isExact: boolean },
): string =>
  fill(catalogs, range, { table: 'sums', labels: sumColumns, stepUs: hourUs, capped: isExact ? [] : openLabels })

export const insertUserSums = (catalogs: readonly string[], range: CallRange): string =>
  fill(catalogs, range, {
    table: 'user_sums',
    labels: userSumColumns,
    stepUs: dayUs,
    capped: ['serviceName', 'provider', 'model', 'userId'],
  })

/** The rows of the sums that stand for calls that the views of calls do not show: those of ranges up to a number. */
export function sumsViewOf(table: 'sums' | 'user_sums', lastNumber: number): string {
  const isValid = table === 'sums' ? '(is_exact OR is_dropped)' : 'is_dropped'
  return `SELECT * FROM ${sumsCatalog}.${table} JOIN
    (SELECT day, part, is_dropped FROM ${sumsCatalog}.ranges WHERE ${isValid} AND number <= ${lastNumber}) USING (day, part)`
}
