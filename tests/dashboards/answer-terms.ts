/** Answers a panel's terms from calls alone: what a store must say, and what Prometheus must agree with. */
import { type LlmCall, modelLabel, timePerOutputTokenMs } from '@inferometer/core/call'
import { type Amount, amounts, type Dimension, type Duration, type PanelTerms } from '@inferometer/core/panels/terms'

export interface CallsInView {
  /** Calls of the window. */
  readonly calls: readonly LlmCall[]
  /** All calls until the end of the window. */
  readonly ever: readonly LlmCall[]
  readonly windowSeconds: number
  /** What the variables let through. */
  readonly isChosen: (call: LlmCall) => boolean
  /** The same for what is counted by service alone. */
  readonly isServiceChosen: (call: LlmCall) => boolean
}

/** Values by the values of `by`, joined with a line feed. */
export type Answer = ReadonlyMap<string, number>

interface Share {
  readonly call: LlmCall
  readonly value: number
  readonly own?: Partial<Record<Dimension, string>>
}

const one = (isCounted: (call: LlmCall) => boolean) => (call: LlmCall) => (isCounted(call) ? [{ call, value: 1 }] : [])
const many = (field: (call: LlmCall) => number | null) => (call: LlmCall) => {
  const value = field(call)
  return value === null ? [] : [{ call, value }]
}
const hasFinding = (kind: string) => one((call) => call.findings.some((finding) => finding.kind === kind))
const statusText = (status: number | null) => (status === null ? 'none' : String(status))

function attemptsOf(call: LlmCall): Share[] {
  const statuses = call.attempts.map(({ httpStatus }) => statusText(httpStatus))
  if (statuses.length === 0 && call.httpStatus !== null) statuses.push(statusText(call.httpStatus))
  return statuses.map((httpStatus) => ({ call, value: 1, own: { httpStatus } }))
}

function errorsOf(call: LlmCall): Share[] {
  if (call.status === 'success') return []
  const errorType = call.errorType ?? (call.status === 'cancelled' ? 'cancelled' : 'other')
  return [{ call, value: 1, own: { errorType } }]
}

const shares: Readonly<Record<Amount, (call: LlmCall) => Share[]>> = {
  calls: one(() => true),
  failedCalls: one((call) => call.status === 'error'),
  retriedCalls: one((call) => call.retryCount > 0),
  finishedCalls: (call) =>
    call.finishReason === null ? [] : [{ call, value: 1, own: { finishReason: call.finishReason } }],
  errors: errorsOf,
  attempts: attemptsOf,
  rateLimitedAttempts: (call) => attemptsOf(call).filter(({ own }) => own?.httpStatus === '429'),
  findings: (call) =>
    call.findings.map(({ kind, pattern }) => ({ call, value: 1, own: { findingKind: kind, pattern } })),
  piiCalls: hasFinding('pii'),
  injectionCalls: hasFinding('injection'),
  unpricedCalls: one((call) => call.costNanoUsd === null && (call.inputTokens ?? call.outputTokens) !== null),
  usageMissingCalls: one((call) => call.status === 'success' && call.usageSource !== 'provider'),
  inputTokens: many((call) => call.inputTokens),
  outputTokens: many((call) => call.outputTokens),
  cacheReadTokens: many((call) => call.cacheReadTokens),
  cacheWriteTokens: many((call) => call.cacheWriteTokens),
  reasoningTokens: many((call) => call.reasoningTokens),
  costUsd: many((call) => (call.costNanoUsd === null ? null : call.costNanoUsd / 1e9)),
}

const values: Readonly<Record<Duration, (call: LlmCall) => number | null>> = {
  latencyMs: (call) => call.latencyMs,
  ttftMs: (call) => call.ttftMs,
  timePerOutputTokenMs: (call) => (call.streaming ? timePerOutputTokenMs(call) : null),
}

function keyOf({ call, own }: Share, by: readonly Dimension[]): string {
  const { provider, serviceName, status } = call
  const common: Partial<Record<Dimension, string>> = { model: modelLabel(call), provider, serviceName, status }
  const textOf = (dimension: Dimension) => own?.[dimension] ?? common[dimension]
  return by.map(textOf).join('\n')
}

function groupBy(parts: readonly Share[], by: readonly Dimension[]): Map<string, number[]> {
  const groups = new Map<string, number[]>()
  for (const part of parts) {
    const key = keyOf(part, by)
    groups.set(key, [...(groups.get(key) ?? []), part.value])
  }
  return groups
}

const add = (numbers: readonly number[]) => numbers.reduce((sum, number) => sum + number, 0)
const mapValues = <V>(map: ReadonlyMap<string, V>, change: (value: V, key: string) => number): Answer =>
  new Map([...map].map(([key, value]) => [key, change(value, key)]))

const isByServiceAlone = (of: Amount) => !(amounts[of].metric.labels as readonly string[]).includes('model')

function sum(of: Amount, by: readonly Dimension[], view: CallsInView & { readonly narrowedLike?: Amount }): Answer {
  const chosen = isByServiceAlone(view.narrowedLike ?? of) ? view.isServiceChosen : view.isChosen
  return mapValues(groupBy(view.calls.filter(chosen).flatMap(shares[of]), by), add)
}

const secondsOf = { second: 1, hour: 3_600, day: 86_400 } as const

export function answerTerms({ measure, by, top }: PanelTerms, view: CallsInView): Answer {
  if (measure.kind === 'ratio') {
    const parts = sum(measure.of, by, view)
    const wholes = sum(measure.to, by, { ...view, narrowedLike: measure.of })
    const isZeroMeant = amounts[measure.of].absent === 'none'
    const known = [...wholes].filter(([key]) => isZeroMeant || parts.has(key))
    return mapValues(new Map(known), (whole, key) => (parts.get(key) ?? 0) / whole)
  }
  if (measure.kind !== 'amount') throw new Error(`BUG: ${measure.kind} is answered by listDurations`)
  const { of, over } = measure
  if (over === 'ever') return sum(of, by, { ...view, calls: view.ever })
  const sums = new Map(sum(of, by, view))
  if (over === 'window' && by.length === 0 && amounts[of].absent === 'none' && sums.size === 0) sums.set('', 0)
  const factor = over === 'window' ? 1 : secondsOf[over] / view.windowSeconds
  const greatest = [...sums].sort(([, a], [, b]) => b - a).slice(0, top)
  return mapValues(new Map(greatest), (value) => value * factor)
}

/** The values behind a quantile or an average, ascending, by the values of `by`. */
export function listDurations(of: Duration, by: readonly Dimension[], view: CallsInView): Map<string, number[]> {
  const parts = view.calls.filter(view.isChosen).flatMap((call) => {
    const value = values[of](call)
    return value === null ? [] : [{ call, value }]
  })
  const groups = groupBy(parts, by)
  for (const group of groups.values()) group.sort((a, b) => a - b)
  return groups
}
