import type { LlmCall } from '@inferometer/core/call'
import type { TraceNode } from '@inferometer/core/trace-node'
import type { CallFilter, SearchRequest } from '../call-search.ts'
import type { AggregateRequest, AggregateRow } from './aggregate.ts'

/**
 * The store of calls: durable, each (traceId, spanId) once, in one order.
 *
 * Every recorded call has a `seq`: 1, 2, 3 … in commit order, never used twice. (Only a damaged file can make it go
 * back: to the last snapshot, or the last call that is left. A cursor kept elsewhere is cut to `state().lastSeq`.)
 * What is counted from calls can therefore be restored exactly as *snapshot + the calls after it*. The protocol for a
 * caller that keeps totals:
 *
 * 1. Boot, before anything is appended: `totals = await loadSnapshot()`, or nothing at seq 0. Then
 *    `readAfter(totals.seq, batch => …)` adds each call to the registry and sets `applied = call.seq`. Rows that were
 *    committed but whose answer was lost in a crash are among them: they are recorded, so they are counted.
 * 2. Running: `const result = await store.append(calls)`, and then, without awaiting anything in between, add the calls
 *    that are not in `result.duplicates` to the registry and set `applied = result.lastSeq`. Promises of append()
 *    resolve in the order of their seqs, so when every append is awaited in the same one place,
 *    `result.firstSeq === applied + 1` holds each time; check it, because a gap is a bug in the caller.
 * 3. Snapshot: read `applied` and serialise the registry in one synchronous step, then `saveSnapshot` both. At that
 *    moment the registry holds exactly the calls with seq ≤ applied.
 *
 * Replaying costs about 30 µs a call, so a snapshot every few seconds or 20,000 calls keeps a restart under a second.
 */
export interface CallStore {
  /**
   * Records calls. Resolves after the commit that holds them is durable; calls of many appends share one commit.
   * The nodes become durable with them. A node is stored as often as it is given, and read once.
   * Throws `BUG: …` when a call breaks the contract of LlmCall (an id that is not hex, a count that is no integer).
   */
  append(calls: readonly LlmCall[], nodes?: readonly TraceNode[]): Promise<AppendResult>

  /** The newest whole snapshot, or null when there is none. */
  loadSnapshot(): Promise<TotalsSnapshot | null>
  /** Resolves when the snapshot is durable. A refused snapshot leaves the one before in force. */
  saveSnapshot(snapshot: TotalsSnapshot): Promise<SaveResult>
  /**
   * Hands over every call with a greater seq, ascending, in batches, until there is none left or `onBatch` answers
   * 'stop'. The next batch is read after `onBatch` is done with the one before.
   */
  readAfter(seq: number, onBatch: (batch: readonly StoredCall[]) => BatchAnswer | Promise<BatchAnswer>): Promise<void>

  searchCalls(request: SearchRequest): Promise<readonly StoredCall[]>
  /** How many calls the filter lets through; counting stops at `atMost`. */
  countCalls(filter: CallFilter, atMost: number): Promise<number>
  getCall(traceId: string, spanId: string): Promise<LlmCall | null>
  /** The calls and the nodes of one trace, each by start time. */
  getTrace(traceId: string): Promise<StoredTrace>
  /** The traces whose calls were recorded last. */
  recentTraces(request: RecentTracesRequest): Promise<readonly TraceSummary[]>
  /** Every node with a greater seq, as `readAfter`. Nodes have seqs of their own. */
  readNodesAfter(
    seq: number,
    onBatch: (batch: readonly StoredNode[]) => BatchAnswer | Promise<BatchAnswer>,
  ): Promise<void>
  /** Writes calls to a new file at the path, in the order of recording. */
  exportCalls(request: ExportRequest, path: string): Promise<void>
  /**
   * Without `by` and steps: one row, or none when no call matches. Of dropped calls there are amounts and averages left, by
   * service, provider, model, operation, status, error type and finish reason by the hour, and by user by the day, of the
   * thousand values of each with the most calls that day: an hour or day belongs to the time in which it begins.
   */
  aggregate(request: AggregateRequest): Promise<readonly AggregateRow[]>

