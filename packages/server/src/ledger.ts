/**
 * Keeps the totals equal to the store: every recorded call is counted once, in the order of recording, also across
 * restarts and crashes. The totals are saved as a snapshot with the seq up to which they hold; the calls after it are
 * counted again at the next start. (store/store.ts describes the protocol.)
 */
import type { LlmCall } from '@inferometer/core/call'
import type { TraceNode } from '@inferometer/core/trace-node'
import type { FastifyBaseLogger } from 'fastify'
import type { AppendResult, CallStore } from './store/store.ts'

/** The counters that are kept. */
export interface Totals {
  count(call: LlmCall): void
  /** Counts a call that was recorded before the start and is not in the snapshot. */
  countRecovered(call: LlmCall): void
  take(): Uint8Array
  restore(snapshot: Uint8Array): { readonly ok: true } | { readonly ok: false; readonly why: string }
}

export interface LedgerOptions {
  readonly store: Pick<CallStore, 'append' | 'loadSnapshot' | 'saveSnapshot' | 'readAfter' | 'state'>
  readonly totals: Totals
  readonly logger: FastifyBaseLogger
  /** Called with the duration of each commit. */
  readonly onCommit?: (commitMs: number) => void
  /** A snapshot is saved after this many calls … */
  readonly snapshotCalls?: number
  /** … or this many milliseconds, whichever comes first. */
  readonly snapshotMs?: number
}

export interface Ledger {
  /** Resolves when the calls, with the nodes of their traces, are durable and counted, or refused as a whole. */
  record(calls: readonly LlmCall[], nodes?: readonly TraceNode[]): Promise<AppendResult>
  /** Resolves when the totals of now are saved, or the log says why not. */
  saveTotals(): Promise<void>
  /** Waits for what was handed over, then saves the totals. */
  close(): Promise<void>
}

const defaultSnapshotCalls = 20_000
const defaultSnapshotMs = 5_000

export async function openLedger(options: LedgerOptions): Promise<Ledger> {
  const { store, totals, logger, snapshotCalls = defaultSnapshotCalls, snapshotMs = defaultSnapshotMs } = options
  let applied = await restoreTotals(options)
  let saved = applied
  let saving: Promise<void> = Promise.resolve()
  let isSaveDue = false
  const open = new Set<Promise<AppendResult>>()

  const save = async (): Promise<void> => {
    isSaveDue = false
    // Taken in one step: the totals hold exactly the calls up to `seq`.
    const seq = applied
    try {
      const result = await store.saveSnapshot({ seq, snapshot: totals.take() })
      if (result.ok) saved = seq
      else logger.warn({ reason: result.reason }, `cannot save the totals: ${result.message}`)
    } catch (error) {
      // Nobody awaits this; the totals can be counted again from the calls.
      logger.error({ err: error }, 'cannot save the totals')
    }
  }
  const queueSave = () => {
    if (isSaveDue) return
    isSaveDue = true
    // After the promises that are settled now, so that what is counted beside the calls is in it as well.
    setImmediate(() => {
      saving = saving.then(save)
    })
  }
  const timer = setInterval(() => {
    if (applied > saved) queueSave()
  }, snapshotMs).unref()

  let lastCommitMs: number | null = null
  // Appends of one commit are settled in one turn, so a duration that has changed is that of another commit.
  const tellCommit = () => {
    const { lastCommitMs: commitMs } = store.state()
    if (commitMs !== null && commitMs !== lastCommitMs) options.onCommit?.(commitMs)
    lastCommitMs = commitMs
  }
  const append = async (calls: readonly LlmCall[], nodes: readonly TraceNode[]): Promise<AppendResult> => {
    const result = await store.append(calls, nodes)
    if (!result.ok) return result
    tellCommit()
    const recorded = result.lastSeq - result.firstSeq + 1
    if (recorded > 0 && result.firstSeq !== applied + 1)
      throw new Error(`BUG: call ${result.firstSeq} was recorded after call ${applied}`)
    if (recorded > 0) applied = result.lastSeq
    countNew(calls, result.duplicates, totals)
    if (applied - saved >= snapshotCalls) queueSave()
    return result
  }
  return {
    async record(calls, nodes = []) {
      const result = append(calls, nodes)
      open.add(result)
      try {
        return await result
      } finally {
        open.delete(result)
      }
    },
    saveTotals() {
      saving = saving.then(save)
      return saving
    },
    async close() {
      clearInterval(timer)
      while (open.size > 0) await Promise.allSettled(open)
      await saving
      await save()
    },
  }
}

function countNew(calls: readonly LlmCall[], duplicates: readonly number[], totals: Totals): void {
  let next = 0
  calls.forEach((call, index) => {
    if (duplicates[next] === index) next++
    else totals.count(call)
  })
}

async function restoreTotals({ store, totals, logger }: LedgerOptions): Promise<number> {
  const kept = await store.loadSnapshot()
  const restored = kept && totals.restore(kept.snapshot)
  if (restored && !restored.ok) logger.warn(`counting all calls again: the saved totals ${restored.why}`)
  let applied = kept && restored?.ok ? kept.seq : 0
  const from = applied
  await store.readAfter(applied, (batch) => {
    for (const { seq, call } of batch) {
      totals.countRecovered(call)
      applied = seq
    }
  })
  if (applied > from) logger.info({ calls: applied - from }, 'counted the calls after the last snapshot')
  return applied
}
