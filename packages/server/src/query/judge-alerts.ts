/**
 * Which alerts would fire now, from the store and from what waits to be forwarded. It asks what a rule's expression asks;
 * for how long it has been so (`for`) is not looked at.
 */
import { alerts, runbookOf } from '@inferometer/core/alerts'
import type {
  AlertCondition,
  AlertDefinition,
  AlertValue,
  CallTerms,
  OutboxTerms,
  Span,
} from '@inferometer/core/alerts/alert'
import { type Dimension, dimensionLabels } from '@inferometer/core/panels/terms'
import type { AggregateSource } from './aggregate-source.ts'
import type { AlertAnswer, FiringAnswer } from './alert-schema.ts'
import { type Asks, createAsks } from './panel-asks.ts'
import { askWhole, type SeriesValue } from './panel-measures.ts'

/** What waits for one destination. */
export interface Waiting {
  readonly name: string
  readonly pendingCalls: number
  readonly lagSeconds: number
  /** Why it does not get on, or null. */
  readonly problem: string | null
}

export interface JudgeSetup {
  readonly store: AggregateSource
  readonly listWaiting: () => readonly Waiting[]
  /** Milliseconds since the Unix epoch. */
  readonly nowMs: number
}

type Key = readonly (string | null)[]
type Reader = (key: Key) => number | null

interface AskedCondition {
  readonly condition: AlertCondition
  readonly value: AskedValue
  readonly limit: Reader
}
interface AskedValue {
  readonly keys: () => readonly Key[]
  readonly read: Reader
}

interface Questions {
  readonly every: Asks
  readonly successful: Asks
  readonly nowUs: number
}

const usPerMs = 1_000
const secondsPer = { m: 60, h: 3_600, d: 86_400, w: 604_800 } as const

function toSeconds(span: Span): number {
  const [, digits = '', letter = ''] = /^(\d+)([mhdw])$/.exec(span) ?? []
  const unit = Object.entries(secondsPer).find(([name]) => name === letter)
  if (unit === undefined) throw new Error(`BUG: ${span} is no time`)
  return Number(digits) * unit[1]
}
const toUs = (span: Span | undefined): number => (span === undefined ? 0 : toSeconds(span) * 1_000_000)

export async function judgeAlerts({ store, listWaiting, nowMs }: JudgeSetup): Promise<AlertAnswer[]> {
  const questions: Questions = {
    every: createAsks(store, []),
    successful: createAsks(store, [{ dimension: 'status', oneOf: ['success'] }]),
    nowUs: nowMs * usPerMs,
  }
  const pending = alerts.map((alert) => ({ alert, find: findFiring(alert, questions, listWaiting) }))
  await Promise.all([questions.every.run(), questions.successful.run()])
  return pending.map(({ alert, find }) => tell(alert, find))
}

type Found = () => readonly FiringAnswer[]

/** Null where it cannot be judged here. */
function findFiring({ terms }: AlertDefinition, questions: Questions, listWaiting: () => readonly Waiting[]) {
  if (terms.kind === 'calls') return askCalls(terms, questions)
  return terms.kind === 'outbox' ? () => findLate(terms, listWaiting()) : null
}