  /**
   * Drops the oldest calls to make room, a whole day at a time (or a part of one, when a day is large): never the one
   * that takes the appends, and never a call that the last two snapshots do not both hold, because either may be the one
   * the totals are restored from. What the dropped calls add up to, by hour and label, goes on answering `aggregate`. A call whose ids were dropped is recorded anew when it is sent again.
   */
  dropOld(request: DropRequest): Promise<Dropped>

  state(): StoreState
  /** Commits what was accepted, writes everything to its place and lets go of the directory. */
  close(): Promise<void>
}

export interface StoredCall {
  readonly seq: number
  readonly call: LlmCall
}

export interface StoredNode {
  readonly seq: number
  readonly node: TraceNode
}

export interface StoredTrace {
  readonly calls: readonly LlmCall[]
  readonly nodes: readonly TraceNode[]
}

export interface RecentTracesRequest {
  readonly limit: number
  /** Only traces whose last call has a smaller seq: the `lastSeq` of the last trace of the page before. */
  readonly before?: number | undefined
  readonly serviceName?: string | undefined
}

export interface ExportRequest {
  /** Start times at or after, and before: microseconds since the Unix epoch. */
  readonly sinceUs: number | null
  readonly untilUs: number | null
  readonly format: 'parquet' | 'csv'
}

/** A trace as its calls tell of it. Null: not known of any of them. */
export interface TraceSummary {
  readonly traceId: string
  /** Seq of the call that was recorded last. */
  readonly lastSeq: number
  readonly startTimeUs: number
  /** From the start of the first call to the end of the last. */
  readonly durationMs: number
  readonly calls: number
  readonly failedCalls: number
  readonly services: readonly string[]
  readonly models: readonly string[]
  readonly inputTokens: number | null
  readonly outputTokens: number | null
  readonly costNanoUsd: number | null
}

/** 'stop' ends the reading; anything else goes on. */
// biome-ignore lint/suspicious/noConfusingVoidType: a callback that returns nothing is the usual one
export type BatchAnswer = 'stop' | void

export type AppendResult = Appended | Refusal

export interface Appended {
  readonly ok: true
  /**
   * The recorded calls have the seqs firstSeq … lastSeq in the order they were given.
   * When all were duplicates, firstSeq is lastSeq + 1.
   */
  readonly firstSeq: number
  readonly lastSeq: number
  /** Indexes, ascending, of the calls that had been recorded before (in an earlier append, or earlier in this one). */
  readonly duplicates: readonly number[]
}

/** Nothing of the append was recorded; the same append may be sent again after `retryAfterMs`. */
export interface Refusal {
  readonly ok: false
  readonly reason: RefusalReason
  /** What happened, for the state page and the log. */
  readonly message: string
  readonly retryAfterMs: number
}

export type RefusalReason = 'disk_full' | 'unavailable' | 'overloaded'

export interface TotalsSnapshot {
  readonly seq: number
  readonly snapshot: Uint8Array
}

export type SaveResult = { readonly ok: true } | Refusal

export interface DropRequest {
  /** Days that ended before this go: milliseconds since the Unix epoch. */
  readonly beforeMs: number
  /** What is on disk beyond this goes as well, the oldest first. */
  readonly maxBytes: number
  /** Calls with a greater seq are waited for by another reader: only `maxBytes` drops them. */
  readonly keepAfterSeq: number
}

export interface Dropped {
  /** Calls that were too old. */
  readonly aged: number
  /** Calls that were dropped for their size, and of these the ones that another reader had not passed. */
  readonly oversized: number
  readonly unread: number
  /** What keeps calls that should go: they are not in both saved snapshots, not read, or cannot be added up. */
  readonly heldBy: 'totals' | 'reader' | 'sums' | null
}

/** `read_only`, `disk_full`, `unavailable`: appends are refused until it is over; reads go on where they can. */
export type StoreHealth = 'ok' | 'disk_full' | 'read_only' | 'unavailable' | 'closed'

export interface StoreState {
  readonly health: StoreHealth
  /** What is wrong, or what was set aside when the store was opened; null when there is nothing to say. */
  readonly message: string | null
  readonly rows: number
  readonly lastSeq: number
  /** Of the nodes. */
  readonly lastNodeSeq: number
  readonly diskBytes: number
  /** Calls accepted and not yet committed. */
  readonly queueRows: number
  readonly queueBytes: number
  readonly lastCommitMs: number | null
}
