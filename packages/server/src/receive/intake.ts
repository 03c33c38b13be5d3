/** What the stages behind the receivers answer. Written here so that every receiver speaks to one face; pipeline.ts is behind it. */
import type { LlmCall } from '@inferometer/core/call'
import type { DecodedLogs, DecodedTraces } from '@inferometer/core/otlp/decode-limits'
import type { RecordBody } from '../api.ts'
import type { SpanBody } from '../api-spans.ts'
import { type ErrorCode, type Problem, Refusal } from '../errors.ts'

/** The way in, as the `source` label of the self metrics. */
export type Way = 'otlp_http' | 'otlp_grpc' | 'rest'

/** A span that was refused while the rest of its request was taken. */
export interface RejectedSpan {
  readonly reason: ErrorCode
  readonly message: string
}

export type IntakeResult =
  | {
      readonly kind: 'taken'
      /** Durable now. */
      readonly calls: readonly LlmCall[]
      /** Indexes of the calls that had been recorded before: nothing was counted again. */
      readonly duplicates: readonly number[]
    }
  | { readonly kind: 'refused'; readonly code: ErrorCode; readonly retryAfterSeconds: number }

export type LogsResult =
  /** `ignoredCount`: records that say nothing of a call, which are not kept. */
  { readonly kind: 'taken'; readonly ignoredCount: number } | Extract<IntakeResult, { kind: 'refused' }>

export interface Intake {
  /** Problems of a record that its schema cannot see. Empty when it can be recorded. */
  checkRecord(record: RecordBody): Problem[]
  /** All or nothing. The records must have passed their schema and `checkRecord`. Resolves after the commit. */
  recordAll(records: readonly RecordBody[]): Promise<IntakeResult>
  /** Problems of a span of the REST API that its schema cannot see. */
  checkSpan(span: SpanBody): Problem[]
  /** The spans must have passed their schema and `checkSpan`. Resolves as the result of `takeTraces`. */
  takeSpans(spans: readonly SpanBody[]): Promise<IntakeResult>
  /** The result comes after the commit that holds the model calls among the spans. */
  takeTraces(
    traces: DecodedTraces,
    way: Way,
  ): { readonly result: Promise<IntakeResult>; readonly rejected: readonly RejectedSpan[] }
  /** The result comes after the commit of the calls that the records belong to, as far as their spans have come. */
  takeLogs(logs: DecodedLogs, way: Way): Promise<LogsResult>
  /** Records calls of which only events told. False: they were refused. */
  recordEvents(calls: readonly LlmCall[], way: Way): Promise<boolean>
  /** Counts calls that were refused before they came this far. */
  countRefused(way: Way, refused: { readonly reason: ErrorCode; readonly count: number }): void
}

/** The error of a request that was refused, and counted, behind the receivers. */
export function toRefusal({ code, retryAfterSeconds }: IntakeResult & { kind: 'refused' }): Refusal {
  return new Refusal(code, null, { retryAfterSeconds, callCount: 0 })
}
