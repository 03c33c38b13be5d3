import { type LlmCall, modelLabel, timePerOutputTokenMs } from '@inferometer/core/call'
import {
  type AggregateRequest,
  type AggregateRow,
  type Amount,
  type Condition,
  type Dimension,
  type Duration,
  type Grain,
  grainOf,
  type Measure,
} from './aggregate.ts'

type Value = string | null

const read =
  (value: (call: LlmCall) => Value) =>
  (call: LlmCall): readonly Value[] => [value(call)]

const dimensionValues: Readonly<Record<Dimension, (call: LlmCall) => readonly Value[]>> = {
  serviceName: read((call) => call.serviceName),
  provider: read((call) => call.provider),
  model: read(modelLabel),
  operation: read((call) => call.operation),
  status: read((call) => call.status),
  errorType: read(({ status, errorType }) => {
    if (status === 'success') return null
    return errorType ?? (status === 'cancelled' ? 'cancelled' : 'other')
  }),
  finishReason: read((call) => call.finishReason),
  userId: read((call) => call.userId),
  sessionId: read((call) => call.sessionId),
  tag: ({ tags }) => (tags.length === 0 ? [null] : [...new Set(tags)]),
  source: read((call) => call.source),
  usageSource: read((call) => call.usageSource),
  requestModel: read((call) => call.requestModel),
  responseModel: read((call) => call.responseModel),
  priceVersion: read((call) => call.priceVersion),
  errorCode: read((call) => call.errorCode),
  finishReasonRaw: read((call) => call.finishReasonRaw),
  requestId: read((call) => call.requestId),
  responseId: read((call) => call.responseId),
  httpStatus: (call) => listStatuses(call),
  findingKind: ({ findings }) => findings.map(({ kind }) => kind),
  pattern: ({ findings }) => findings.map(({ pattern }) => pattern),
}

/** Of each attempt; a source that does not see attempts may know how the one it saw ended. */
function listStatuses({ attempts, httpStatus }: LlmCall): readonly string[] {
  if (attempts.length === 0) return httpStatus === null ? [] : [String(httpStatus)]
  return attempts.map((attempt) => String(attempt.httpStatus ?? 'none'))
}

type Own = Partial<Record<Dimension, Value>>

/** What is counted: the call itself, or each of its attempts or findings. */
const elements: Readonly<Record<Grain, (call: LlmCall) => readonly Own[]>> = {
  calls: () => [{}],
  attempts: (call) => listStatuses(call).map((httpStatus) => ({ httpStatus })),
  findings: ({ findings }) => findings.map(({ kind, pattern }) => ({ findingKind: kind, pattern })),
}

const rateLimited = '429'

const isTrue = (is: (call: LlmCall) => boolean) => (call: LlmCall) => Number(is(call))

const amountValues: Readonly<Record<Amount, (call: LlmCall) => number | null>> = {
  calls: () => 1,
  failedCalls: isTrue(({ status }) => status === 'error'),
  cancelledCalls: isTrue(({ status }) => status === 'cancelled'),
  retriedCalls: isTrue(({ retryCount }) => retryCount > 0),
  errors: isTrue(({ status }) => status !== 'success'),
  finishedCalls: isTrue(({ finishReason }) => finishReason !== null),
  attempts: (call) => listStatuses(call).length,
  rateLimitedAttempts: (call) => listStatuses(call).filter((status) => status === rateLimited).length,
  retries: ({ retryCount }) => retryCount,
  findings: ({ findings }) => findings.length,
  piiCalls: isTrue(({ findings }) => findings.some(({ kind }) => kind === 'pii')),
  injectionCalls: isTrue(({ findings }) => findings.some(({ kind }) => kind === 'injection')),
  unpricedCalls: isTrue(
    ({ costNanoUsd, inputTokens, outputTokens }) =>
      costNanoUsd === null && (inputTokens !== null || outputTokens !== null),
  ),
  usageMissingCalls: isTrue(({ status, usageSource }) => status === 'success' && usageSource !== 'provider'),
  inputTokens: (call) => call.inputTokens,
  outputTokens: (call) => call.outputTokens,
  cacheReadTokens: (call) => call.cacheReadTokens,
  cacheWriteTokens: (call) => call.cacheWriteTokens,
  reasoningTokens: (call) => call.reasoningTokens,
  costNanoUsd: (call) => call.costNanoUsd,
}