function tell(alert: AlertDefinition, find: Found | null): AlertAnswer {
  const { name, severity, summary, dashboard, terms } = alert
  const unit = terms.kind === 'calls' ? terms.unit : 'count'
  const about = {
    ...{ name, severity, summary, dashboard, unit, for: alert.for },
    runbook: runbookOf(alert),
    window: windowOf(terms),
  }
  const unknown = (reason: string): AlertAnswer => ({ ...about, state: 'unknown', reason, firing: [] })
  if (find === null) return unknown(terms.kind === 'outside' ? terms.reason : 'It cannot be judged here')
  try {
    const firing = [...find()]
    if (firing.length === 0) return { ...about, state: 'quiet', reason: null, firing }
    return { ...about, state: 'firing', reason: `The rule fires once this goes on for ${alert.for}`, firing }
  } catch (error) {
    return unknown(`The store did not answer: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function windowOf(terms: AlertDefinition['terms']): Span | null {
  if (terms.kind === 'calls') return terms.conditions[0].value.window
  return terms.kind === 'outbox' ? terms.window : null
}

function askCalls({ by, conditions }: CallTerms, questions: Questions): Found {
  const asked = conditions.map((condition) => askCondition(condition, by, questions))
  return () => (asked[0]?.value.keys() ?? []).flatMap((key) => judgeKey({ key, by, asked }))
}

function askCondition(condition: AlertCondition, by: readonly Dimension[], questions: Questions): AskedCondition {
  const { of, times = 1, plus = 0 } = condition.limit
  const value = askValue(condition.value, by, questions)
  const base = typeof of === 'number' ? () => of : askValue(of, by, questions).read
  const limit = (key: Key) => {
    const known = base(key)
    return known === null ? null : known * times + plus
  }
  return { condition, value, limit }
}

function askValue(value: AlertValue, by: readonly Dimension[], questions: Questions): AskedValue {
  const { measure, within = by, window, offset, status } = value
  const asks = status === 'success' ? questions.successful : questions.every
  const untilUs = questions.nowUs - toUs(offset)
  const range = { sinceUs: untilUs - toUs(window), untilUs, stepUs: null }
  const project = (key: Key): Key => within.map((dimension) => key[by.indexOf(dimension)] ?? null)
  if (measure.kind === 'share') {
    const terms = { kind: 'amount', of: measure.of, over: 'window' } as const
    const part = index(askWhole(asks, { measure: terms, by }, range))
    const all = index(askWhole(asks, { measure: terms, by: within }, range))
    const read = (key: Key) => {
      const whole = all.read(project(key)) ?? 0
      return whole === 0 ? null : (part.read(key) ?? 0) / whole
    }
    return { keys: part.keys, read }
  }
  const found = index(askWhole(asks, { measure, by: within }, range))
  // Where there is nothing to add up, the sum is 0; a quotient or a percentile of nothing is not known.
  const absent = measure.kind === 'amount' ? 0 : null
  return { keys: found.keys, read: (key) => found.read(project(key)) ?? absent }
}

/** Works the answer out once, when it is first read. */
function index(find: () => readonly SeriesValue[]): AskedValue {
  let known: ReadonlyMap<string, SeriesValue> | undefined
  const readAll = () => (known ??= new Map(find().map((one) => [JSON.stringify(one.key), one])))
  return {
    keys: () => [...readAll().values()].map(({ key }) => key),
    read: (key) => readAll().get(JSON.stringify(key))?.value ?? null,
  }
}

interface KeyToJudge {
  readonly key: Key
  readonly by: readonly Dimension[]
  readonly asked: readonly AskedCondition[]
}

/** Nothing, or that it fires. */
function judgeKey({ key, by, asked }: KeyToJudge): readonly FiringAnswer[] {
  const conditions = asked.flatMap(({ condition, value, limit }) => {
    const [found, threshold] = [value.read(key), limit(key)]
    if (found === null || threshold === null || !holds(condition.is, found, threshold)) return []
    return [{ what: describeValue(condition.value), is: condition.is, value: found, threshold }]
  })
  const [first] = conditions
  if (first === undefined || conditions.length < asked.length) return []
  const labels = Object.fromEntries(by.map((name, index) => [dimensionLabels[name], key[index] ?? 'unknown']))
  return [{ labels, value: first.value, threshold: first.threshold, conditions }]
}

function holds(is: AlertCondition['is'], value: number, threshold: number): boolean {
  if (is === 'above') return value > threshold
  return is === 'below' ? value < threshold : value >= threshold
}

/** `failedCalls / calls in 1h`, `p95 latencyMs in 30m, 1w before` */
function describeValue({ measure, window, offset, status }: AlertValue): string {
  const of = describeMeasure(measure)
  return `${of}${status === undefined ? '' : ' of successful calls'} in ${window}${offset === undefined ? '' : `, ${offset} before`}`
}

function describeMeasure(measure: AlertValue['measure']): string {
  if (measure.kind === 'ratio') return `${measure.of} / ${measure.to}`
  if (measure.kind === 'quantile') return `p${measure.quantile * 100} ${measure.of}`
  if (measure.kind === 'share') return `share of ${measure.of}`
  return measure.over === 'window' ? measure.of : `${measure.of} per ${measure.over}`
}

/** Only what is now is known: that the oldest has waited for so long stands for an outbox that was never empty. */
function findLate({ window, above }: OutboxTerms, waiting: readonly Waiting[]): readonly FiringAnswer[] {
  const late = waiting.filter(
    ({ pendingCalls, lagSeconds, problem }) =>
      lagSeconds > toSeconds(window) && (pendingCalls > above || (pendingCalls > 0 && problem !== null)),
  )
  return late.map(({ name, pendingCalls, lagSeconds }) => {
    const threshold = pendingCalls > above ? above : 0
    return {
      labels: { destination: name },
      value: pendingCalls,
      threshold,
      conditions: [
        { what: 'calls that wait', is: 'above', value: pendingCalls, threshold },
        { what: 'seconds the oldest waits', is: 'above', value: lagSeconds, threshold: toSeconds(window) },
      ],
    }
  })
}
