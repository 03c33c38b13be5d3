import { type LlmCall, modelLabel } from '@inferometer/core/call'
import type { CallView } from '../api.ts'

const nanoUsdPerMicro = 1_000

/** A call in the words of the REST API. */
export function toCallView(call: LlmCall, seq: number | null): CallView {
  return {
    seq,
    ...describeIdentity(call),
    ...describeCourse(call),
    prompt_tokens: call.inputTokens,
    completion_tokens: call.outputTokens,
    cached_tokens: call.cacheReadTokens,
    cache_write_tokens: call.cacheWriteTokens,
    reasoning_tokens: call.reasoningTokens,
    usage_source: call.usageSource,
    finish_reason: call.finishReason,
    finish_reason_raw: call.finishReasonRaw,
    response_id: call.responseId,
    request_id: call.requestId,
    tool_calls: call.toolCalls.map((tool) => ({ ...tool })),
    user_id: call.userId,
    session_id: call.sessionId,
    tags: [...call.tags],
    cost_usd_micro: call.costNanoUsd === null ? null : call.costNanoUsd / nanoUsdPerMicro,
    price_version: call.priceVersion,
    reported_cost_usd_micro: call.reportedCostNanoUsd === null ? null : call.reportedCostNanoUsd / nanoUsdPerMicro,
    ...describeFindings(call),
    content: call.content && {
      input: call.content.input?.map((message) => ({ ...message })) ?? null,
      output: call.content.output,
    },
    source: call.source,
  }
}

function describeIdentity(call: LlmCall) {
  return {
    trace_id: call.traceId,
    span_id: call.spanId,
    parent_span_id: call.parentSpanId,
    service_name: call.serviceName,
    operation: call.operation,
    provider: call.provider,
    model: modelLabel(call),
    request_model: call.requestModel,
    response_model: call.responseModel,
  }
}

function describeCourse(call: LlmCall) {
  return {
    started_at: toIsoMicroseconds(call.startTimeUs),
    latency_ms_total: call.latencyMs,
    latency_ms_ttft: call.ttftMs,
    streaming: call.streaming,
    stall_count: call.stallCount,
    stall_ms: call.stallMs,
    stalls: call.stalls.map(({ startMs, durationMs }) => ({ start_ms: startMs, duration_ms: durationMs })),
    status: call.status,
    error_type: call.errorType,
    error_code: call.errorCode,
    error_message: call.errorMessage,
    http_status: call.httpStatus,
    retry_count: call.retryCount,
    attempts: call.attempts.map((attempt) => ({
      start_ms: attempt.startMs,
      duration_ms: attempt.durationMs,
      wait_ms: attempt.waitMs,
      http_status: attempt.httpStatus,
      error_type: attempt.errorType,
    })),
  }
}

function describeFindings({ findings }: LlmCall) {
  return {
    pii_detected: findings.some(({ kind }) => kind === 'pii'),
    injection_attempt: findings.some(({ kind }) => kind === 'injection'),
    findings: findings.map(({ kind, pattern, start, end }) => ({ type: kind, pattern, start, end })),
  }
}

export function toIsoMicroseconds(us: number): string {
  const whole = new Date(Math.floor(us / 1_000)).toISOString()
  return `${whole.slice(0, -1)}${String(us % 1_000).padStart(3, '0')}Z`
}
