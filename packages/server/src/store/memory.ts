import type { LlmCall } from '@inferometer/core/call'
import { aggregateCalls } from './aggregate-calls.ts'
import { isSpanId, isTraceId } from './call-id-text.ts'
import { matchesFilter, searchCalls } from './search-calls.ts'
import type { Appended, AppendResult, BatchAnswer, CallStore, StoredCall, StoredNode, TotalsSnapshot } from './store.ts'
import { summarizeTraces } from './summarize-traces.ts'

/** What outlives the store: opening another one with it is a restart. */
export interface MemoryDisk {
  readonly calls: StoredCall[]
  readonly nodes: StoredNode[]
  snapshot: TotalsSnapshot | null
}

export const createMemoryDisk = (): MemoryDisk => ({ calls: [], nodes: [], snapshot: null })

/** The store for tests: the same answers as the one on disk, and nothing kept beyond `disk`. */
export function createMemoryStore(disk: MemoryDisk = createMemoryDisk()): CallStore {
  const known = new Map(disk.calls.map(({ call }) => [idOf(call), call]))
  let isClosed = false
  const { calls, nodes } = disk
  return {
    // Asynchronous like a commit; in order, as all promises of this kind are.
    append: async (given, givenNodes = []) => {
      if (isClosed) return closed
      for (const { traceId, spanId } of givenNodes) checkIds(traceId, spanId)
      for (const node of givenNodes) nodes.push({ seq: nodes.length + 1, node })
      return record(given, calls, known)
    },
    loadSnapshot: async () => disk.snapshot,
    saveSnapshot: async ({ seq, snapshot }) => {
      if (seq > calls.length) throw new Error(`BUG: a snapshot at seq ${seq} of a store at ${calls.length}`)
      disk.snapshot = { seq, snapshot: snapshot.slice() }
      return { ok: true }
    },
    readAfter: (seq, onBatch) => readItems(calls, seq, onBatch),
    readNodesAfter: (seq, onBatch) => readItems(nodes, seq, onBatch),
    recentTraces: async (request) => summarizeTraces(calls, request),
    searchCalls: async (request) => searchCalls(calls, request, nodes),
    countCalls: async (filter, atMost) =>
      Math.min(atMost, calls.filter((stored) => matchesFilter(stored, filter, nodes)).length),
    getCall: async (traceId, spanId) => known.get(idOf({ traceId, spanId })) ?? null,
    getTrace: async (traceId) => ({
      calls: listTrace([...known.values()], traceId),
      nodes: listTrace([...new Map([...nodes].reverse().map(({ node }) => [idOf(node), node])).values()], traceId),
    }),
    exportCalls: async () => {
      throw new Error('Cannot export: this store has no files')
    },
    aggregate: async (request) =>
      aggregateCalls(
        calls.map(({ call }) => call),
        request,
      ),
    // There is no disk to make room on.
    dropOld: async () => ({ aged: 0, oversized: 0, unread: 0, heldBy: null }),
    state: () => ({
      health: isClosed ? 'closed' : 'ok',
      message: null,
      rows: calls.length,
      lastSeq: calls.length,
      lastNodeSeq: nodes.length,
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

async function readItems<T>(
  items: readonly T[],
  seq: number,
  onBatch: (batch: readonly T[]) => BatchAnswer | Promise<BatchAnswer>,
): Promise<void> {
  let after = seq
  while (after < items.length) {
    const batch = items.slice(after, after + batchCalls)
    if ((await onBatch(batch)) === 'stop') return
    after += batch.length
  }
}

function listTrace<T extends { readonly traceId: string; readonly startTimeUs: number }>(
  items: readonly T[],
  id: string,
) {
  return items
    .filter(({ traceId }) => traceId.toLowerCase() === id.toLowerCase())
    .sort((one, other) => one.startTimeUs - other.startTimeUs)
}

const batchCalls = 1_000
const closed: AppendResult = { ok: false, reason: 'unavailable', message: 'the store is closed', retryAfterMs: 1_000 }

const idOf = ({ traceId, spanId }: Pick<LlmCall, 'traceId' | 'spanId'>): string => (traceId + spanId).toLowerCase()

function checkIds(traceId: string, spanId: string): void {
  if (!isTraceId(traceId)) throw new Error(`BUG: traceId is ${JSON.stringify(traceId)}, not 32 hex digits`)
  if (!isSpanId(spanId)) throw new Error(`BUG: spanId is ${JSON.stringify(spanId)}, not 16 hex digits`)
}

function record(given: readonly LlmCall[], calls: StoredCall[], known: Map<string, LlmCall>): Appended {
  for (const { traceId, spanId } of given) checkIds(traceId, spanId)
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
