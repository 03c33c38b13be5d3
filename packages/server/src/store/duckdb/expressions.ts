import type { Amount, Dimension, Duration } from '../aggregate.ts'
import { modelExpression } from './queries.ts'

/** The words of a question in terms of the columns of calls. */

export const tagList = `list_distinct(from_json(tags, '["VARCHAR"]'))`
export const statusList = "string_split(nullif(attempt_statuses, ''), ',')"
export const findingList = `from_json(findings, '[{"kind":"VARCHAR","pattern":"VARCHAR"}]')`

export const dimensionExpressions: Readonly<Record<Dimension, string>> = {
  serviceName: 'service_name',
  provider: 'provider',
  model: modelExpression,
  operation: 'operation',
  status: 'status',
  errorType:
    "CASE status WHEN 'success' THEN NULL WHEN 'cancelled' THEN coalesce(error_type, 'cancelled') ELSE coalesce(error_type, 'other') END",
  finishReason: 'finish_reason',
  userId: 'user_id',
  sessionId: 'session_id',
  tag: 'tag',
  source: 'source',
  usageSource: 'usage_source',
  requestModel: 'request_model',
  responseModel: 'response_model',
  priceVersion: 'price_version',
  errorCode: 'error_code',
  finishReasonRaw: 'finish_reason_raw',
  requestId: 'request_id',
  responseId: 'response_id',
  httpStatus: 'attempt',
  findingKind: 'finding.kind',
  pattern: 'finding.pattern',
}

export const amountExpressions: Readonly<Record<Amount, string>> = {
  calls: 'count(*)',
  failedCalls: "count(*) FILTER (status = 'error')",
  cancelledCalls: "count(*) FILTER (status = 'cancelled')",
  retriedCalls: 'count(*) FILTER (retry_count > 0)',
  errors: "count(*) FILTER (status <> 'success')",
  finishedCalls: 'count(finish_reason)',
  attempts: `sum(coalesce(len(${statusList}), 0))`,
  rateLimitedAttempts: `sum(coalesce(len(list_filter(${statusList}, x -> x = '429')), 0))`,
  retries: 'sum(retry_count)',
  findings: 'sum(coalesce(json_array_length(findings), 0))',
  // JSON as the store writes it; within its strings a quote would be escaped.
  piiCalls: `count(*) FILTER (contains(findings, '"kind":"pii"'))`,
  injectionCalls: `count(*) FILTER (contains(findings, '"kind":"injection"'))`,
  unpricedCalls: 'count(*) FILTER (cost_nano_usd IS NULL AND (input_tokens IS NOT NULL OR output_tokens IS NOT NULL))',
  usageMissingCalls: "count(*) FILTER (status = 'success' AND usage_source <> 'provider')",
  inputTokens: 'sum(input_tokens)',
  outputTokens: 'sum(output_tokens)',
  cacheReadTokens: 'sum(cache_read_tokens)',
  cacheWriteTokens: 'sum(cache_write_tokens)',
  reasoningTokens: 'sum(reasoning_tokens)',
  costNanoUsd: 'sum(cost_nano_usd)',
}

/** Where every row of the source is one attempt or one finding. */
export const elementExpressions: Partial<Record<Amount, string>> = {
  calls: 'count(DISTINCT seq)',
  attempts: 'count(*)',
  rateLimitedAttempts: "count(*) FILTER (attempt = '429')",
  findings: 'count(*)',
}

export const durationExpressions: Readonly<Record<Duration, string>> = {
  latencyMs: 'latency_ms',
  ttftMs: 'ttft_ms',
  // greatest(0, NULL) is 0: a call without a first token would count as one that took no time.
  timePerOutputTokenMs: `CASE WHEN streaming AND output_tokens >= 2
    THEN CASE WHEN latency_ms < ttft_ms THEN 0 ELSE latency_ms - ttft_ms END / (output_tokens - 1) END`,
}
