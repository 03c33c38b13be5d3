import type { LlmCall } from '@inferometer/core/call'
import type { TraceNode } from '@inferometer/core/trace-node'
import type { CallFilter, SearchRequest } from '../../call-search.ts'
import type { AggregateRequest, AggregateRow } from '../aggregate.ts'
import { isSpanId, isTraceId } from '../call-id-text.ts'
import { readSnapshot, readSnapshotSeqs, type SnapshotPaths, writeSnapshot } from '../snapshot-file.ts'
import type {
  AppendResult,
  BatchAnswer,
  CallStore,
  Dropped,
  DropRequest,
  ExportRequest,
  RecentTracesRequest,
  Refusal,
  SaveResult,
  StoredCall,
  StoredNode,
  StoredTrace,
  StoreHealth,
  StoreState,
  TotalsSnapshot,
  TraceSummary,
} from '../store.ts'
import { aggregateQuery, readAggregate } from './aggregate-query.ts'
import { AppendQueue, type QueueLimits } from './append-queue.ts'
import { claimDirectory } from './claim-directory.ts'
import { exportQuery } from './export-query.ts'
import { type Failure, messageOf, refuse, toFailure } from './failure.ts'
import { snapshotPaths } from './filenames.ts'
import type { Committed, WorkerOptions } from './messages.ts'
import { nodesAfterQuery, readNodes, traceNodesQuery } from './node-rows.ts'
import * as queries from './queries.ts'
import { readRows } from './read-rows.ts'
import { callsBySeqQuery, countQuery, searchQuery } from './search-query.ts'
import { summedQuery } from './sums-query.ts'
import { readSummaries, recentTraceIdsQuery, traceSummariesQuery } from './trace-queries.ts'
import { type Ready, WorkerLink } from './worker-link.ts'

export interface DuckDbStoreOptions {
  /** Made when it is not there. */
  readonly dir: string
  /** What DuckDB may use for its buffers; the ids (5.3 MB for a million) and Node's own memory come on top. */
  readonly memoryBytes?: number
  /** Calls and bytes accepted and not yet committed; beyond either, appends are refused as overloaded. */
  readonly queue?: QueueLimits
  /** How large the log of a file grows before it is checkpointed. A restart replays it: 64 MB take about 0.4 s. */
  readonly checkpointAtWalBytes?: number
  /** How large a part of a day grows before the next begins: what can be dropped at once. */
  readonly partBytes?: number
}

/** How long one failed commit speaks for all appends, so that a full disk is not tried by each of them. */
const failureHoldsMs = 1_000
const restartAfterMs = 1_000
/** Calls of one batch of readAfter. */
const batchCalls = 1_000

/**
 * Opens the store, or rejects with `Cannot open the store in <dir>: <why>`: in use by another process, not writable,
 * written by a newer version. Damaged files are set aside and told of in `state().message`.
 */
export async function openDuckDbStore(options: DuckDbStoreOptions): Promise<CallStore> {
  const release = claimDirectory(options.dir)
  try {
    return await DuckDbStore.open(options, release)
  } catch (cause) {
    release()
    throw new Error(`Cannot open the store in ${options.dir}: ${messageOf(cause)}`, { cause })
  }
}

class DuckDbStore implements CallStore {
  readonly #workerOptions: WorkerOptions
  readonly #snapshots: SnapshotPaths
  readonly #release: () => void
  readonly #link: WorkerLink
  readonly #queue: AppendQueue
  #health: StoreHealth = 'ok'
  #setAside: readonly string[] = []
  #failure: { readonly refusal: Refusal; readonly untilMs: number } | null = null
  #rows = 0
  #lastSeq = 0
  #lastNodeSeq = 0
  #diskBytes = 0
  #lastCommitMs: number | null = null
  #lastSave: Promise<unknown> = Promise.resolve()
  #restarting: Promise<void> = Promise.resolve()

  static async open(options: DuckDbStoreOptions, release: () => void): Promise<DuckDbStore> {
    const totals = await readSnapshot(snapshotPaths(options.dir))
    const store = new DuckDbStore(options, totals?.seq ?? 0, release)
    store.#opened(await store.#link.start(store.#workerOptions))
    return store
  }

