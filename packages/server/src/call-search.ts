/** What can be asked of single recorded calls: which, in which order, from where on. */
import { type FindingKind, type LlmCall, modelLabel } from '@inferometer/core/call'
import type { Condition } from './store/aggregate.ts'

/** Fields with a least and a greatest value, as on the record. */
export const rangeFields = [
  'latencyMs',
  'ttftMs',
  'inputTokens',
  'outputTokens',
  'cacheReadTokens',
  'cacheWriteTokens',
  'reasoningTokens',
  'stallCount',
  'stallMs',
  'costNanoUsd',
  'retryCount',
] as const satisfies readonly (keyof LlmCall)[]
export type RangeField = (typeof rangeFields)[number]

export interface Range {
  readonly of: RangeField
  readonly least: number | null
  readonly most: number | null
}

/** Everything must be met; null and empty lists let everything through. */
export interface CallFilter {
  readonly where: readonly Condition[]
  /** Of the last response, or of any attempt. */
  readonly httpStatuses: readonly number[]
  /** 32 hex digits. */
  readonly traceId: string | null
  readonly hasRetries: boolean | null
  readonly streaming: boolean | null
  /** That the model asked for. */
  readonly tool: string | null
  /** That took a step in the trace of the call. */
  readonly agent: string | null
  readonly findingKinds: readonly FindingKind[]
  readonly pattern: string | null
  readonly ranges: readonly Range[]
  /** Start time at or after, and before: microseconds since the Unix epoch. */
  readonly sinceUs: number | null
  readonly untilUs: number | null
  /** Kept texts, error message and ids of the request, in either case of letter. */
  readonly text: string | null
  /** Recorded after this one, and up to that one. */
  readonly afterSeq: number | null
  readonly throughSeq: number | null
}

export const anyCall: CallFilter = {
  where: [],
  httpStatuses: [],
  traceId: null,
  hasRetries: null,
  streaming: null,
  tool: null,
  agent: null,
  findingKinds: [],
  pattern: null,
  ranges: [],
  sinceUs: null,
  untilUs: null,
  text: null,
  afterSeq: null,
  throughSeq: null,
}

type SortValue = string | number | null

interface SortedCall {
  readonly seq: number
  readonly call: LlmCall
}

/** What calls can be ordered by. Equal ones are in the order of recording, and those without a value come last. */
export const sortValues = {
  seq: ({ seq }) => seq,
  startTime: ({ call }) => call.startTimeUs,
  serviceName: ({ call }) => call.serviceName,
  provider: ({ call }) => call.provider,
  model: ({ call }) => modelLabel(call),
  operation: ({ call }) => call.operation,
  status: ({ call }) => call.status,
  errorType: ({ call }) => call.errorType,
  httpStatus: ({ call }) => call.httpStatus,
  finishReason: ({ call }) => call.finishReason,
  latencyMs: ({ call }) => call.latencyMs,
  ttftMs: ({ call }) => call.ttftMs,
  inputTokens: ({ call }) => call.inputTokens,
  outputTokens: ({ call }) => call.outputTokens,
  cacheReadTokens: ({ call }) => call.cacheReadTokens,
  reasoningTokens: ({ call }) => call.reasoningTokens,
  costNanoUsd: ({ call }) => call.costNanoUsd,
  retryCount: ({ call }) => call.retryCount,
  findings: ({ call }) => call.findings.length,
  userId: ({ call }) => call.userId,
  sessionId: ({ call }) => call.sessionId,
} as const satisfies Record<string, (stored: SortedCall) => SortValue>
export type SortField = keyof typeof sortValues

/** The place of a call in an order. */
export interface Place {
  readonly value: SortValue
  readonly seq: number
}

export interface SearchRequest {
  readonly filter: CallFilter
  readonly sort: { readonly by: SortField; readonly descending: boolean }
  /** Only what follows this place: the same cost wherever it is. */
  readonly after: Place | null
  /** So many are passed over. */
  readonly offset: number
  readonly limit: number
  /** Texts are left out unless asked for: they may be a hundred times the rest. */
  readonly withContent: boolean
}

export const placeOf = (stored: SortedCall, by: SortField): Place => ({
  value: sortValues[by](stored),
  seq: stored.seq,
})
