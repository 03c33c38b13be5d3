/**
 * PromQL from a panel's terms. `$service`, `$provider`, `$model`, `$__rate_interval`, `$__range` and `$__range_s` are
 * left for Grafana to fill in.
 */
import { type MetricDefinition, selfMetrics } from '../metrics.ts'
import {
  type Amount,
  type AmountDefinition,
  amounts,
  type Dimension,
  dimensionLabels,
  durations,
  type Measure,
  type Over,
  type PanelTerms,
} from './terms.ts'

/** Dashboard variables by the label they choose values of. Every dashboard has all of them. */
export const variableLabels = { service: 'service_name', provider: 'provider', model: 'model' } as const

/** `each_step`: the window is the stretch before each point of a time series. `whole_range`: it is all that is shown. */
export type Window = 'each_step' | 'whole_range'

interface Scope {
  readonly by: readonly string[]
  readonly window: '$__rate_interval' | '$__range'
}

export function writePromql(terms: PanelTerms, window: Window): string {
  const scope: Scope = {
    by: terms.by.map((dimension: Dimension) => dimensionLabels[dimension]),
    window: window === 'each_step' ? '$__rate_interval' : '$__range',
  }
  const expression = writeMeasure(terms.measure, scope)
  return terms.top === undefined ? expression : `topk(${terms.top}, ${expression})`
}

function writeMeasure(measure: Measure, scope: Scope): string {
  if (measure.kind === 'amount') return writeAmount(measure, scope)
  if (measure.kind === 'ratio') return writeRatio(measure, scope)
  return measure.kind === 'quantile' ? writeQuantile(measure, scope) : writeAverage(durations[measure.of], scope)
}

const secondsOf = { second: 1, hour: 3_600, day: 86_400 } as const

function writeAmount({ of, over }: { readonly of: Amount; readonly over: Over }, scope: Scope): string {
  const amount: AmountDefinition = amounts[of]
  const scale = (expression: string, factor: number) => {
    const scaled = amount.divisor === undefined ? expression : `${expression} / ${amount.divisor}`
    return factor === 1 ? scaled : `${scaled} * ${factor}`
  }
  if (over === 'ever') return scale(sumBy(scope, selectAmount(amount)), 1)
  if (over === 'window') return scale(orNone(writeGrowth(amount, scope), amount, scope), 1)
  if (scope.window === '$__range') return scale(`${writeGrowth(amount, scope)} / $__range_s`, secondsOf[over])
  return scale(writeRate(amount, scope), secondsOf[over])
}

/** A sum of nothing is 0 where there were calls, so that a tile says 0 and not "no data". */
function orNone(growth: string, amount: AmountDefinition, scope: Scope): string {
  if (scope.by.length > 0 || amount.absent === 'unknown' || amount.metric === amounts.calls.metric) return growth
  return `(${growth} or ${writeZero(narrowedLike(amount, amounts.calls), scope)})`
}

function writeZero(amount: Narrowed, scope: Scope): string {
  return `${sumBy(scope, selectAmount(amount))} * 0`
}

/** A whole holds only against its part when the same variables narrow both. */
function narrowedLike({ metric }: AmountDefinition, whole: AmountDefinition): Narrowed {
  return { ...whole, narrowedBy: metric.labels }
}

function writeRatio({ of, to }: { readonly of: Amount; readonly to: Amount }, scope: Scope): string {
  const write = scope.window === '$__range' ? writeGrowth : writeRate
  const definition: AmountDefinition = amounts[of]
  const all = narrowedLike(definition, amounts[to])
  const part = write(definition, scope)
  const divided = definition.divisor === undefined ? part : `${part} / ${definition.divisor}`
  return `${definition.absent === 'none' ? `(${part} or ${writeZero(all, scope)})` : divided} / (${write(all, scope)} > 0)`
}

function writeRate(amount: Narrowed, scope: Scope): string {
  return sumBy(scope, `rate(${selectAmount(amount)}[${scope.window}])`)
}

/**
 * How much a sum of counters has grown over what is shown, exactly. `increase` would guess at both ends and would not
 * see the growth that makes a series, which for rare calls is all of it.
 *
 * The start is the sum then; where there was no scrape then, the first sample of the series that are there now and have
 * been in every scrape since, because those were there before; and 0 for series that have come since. A sum that has
 * shrunk began anew.
 */
function writeGrowth(amount: Narrowed, scope: Scope): string {
  const series = selectAmount(amount)
  const now = sumBy(scope, series)
  const then = sumBy(scope, `${series} offset ${scope.window}`)
  const scrapes = `max by (job, instance) (count_over_time(${selfMetrics.series.name}[${scope.window}]))`
  const isOld = `count_over_time(${series}[${scope.window}]) == on (job, instance) group_left () ${scrapes}`
  const first = sumBy(scope, `min_over_time(${series}[${scope.window}]) and ${isOld} and ${series}`)
  return `(${now} - (${then} or ${first} or ${writeZero(amount, scope)}) >= 0 or ${now})`
}

type Quantile = Extract<Measure, { kind: 'quantile' }>

/** Native buckets where there are any, else classic ones. The comparison leaves out what had no calls: NaN. */
function writeQuantile({ of, quantile, weeksAgo }: Quantile, scope: Scope): string {
  const metric = durations[of]
  const range = `[${scope.window}]${weeksAgo === undefined ? '' : ` offset ${weeksAgo}w`}`
  const native = `histogram_quantile(${quantile}, ${sumBy(scope, `rate(${select(metric)}${range})`)}) >= 0`
  const buckets = `rate(${select(metric, { suffix: '_bucket' })}${range})`
  const classic = `histogram_quantile(${quantile}, ${sumBy({ by: ['le', ...scope.by] }, buckets)}) >= 0`
  return `${native} or ${classic}`
}

function writeAverage(metric: MetricDefinition, scope: Scope): string {
  const range = `[${scope.window}]`
  const native = `rate(${select(metric)}${range})`
  const classic = (suffix: string) => sumBy(scope, `rate(${select(metric, { suffix })}${range})`)
  const divide = (sum: string, count: string) => `${sum} / (${count} > 0)`
  return [
    divide(sumBy(scope, `histogram_sum(${native})`), sumBy(scope, `histogram_count(${native})`)),
    divide(classic('_sum'), classic('_count')),
  ].join(' or ')
}

function sumBy({ by }: Pick<Scope, 'by'>, expression: string): string {
  return by.length === 0 ? `sum(${expression})` : `sum by (${by.join(', ')}) (${expression})`
}

interface Narrowed extends AmountDefinition {
  readonly narrowedBy?: readonly string[]
}

function selectAmount({ metric, where = {}, narrowedBy = metric.labels }: Narrowed): string {
  return select(metric, { where, narrowedBy })
}

interface Selection {
  readonly suffix?: string
  readonly where?: Readonly<Record<string, string>>
  readonly narrowedBy?: readonly string[]
}

/** A metric is narrowed by the variables whose label it has: findings are counted by service alone. */
function select(metric: MetricDefinition, selection: Selection = {}): string {
  const { suffix = '', where = {}, narrowedBy = metric.labels } = selection
  const variables = Object.entries(variableLabels).filter(
    ([, label]) => metric.labels.includes(label) && narrowedBy.includes(label),
  )
  const matchers = [
    ...variables.map(([variable, label]) => `${label}=~"$${variable}"`),
    ...Object.entries(where).map(([label, value]) => `${label}="${value}"`),
  ]
  return `${metric.name}${suffix}{${matchers.join(', ')}}`
}
