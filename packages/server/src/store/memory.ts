import { type LlmCall, modelLabel } from '@inferometer/core/call'
import { isSpanId, isTraceId } from './call-id-text.ts'
import type {
  Appended,
  AppendResult,
  CallFilters,
  CallStore,
  Dimension,
  RecentCallsRequest,
  StoredCall,
  Summary,
  SummaryRequest,
  TotalsSnapshot,
} from './store.ts'

/** What outlives the store: opening another one with it is a restart. */
export interface MemoryDisk {
  readonly calls: StoredCall[]
  snapshot: TotalsSnapshot | null
}

export const createMemoryDisk = (): MemoryDisk => ({ calls: [], snapshot: null })

/** The store for tests: the same answers as the one on disk, and nothing kept beyond `disk`. */
export function createMemoryStore(disk: MemoryDisk = createMemoryDisk()): CallStore {
  const known = new Map(disk.calls.map(({ call }) => [idOf(call), call]))
  let isClosed = false
  const { calls } = disk
  return {
    // Asynchronous like a commit; in order, as all promises of this kind are.
    append: async (given) => (isClosed ? closed : record(given, calls, known)),
    loadSnapshot: async () => disk.snapshot,
    saveSnapshot: async ({ seq, snapshot }) => {
      if (seq > calls.length) throw new Error(`BUG: a snapshot at seq ${seq} of a store at ${calls.length}`)
      disk.snapshot = { seq, snapshot: snapshot.slice() }
      return { ok: true }
    },
    readAfter: async (seq, onBatch) => {
      for (let from = seq; from < calls.length; from += batchCalls) {
        if ((await onBatch(calls.slice(from, from + batchCalls))) === 'stop') return
      }
    },
    recentCalls: async (request) => findRecent(calls, request),
    getCall: async (traceId, spanId) => known.get(idOf({ traceId, spanId })) ?? null,
    getTrace: async (traceId) =>
      [...known.values()]
        .filter((call) => call.traceId === traceId.toLowerCase())
        .sort((one, other) => one.startTimeUs - other.startTimeUs),
    summarize: async (request) => summarize(calls, request),
    state: () => ({
      health: isClosed ? 'closed' : 'ok',
      message: null,
      rows: calls.length,
      lastSeq: calls.length,
      diskBytes: 0,
      queueRows: 0,
      queueBytes: 0,
      lastCommitMs: null,
    }),
    close: async () => {
      isClosed = true
    },
  }
}

const batchCalls = 1_000
const closed: AppendResult = { ok: false, reason: 'unavailable', message: 'the store is closed', retryAfterMs: 1_000 }

const idOf = ({ traceId, spanId }: Pick<LlmCall, 'traceId' | 'spanId'>): string => (traceId + spanId).toLowerCase()

function record(given: readonly LlmCall[], calls: StoredCall[], known: Map<string, LlmCall>): Appended {
  for (const { traceId, spanId } of given) {
    if (!isTraceId(traceId)) throw new Error(`BUG: traceId is ${JSON.stringify(traceId)}, not 32 hex digits`)
    if (!isSpanId(spanId)) throw new Error(`BUG: spanId is ${JSON.stringify(spanId)}, not 16 hex digits`)
  }
  const firstSeq = calls.length + 1
  const duplicates: number[] = []
  given.forEach((call, index) => {
    if (known.has(idOf(call))) {
      duplicates.push(index)
    } else {
      known.set(idOf(call), call)
      calls.push({ seq: calls.length + 1, call })
    }
  })
  return { ok: true, firstSeq, lastSeq: calls.length, duplicates }
}

const dimensionValues: Readonly<Record<Dimension, (call: LlmCall) => string | null>> = {
  serviceName: (call) => call.serviceName,
  provider: (call) => call.provider,
  model: modelLabel,
  operation: (call) => call.operation,
  status: (call) => call.status,
  errorType: (call) => call.errorType,
  finishReason: (call) => call.finishReason,
  userId: (call) => call.userId,
  sessionId: (call) => call.sessionId,
}

function matches(call: LlmCall, { sinceUs, untilUs, ...equal }: CallFilters): boolean {
  if (sinceUs !== undefined && call.startTimeUs < sinceUs) return false
  if (untilUs !== undefined && call.startTimeUs >= untilUs) return false
  return Object.entries(equal).every(
    // Object.entries forgets the keys; those that are left are dimensions.
    ([name, value]) => value === undefined || dimensionValues[name as keyof typeof equal](call) === value,
  )
}

function findRecent(calls: readonly StoredCall[], request: RecentCallsRequest): StoredCall[] {
  const { limit, before = Number.POSITIVE_INFINITY, filters = {} } = request
  const found = calls.filter(({ seq, call }) => seq < before && matches(call, filters))
  return found.reverse().slice(0, limit)
}

function summarize(calls: readonly StoredCall[], { by = [], ...filters }: SummaryRequest): readonly Summary[] {
  const groups = new Map<string, LlmCall[]>()
  for (const { call } of calls) {
    if (!matches(call, filters)) continue
    const key = JSON.stringify(by.map((dimension) => dimensionValues[dimension](call)))
    const group = groups.get(key)
    if (group) group.push(call)
    else groups.set(key, [call])
  }
  const summaries = [...groups].map(([key, group]) => toSummary(JSON.parse(key), group))
  return summaries.sort((one, other) => other.calls - one.calls || compareKeys(one.key, other.key))
}

function toSummary(key: readonly (string | null)[], group: readonly LlmCall[]): Summary {
  const count = (isCounted: (call: LlmCall) => boolean) => group.filter(isCounted).length
  const sum = (read: (call: LlmCall) => number | null) =>
    group.map(read).reduce((total, value) => (value === null ? total : (total ?? 0) + value), null)
  const latencies = group.map(({ latencyMs }) => latencyMs).sort((one, other) => one - other)
  return {
    key,
    calls: group.length,
    errors: count(({ status }) => status === 'error'),
    cancelled: count(({ status }) => status === 'cancelled'),
    inputTokens: sum(({ inputTokens }) => inputTokens),
    outputTokens: sum(({ outputTokens }) => outputTokens),
    costNanoUsd: sum(({ costNanoUsd }) => costNanoUsd),
    latencyMs: { p50: percentile(latencies, 0.5), p95: percentile(latencies, 0.95), p99: percentile(latencies, 0.99) },
  }
}

/** Nulls last, else by code unit. */
function compareKeys(one: Summary['key'], other: Summary['key']): number {
  const differing = one.findIndex((value, index) => value !== other[index])
  const [left, right] = [one[differing] ?? null, other[differing] ?? null]
  if (left === null || right === null) return Number(left === null) - Number(right === null)
  return left < right ? -1 : 1
}

function percentile(sorted: readonly number[], share: number): number {
  const place = (sorted.length - 1) * share
  const [below, above] = [sorted[Math.floor(place)] ?? 0, sorted[Math.ceil(place)] ?? 0]
  return below + (above - below) * (place - Math.floor(place))
}
