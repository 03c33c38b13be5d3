/** A record of the REST API → LlmCall. */
import { createCall, type Finding, type LlmCall } from '@inferometer/core/call'
import { normalizeFinishReason } from '@inferometer/core/wire/finish-reason'
import type { RecordBody } from '../api.ts'
import type { Problem } from '../errors.ts'
import { parseStartedAt } from './started-at.ts'

/** What a record does not say by itself. */
export interface RecordContext {
  readonly nowUs: number
  readonly createId: (bytes: 8 | 16) => string
}

const dayUs = 86_400_000_000
const nanoUsdPerMicro = 1_000

/** What the schema cannot say: fields that contradict each other, blank names, impossible times. */
export function checkRecord(record: RecordBody, nowUs: number): Problem[] {
  const problems: Problem[] = []
  const add = (path: keyof RecordBody, message: string) => problems.push({ path, message })
  const notAbove = (part: keyof RecordBody, whole: keyof RecordBody, why: string) => {
    const [partValue, wholeValue] = [record[part], record[whole]]
    if (typeof partValue === 'number' && typeof wholeValue === 'number' && partValue > wholeValue)
      add(part, `must not be above ${whole} (${partValue} > ${wholeValue}): ${why}`)
  }
  notAbove('cached_tokens', 'prompt_tokens', 'cached tokens are a part of the prompt')
  notAbove('reasoning_tokens', 'completion_tokens', 'reasoning tokens are a part of the completion')
  notAbove('latency_ms_ttft', 'latency_ms_total', 'the first token cannot come after the last byte')
  for (const field of nameFields) {
    const value = record[field]
    if (typeof value !== 'string') continue
    if (value.trim() === '') add(field, 'must not be blank')
    else if (/\p{Surrogate}/u.test(value)) add(field, 'must be well-formed Unicode')
  }
  if (record.status === 'success' && record.error_type) add('error_type', 'must be left out when status is success')
  if (record.span_id && !record.trace_id) add('span_id', 'needs trace_id: a span is known by both')
  if (isZero(record.trace_id)) add('trace_id', 'must not be all zeros')
  if (isZero(record.span_id)) add('span_id', 'must not be all zeros')
  if (record.started_at !== undefined && record.started_at !== null) {
    const startedAt = parseStartedAt(record.started_at)
    if (!startedAt.ok) add('started_at', startedAt.message)
    else if (startedAt.us > nowUs + dayUs) add('started_at', 'must not lie more than a day in the future')
  }
  return problems
}

const nameFields = ['model', 'provider', 'service_name', 'finish_reason', 'user_id', 'session_id'] as const

function isZero(id: string | null | undefined): boolean {
  return typeof id === 'string' && /^0+$/.test(id)
}

/** The record must have passed the schema and `checkRecord`. */
export function recordToCall(record: RecordBody, context: RecordContext): LlmCall {
  const latencyMs = record.latency_ms_total
  const startedAt =
    record.started_at === undefined || record.started_at === null ? null : parseStartedAt(record.started_at)
  const ttftMs = record.latency_ms_ttft ?? null
  const usageKnown = record.prompt_tokens !== null || record.completion_tokens !== null
  const finishReasonRaw = record.finish_reason ?? null
  const cost = record.cost_usd_micro ?? null
  return createCall({
    traceId: record.trace_id?.toLowerCase() ?? context.createId(16),
    spanId: record.span_id?.toLowerCase() ?? context.createId(8),
    serviceName: record.service_name,
    operation: 'chat',
    provider: record.provider,
    requestModel: record.model,
    startTimeUs: startedAt?.ok ? startedAt.us : Math.max(0, Math.round(context.nowUs - latencyMs * 1_000)),
    latencyMs,
    ttftMs,
    streaming: ttftMs !== null,
    status: record.status,
    errorType: errorTypeOf(record),
    inputTokens: record.prompt_tokens,
    outputTokens: record.completion_tokens,
    cacheReadTokens: record.cached_tokens ?? null,
    reasoningTokens: record.reasoning_tokens ?? null,
    usageSource: usageKnown ? 'provider' : 'missing',
    finishReason: finishReasonRaw === null ? null : normalizeFinishReason(finishReasonRaw),
    finishReasonRaw,
    retryCount: record.retry_count ?? 0,
    userId: record.user_id ?? null,
    sessionId: record.session_id ?? null,
    costNanoUsd: cost === null ? null : Math.round(cost * nanoUsdPerMicro),
    findings: reportedFindings(record),
    source: 'rest',
  })
}

function errorTypeOf(record: RecordBody): LlmCall['errorType'] {
  if (record.error_type) return record.error_type
  if (record.status === 'cancelled') return 'cancelled'
  return record.status === 'error' ? 'other' : null
}

/** The sender scanned the prompt itself and says only that something was found. */
function reportedFindings(record: RecordBody): Finding[] {
  const findings: Finding[] = []
  if (record.pii_detected) findings.push({ kind: 'pii', pattern: 'reported', start: 0, end: 0 })
  if (record.injection_attempt) findings.push({ kind: 'injection', pattern: 'reported', start: 0, end: 0 })
  return findings
}
