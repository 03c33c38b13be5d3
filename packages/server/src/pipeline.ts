/**
 * The way of a call through the server:
 *
 *     receive ─▶ normalize ─▶ enrich ─▶ record ─┬▶ store     (durable, each call once)
 *                                               ├▶ metrics   (counted after the commit, in its order)
 *                                               └▶ forward
 */
import type { LlmCall } from '@inferometer/core/call'
import type { TracesData } from '@inferometer/core/otlp/model'
import type { TraceNode } from '@inferometer/core/trace-node'
import type { RecordBody } from './api.ts'
import type { ErrorCode, Problem } from './errors.ts'
import type { EventJoin } from './event-join.ts'
import type { LeafGate } from './leaf-gate.ts'
import type { Ledger } from './ledger.ts'
import { normalizeTraces } from './normalize/normalize.ts'
import { normalizeLogs } from './normalize/normalize-logs.ts'
import { checkSpan, spansToTraces } from './normalize/rest-spans.ts'
import type { Intake, IntakeResult, Way } from './receive/intake.ts'
import type { Tally } from './self/tally.ts'
import type { RefusalReason } from './store/store.ts'

export interface Stages {
  readonly checkRecord: (record: RecordBody) => Problem[]
  readonly recordToCall: (record: RecordBody) => LlmCall
  /** Asks a detector of the user's own, where there is one, before content is dropped. */
  readonly detectAll: (calls: readonly LlmCall[]) => Promise<readonly LlmCall[]>
  readonly enrich: (call: LlmCall) => LlmCall
  readonly guardNode: (node: TraceNode) => TraceNode
  readonly leaves: Pick<LeafGate, 'take'>
  readonly events: EventJoin<Way>
  readonly ledger: Pick<Ledger, 'record'>
  readonly tally: Tally
  readonly isClosing: () => boolean
}

const nothingRecorded = { ok: true, firstSeq: 1, lastSeq: 0, duplicates: [] } as const
const closingRetrySeconds = 5
const noNodes: readonly TraceNode[] = []
const unavailable = { kind: 'refused', code: 'store_unavailable', retryAfterSeconds: closingRetrySeconds } as const

export function createPipeline(stages: Stages): Intake {
  const { leaves, events, ledger, tally } = stages

  /** Awaits with nothing in hand but the calls: whatever else it held would be copied again and again as garbage. */
  const commit = async (calls: readonly LlmCall[], way: Way, nodes = noNodes): Promise<IntakeResult> => {
    const refuse = (code: ErrorCode, retryAfterSeconds: number): IntakeResult => {
      tally.rejected(way, code, calls.length)
      return { kind: 'refused', code, retryAfterSeconds }
    }
    if (stages.isClosing()) return refuse('shutting_down', closingRetrySeconds)
    const result = calls.length + nodes.length === 0 ? nothingRecorded : await ledger.record(calls, nodes)
    if (!result.ok) return refuse(codeOf(result.reason), Math.max(1, Math.ceil(result.retryAfterMs / 1_000)))
    tally.recorded(way, calls.length - result.duplicates.length)
    tally.duplicate(way, result.duplicates.length)
    return { kind: 'taken', calls, duplicates: result.duplicates }
  }

  const enrichAll = async (calls: readonly LlmCall[]) => (await stages.detectAll(calls)).map(stages.enrich)

  const take = (traces: TracesData, way: Way) => {
    const { spans, nodes, ignored, rejected } = normalizeTraces(traces, { content: true })
    tally.ignored(way, ignored)
    for (const { reason } of rejected) tally.rejected(way, reason, 1)
    const result = leaves.take(events.join(spans)).then(async ({ calls, dropped, droppedKeys }) => {
      tally.ignored(way, dropped)
      const taken = await commit(await enrichAll(calls), way, nodes.map(stages.guardNode))
      events.settled({ calls, droppedKeys, isRecorded: taken.kind === 'taken' })
      return taken
    })
    return { rejected, result }
  }

  return {
    checkRecord: stages.checkRecord,
    recordAll: async (records) => commit(await enrichAll(records.map(stages.recordToCall)), 'rest'),
    checkSpan,
    takeSpans: (spans) => take(spansToTraces(spans), 'rest').result,
    takeTraces(traces, way) {
      tally.rejected(way, 'invalid_span', traces.report.partial.rejectedCount)
      return take(traces, way)
    },
    async takeLogs(logs, way) {
      const { additions, ignored, ignoredCount } = normalizeLogs(logs, { content: true })
      tally.ignored(way, ignored)
      tally.rejected(way, 'invalid_span', logs.report.partial.rejectedCount)
      const isTaken = await events.take(additions, way)
      return isTaken ? { kind: 'taken', ignoredCount } : unavailable
    },
    recordEvents: async (calls, way) => (await commit(await enrichAll(calls), way)).kind === 'taken',
    countRefused: (way, { reason, count }) => tally.rejected(way, reason, count),
  }
}

function codeOf(reason: RefusalReason): ErrorCode {
  return reason === 'overloaded' ? 'overloaded' : 'store_unavailable'
}
