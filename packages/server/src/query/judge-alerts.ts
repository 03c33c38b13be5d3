/**
 * Which alerts are pending or firing now, from the store, the budgets and what waits to be forwarded. It asks what a rule's
 * expression asks. A rule fires when that was so for as long as its `for`, so what is so now is asked of times before, too.
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
import type { BudgetState } from './budget-routes.ts'
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
  /** As they were at a time in milliseconds since the Unix epoch. */
  readonly readBudgets: (atMs: number) => Promise<readonly BudgetState[]>
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

/** What holds of an alert at one time; null: it cannot be judged here, for this reason. */
type Held = { readonly found: readonly FoundAnswer[] } | { readonly unknown: string }
type FoundAnswer = Omit<FiringAnswer, 'state'>

/** A rule is evaluated every few seconds; here it is looked at so many times between now and the beginning of its `for`. */
const looksBack = 4

export async function judgeAlerts(setup: JudgeSetup): Promise<AlertAnswer[]> {
  const now = await judgeAt(alerts, setup)
  const holding = alerts.filter(({ name, terms }) => terms.kind !== 'outbox' && foundOf(now.get(name)).length > 0)
  const looks = Array.from({ length: looksBack }, (_, index) => (index + 1) / looksBack)
  const before = await Promise.all(looks.map((share) => judgeEarlier(holding, share, setup)))
  return alerts.map((alert) =>
    tell(
      alert,
      now.get(alert.name),
      before.map((look) => look.get(alert.name)),
    ),
  )
}

/** Each at that share of its own `for` before now. */
async function judgeEarlier(some: readonly AlertDefinition[], share: number, setup: JudgeSetup) {
  const judged = some.map(async (alert) => {
    const nowMs = setup.nowMs - share * toSeconds(alert.for) * 1_000
    return [...(await judgeAt([alert], { ...setup, nowMs }))]
  })
  return new Map((await Promise.all(judged)).flat())
}

async function judgeAt(some: readonly AlertDefinition[], setup: JudgeSetup): Promise<ReadonlyMap<string, Held>> {
  const { store, listWaiting, nowMs } = setup
  const questions: Questions = {
    every: createAsks(store, []),
    successful: createAsks(store, [{ dimension: 'status', oneOf: ['success'] }]),
    nowUs: nowMs * usPerMs,
  }
  const asked = some.map(({ name, terms }) => {
    if (terms.kind === 'outside') return { name, find: async () => ({ unknown: terms.reason }) }
    if (terms.kind === 'budgets') return { name, find: () => findOverPace(setup) }
    const find = terms.kind === 'calls' ? askCalls(terms, questions) : () => findLate(terms, listWaiting())
    return { name, find: async () => ({ found: find() }) }
  })
  await Promise.all([questions.every.run(), questions.successful.run()])
  const refuse = (error: unknown) => ({
    unknown: `The store did not answer: ${error instanceof Error ? error.message : String(error)}`,
  })
  const held = asked.map(async ({ name, find }): Promise<[string, Held]> => [name, await find().catch(refuse)])
  return new Map(await Promise.all(held))
}

const foundOf = (held: Held | undefined): readonly FoundAnswer[] =>
  held !== undefined && 'found' in held ? held.found : []

function tell(alert: AlertDefinition, now: Held | undefined, before: readonly (Held | undefined)[]): AlertAnswer {
  const { name, severity, summary, dashboard, terms } = alert
  const about = {
    ...{ name, severity, summary, dashboard, unit: unitOf(terms), for: alert.for },
    runbook: runbookOf(alert),
    window: windowOf(terms),
  }
  if (now === undefined || 'unknown' in now)
    return { ...about, state: 'unknown', reason: now?.unknown ?? 'It cannot be judged here', firing: [] }
  const firing = now.found.map((one) => ({ ...one, state: stateOf(one, alert, before) }))
  if (firing.length === 0) return { ...about, state: 'quiet', reason: null, firing }
  if (firing.some(({ state }) => state === 'firing')) return { ...about, state: 'firing', reason: null, firing }
  return { ...about, state: 'pending', reason: `The rule fires once this has gone on for ${alert.for}`, firing }
}

function stateOf(
  one: FoundAnswer,
  { terms, for: wait }: AlertDefinition,
  before: readonly (Held | undefined)[],
): FiringAnswer['state'] {
  // How long the oldest call waits says it of the outbox.
  if (terms.kind === 'outbox')
    return (one.conditions.at(-1)?.value ?? 0) > toSeconds(terms.window) + toSeconds(wait) ? 'firing' : 'pending'
  const labels = JSON.stringify(one.labels)
  const isAlways = before.every((held) => foundOf(held).some((other) => JSON.stringify(other.labels) === labels))
  return isAlways ? 'firing' : 'pending'
}

function unitOf(terms: AlertDefinition['terms']): AlertAnswer['unit'] {
  if (terms.kind === 'budgets') return 'usd'
  return terms.kind === 'calls' ? terms.unit : 'count'
}

const nanoUsdPerUsd = 1e9

async function findOverPace({ readBudgets, nowMs }: JudgeSetup): Promise<Held> {
  const states = await readBudgets(nowMs)
  if (states.length === 0) return { unknown: 'No budget is set: budgets.yaml in the configuration folder' }
  const found = states.flatMap(({ budget, spendings }) =>
    spendings.flatMap(({ value, paceNanoUsd }): FoundAnswer[] => {
      const [pace, threshold] = [paceNanoUsd / nanoUsdPerUsd, budget.limit_usd]
      if (pace <= threshold) return []
      return [
        {
          labels: { budget: budget.name, ...(budget.per !== undefined && { [budget.per]: value ?? 'unknown' }) },
          ...{ value: pace, threshold },
          conditions: [{ what: `pace of the ${budget.period}`, is: 'above', value: pace, threshold }],
        },
      ]
    }),
  )
  return { found }
}

function windowOf(terms: AlertDefinition['terms']): Span | null {
  if (terms.kind === 'calls') return terms.conditions[0].value.window
  return terms.kind === 'outbox' ? terms.window : null
}

function askCalls({ by, conditions }: CallTerms, questions: Questions): () => readonly FoundAnswer[] {
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
function judgeKey({ key, by, asked }: KeyToJudge): readonly FoundAnswer[] {
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
function findLate({ window, above }: OutboxTerms, waiting: readonly Waiting[]): readonly FoundAnswer[] {
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
