/**
 * The way of a call through the server:
 *
 *     receive ─▶ normalize ─▶ enrich ─▶ record ─┬▶ store     (durable, each call once)
 *                                               ├▶ metrics   (counted after the commit, in its order)
 *                                               └▶ forward
 */
import type { LlmCall } from '@inferometer/core/call'
import type { RecordBody } from './api.ts'
import type { ErrorCode, Problem } from './errors.ts'
import type { Ledger } from './ledger.ts'
import { type NormalizedTraces, normalizeTraces } from './normalize/normalize.ts'
import type { Intake, IntakeResult, Way } from './receive/intake.ts'
import type { Tally } from './self/tally.ts'
import type { RefusalReason } from './store/store.ts'

export interface Stages {
  readonly checkRecord: (record: RecordBody) => Problem[]
  readonly recordToCall: (record: RecordBody) => LlmCall
  readonly enrich: (call: LlmCall) => LlmCall
  readonly ledger: Pick<Ledger, 'record'>
  readonly tally: Tally
  readonly isClosing: () => boolean
}

const nothingRecorded = { ok: true, firstSeq: 1, lastSeq: 0, duplicates: [] } as const
const closingRetrySeconds = 5

export function createPipeline(stages: Stages): Intake {
  const { ledger, tally } = stages

  const record = async ({ calls, ignored, rejected }: NormalizedTraces, way: Way): Promise<IntakeResult> => {
    const refuse = (code: ErrorCode, retryAfterSeconds: number): IntakeResult => {
      tally.rejected(way, code, calls.length)
      return { kind: 'refused', code, retryAfterSeconds }
    }
    tally.ignored(way, ignored)
    for (const { reason } of rejected) tally.rejected(way, reason, 1)
    if (stages.isClosing()) return refuse('shutting_down', closingRetrySeconds)
    const enriched = calls.map(stages.enrich)
    const result = enriched.length === 0 ? nothingRecorded : await ledger.record(enriched)
    if (!result.ok) return refuse(codeOf(result.reason), Math.max(1, Math.ceil(result.retryAfterMs / 1_000)))
    tally.recorded(way, calls.length - result.duplicates.length)
    tally.duplicate(way, result.duplicates.length)
    return { kind: 'taken', calls: enriched, duplicates: result.duplicates, rejected }
  }

  return {
    checkRecord: stages.checkRecord,
    recordAll(records) {
      const calls = records.map(stages.recordToCall)
      return record({ calls, ignored: new Map(), rejected: [] }, 'rest')
    },
    async takeTraces(traces, way) {
      tally.rejected(way, 'invalid_span', traces.report.partial.rejectedCount)
      return record(normalizeTraces(traces), way)
    },
    countRefused: (way, { reason, count }) => tally.rejected(way, reason, count),
  }
}

function codeOf(reason: RefusalReason): ErrorCode {
  return reason === 'overloaded' ? 'overloaded' : 'store_unavailable'
}