  private constructor(options: DuckDbStoreOptions, seqFloor: number, release: () => void) {
    this.#workerOptions = {
      dir: options.dir,
      memoryBytes: options.memoryBytes ?? 2 ** 30,
      switchAtWalBytes: options.checkpointAtWalBytes ?? 64 * 2 ** 20,
      partBytes: options.partBytes ?? 2 ** 30,
      seqFloor,
      discardAfterSeq: null,
      isThorough: false,
    }
    this.#snapshots = snapshotPaths(options.dir)
    this.#release = release
    this.#link = new WorkerLink({
      onCommitted: (committed) => this.#committed(committed),
      onNotCommitted: ({ failure, pages }) => {
        this.#failed(failure, failureHoldsMs)
        this.#queue.refuseOldest(refuse(failure), pages)
      },
      onLost: (why) => this.#lost(toFailure(why)),
    })
    const limits = options.queue ?? { maxRows: 100_000, maxBytes: 128 * 2 ** 20 }
    this.#queue = new AppendQueue(limits, (pages, nodes) => this.#link.commit(pages, nodes))
  }

  append(calls: readonly LlmCall[], nodes: readonly TraceNode[] = []): Promise<AppendResult> {
    if (this.#failure && performance.now() < this.#failure.untilMs) return Promise.resolve(this.#failure.refusal)
    try {
      return this.#queue.append(calls, nodes)
    } catch (cause) {
      return Promise.reject(cause)
    }
  }

  loadSnapshot(): Promise<TotalsSnapshot | null> {
    return readSnapshot(this.#snapshots)
  }

  saveSnapshot(totals: TotalsSnapshot): Promise<SaveResult> {
    if (totals.seq > this.#lastSeq)
      return Promise.reject(new Error(`BUG: a snapshot at seq ${totals.seq} of a store at ${this.#lastSeq}`))
    const save = this.#lastSave.then(() => this.#writeSnapshot(totals))
    this.#lastSave = save
    return save
  }

  async readAfter(seq: number, onBatch: (batch: readonly StoredCall[]) => BatchAnswer | Promise<BatchAnswer>) {
    let after = seq
    while (after < this.#lastSeq) {
      const batch = readRows(await this.#link.read(queries.seqRangeQuery(after, after + batchCalls)))
      const last = batch.at(-1)
      if (last) {
        if ((await onBatch(batch)) === 'stop') return
        after = last.seq
      } else {
        const [[next] = []] = await this.#link.read(queries.nextSeqQuery(after))
        if (typeof next !== 'number') return
        after = next - 1
      }
    }
  }

  async searchCalls(request: SearchRequest): Promise<readonly StoredCall[]> {
    const [seqs = []] = await this.#link.read(searchQuery(request))
    if (seqs.length === 0) return []
    const found = readRows(await this.#link.read(callsBySeqQuery(seqs.map(Number), request.withContent)))
    const bySeq = new Map(found.map((stored) => [stored.seq, stored]))
    // What was dropped between the two is not there.
    return seqs.flatMap((seq) => bySeq.get(Number(seq)) ?? [])
  }

  async countCalls(filter: CallFilter, atMost: number): Promise<number> {
    return Number((await this.#link.read(countQuery(filter, atMost)))[0]?.[0] ?? 0)
  }

  async getCall(traceId: string, spanId: string): Promise<LlmCall | null> {
    if (!isTraceId(traceId) || !isSpanId(spanId)) return null
    return readRows(await this.#link.read(queries.callQuery(traceId, spanId)))[0]?.call ?? null
  }

  async getTrace(traceId: string): Promise<StoredTrace> {
    if (!isTraceId(traceId)) return { calls: [], nodes: [] }
    const calls = readRows(await this.#link.read(queries.traceQuery(traceId)))
    const nodes = readNodes(await this.#link.read(traceNodesQuery(traceId)))
    return { calls: calls.map(({ call }) => call), nodes: nodes.map(({ node }) => node) }
  }

  async exportCalls(request: ExportRequest, path: string): Promise<void> {
    await this.#link.read(exportQuery(request, path))
  }

  async recentTraces(request: RecentTracesRequest): Promise<readonly TraceSummary[]> {
    const [ids = []] = await this.#link.read(recentTraceIdsQuery(request))
    return ids.length === 0 ? [] : readSummaries(await this.#link.read(traceSummariesQuery(ids.map(String))))
  }

  async readNodesAfter(seq: number, onBatch: (batch: readonly StoredNode[]) => BatchAnswer | Promise<BatchAnswer>) {
    for (let after = seq; after < this.#lastNodeSeq; ) {
      const batch = readNodes(await this.#link.read(nodesAfterQuery(after, batchCalls)))
      const last = batch.at(-1)
      if (!last || (await onBatch(batch)) === 'stop') return
      after = last.seq
    }
  }

  async aggregate(request: AggregateRequest): Promise<readonly AggregateRow[]> {
    return readAggregate(await this.#link.read(aggregateQuery(request), summedQuery(request)), request)
  }

  async dropOld(request: DropRequest): Promise<Dropped> {
    await this.#lastSave
    const savedSeq = Math.min(...(await readSnapshotSeqs(this.#snapshots)))
    const { dropped, rows, diskBytes } = await this.#link.drop({ ...request, savedSeq })
    this.#rows = rows
    this.#diskBytes = diskBytes
    return dropped
  }

  state(): StoreState {
    const said = this.#health === 'ok' ? this.#setAside : [this.#failure?.refusal.message ?? '', ...this.#setAside]
    return {
      health: this.#health,
      message: said.join('; ') || null,
      rows: this.#rows,
      lastSeq: this.#lastSeq,
      lastNodeSeq: this.#lastNodeSeq,
      diskBytes: this.#diskBytes,
      queueRows: this.#queue.rows,
      queueBytes: this.#queue.bytes,
      lastCommitMs: this.#lastCommitMs,
    }
  }

  async close(): Promise<void> {
    if (this.#health === 'closed') return
    const drained = this.#queue.drain()
    this.#failed({ health: 'unavailable', message: 'the store is closed', isFatal: false }, Number.POSITIVE_INFINITY)
    this.#health = 'closed'
    await Promise.all([drained, this.#lastSave, this.#restarting])
    await this.#link.close()
    this.#release()
  }

  #opened({ lastSeq, lastNodeSeq, rows, diskBytes, setAside }: Ready): void {
    this.#lastSeq = lastSeq
    this.#lastNodeSeq = lastNodeSeq
    this.#rows = rows
    this.#diskBytes = diskBytes
    this.#setAside = [...this.#setAside, ...setAside]
    this.#recovered()
  }

  #committed(committed: Committed): void {
    this.#lastSeq = committed.firstSeq + committed.recorded - 1
    this.#lastNodeSeq += committed.nodes
    this.#rows += committed.recorded
    this.#diskBytes = committed.diskBytes
    this.#lastCommitMs = committed.commitMs
    this.#recovered()
    this.#queue.settle(committed)
  }

  #failed(failure: Failure, holdsMs: number): void {
    if (this.#health === 'closed') return
    this.#health = failure.health
    this.#failure = { refusal: refuse(failure), untilMs: performance.now() + holdsMs }
  }

  #recovered(): void {
    if (this.#health === 'closed') return
    this.#health = 'ok'
    this.#failure = null
  }

  #lost(failure: Failure): void {
    this.#failed(failure, Number.POSITIVE_INFINITY)
    this.#queue.refuseAll(refuse(failure))
    const restart = () => {
      this.#restarting = this.#restart()
    }
    setTimeout(restart, restartAfterMs).unref()
  }

  /** What was sent and not answered has been refused, so whatever of it reached the disk must go. */
  async #restart(): Promise<void> {
    if (this.#health === 'closed') return
    // What gave the worker up may be damage that only reading everything finds.
    const seqs = { seqFloor: this.#lastSeq, discardAfterSeq: this.#lastSeq, isThorough: true }
    try {
      this.#opened(await this.#link.start({ ...this.#workerOptions, ...seqs }))
      this.#queue.resume()
    } catch (cause) {
      this.#lost(toFailure(cause))
    }
  }

  async #writeSnapshot(totals: TotalsSnapshot): Promise<SaveResult> {
    try {
      await writeSnapshot(this.#snapshots, totals)
      return { ok: true }
    } catch (cause) {
      return refuse(toFailure(cause))
    }
  }
}