const durationValues: Readonly<Record<Duration, (call: LlmCall) => number | null>> = {
  latencyMs: (call) => call.latencyMs,
  ttftMs: (call) => call.ttftMs,
  timePerOutputTokenMs: (call) => (call.streaming ? timePerOutputTokenMs(call) : null),
}

interface Member {
  readonly call: LlmCall
  readonly own: Own
}

interface Group {
  readonly timeUs: number | null
  readonly key: readonly Value[]
  readonly members: Member[]
}

/** The answer worked out call by call: slow, and plain enough to hold the database against. */
export function aggregateCalls(calls: Iterable<LlmCall>, request: AggregateRequest): readonly AggregateRow[] {
  const { measures, by, stepUs, orderBy, limit } = request
  const grain = grainOf(request)
  const groups = new Map<string, Group>()
  for (const call of calls) {
    if (!isAsked(call, request)) continue
    const timeUs = stepUs === null ? null : Math.floor(call.startTimeUs / stepUs) * stepUs
    for (const own of elements[grain](call)) {
      for (const key of listKeys({ call, own }, by)) {
        const name = JSON.stringify([timeUs, key])
        const group = groups.get(name) ?? { timeUs, key, members: [] }
        groups.set(name, group)
        group.members.push({ call, own })
      }
    }
  }
  const rows = [...groups.values()].map(({ timeUs, key, members }) => ({
    timeUs,
    key,
    values: measures.map((measure) =>
      grain === 'calls' ? measureOf(measure, members) : countElements(measure, members),
    ),
  }))
  return rows.sort((one, other) => compareRows(one, other, orderBy)).slice(0, limit)
}

export function isAsked(
  call: LlmCall,
  { where, sinceUs, untilUs }: Pick<AggregateRequest, 'where' | 'sinceUs' | 'untilUs'>,
): boolean {
  if (sinceUs !== null && call.startTimeUs < sinceUs) return false
  if (untilUs !== null && call.startTimeUs >= untilUs) return false
  return where.every(({ dimension, oneOf }: Condition) =>
    dimensionValues[dimension](call).some((value) => oneOf.includes(value)),
  )
}

/** One key for each combination of values. */
function listKeys({ call, own }: Member, by: readonly Dimension[]): readonly (readonly Value[])[] {
  const valuesOf = (dimension: Dimension) => {
    const value = own[dimension]
    return value === undefined ? dimensionValues[dimension](call) : [value]
  }
  return by.reduce<readonly (readonly Value[])[]>(
    (keys, dimension) => keys.flatMap((key) => valuesOf(dimension).map((value) => [...key, value])),
    [[]],
  )
}

/** `grainOf` lets through no measure but these. */
function countElements(measure: Measure, members: readonly Member[]): number {
  if (measure.of === 'calls') return new Set(members.map(({ call }) => call)).size
  if (measure.of !== 'rateLimitedAttempts') return members.length
  return members.filter(({ own }) => own.httpStatus === rateLimited).length
}

function measureOf(measure: Measure, members: readonly Member[]): number | null {
  const calls = members.map(({ call }) => call)
  const values = measure.kind === 'amount' ? calls.map(amountValues[measure.of]) : calls.map(durationValues[measure.of])
  const known = values.filter((value) => value !== null).sort((one, other) => one - other)
  if (known.length === 0) return null
  const sum = known.reduce((total, value) => total + value, 0)
  if (measure.kind === 'amount') return sum
  return measure.kind === 'average' ? sum / known.length : quantileOf(known, measure.quantile)
}

function quantileOf(sorted: readonly number[], share: number): number {
  const place = (sorted.length - 1) * share
  const [below, above] = [sorted[Math.floor(place)] ?? 0, sorted[Math.ceil(place)] ?? 0]
  return below + (above - below) * (place - Math.floor(place))
}

function compareRows(one: AggregateRow, other: AggregateRow, orderBy: number): number {
  const byTime = (one.timeUs ?? 0) - (other.timeUs ?? 0)
  if (byTime !== 0) return byTime
  const [left, right] = [one.values[orderBy] ?? -1, other.values[orderBy] ?? -1]
  return right - left || compareKeys(one.key, other.key)
}

/** Nulls last, else by code unit. */
function compareKeys(one: readonly Value[], other: readonly Value[]): number {
  const differing = one.findIndex((value, index) => value !== other[index])
  const [left, right] = [one[differing] ?? null, other[differing] ?? null]
  if (left === null || right === null) return Number(left === null) - Number(right === null)
  return left < right ? -1 : 1
}
