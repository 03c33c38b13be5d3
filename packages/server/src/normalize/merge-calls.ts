/** Several sightings of one call → one record: the nearest to the wire speaks, the others fill in what it does not know. */
import type { Attempt, LlmCall } from '@inferometer/core/call'

const usPerMs = 1_000

/** The first sighting is the one that counts: its ids, times and numbers stand. `ownUsage`: what it has no count for, nobody knows. */
export function mergeSightings(calls: readonly [LlmCall, ...LlmCall[]], ownUsage: boolean): LlmCall {
  const [first, ...others] = calls
  let merged = first
  for (const other of others) merged = fill(merged, other, ownUsage)
  return merged
}

function fill(call: LlmCall, other: LlmCall, ownUsage: boolean): LlmCall {
  const sameTimes = other.startTimeUs >= call.startTimeUs - usPerMs
  return {
    ...call,
    ...(ownUsage ? {} : fillUsage(call, other)),
    reportedCostNanoUsd: call.reportedCostNanoUsd ?? other.reportedCostNanoUsd,
    requestModel: call.requestModel ?? other.requestModel,
    responseModel: call.responseModel ?? other.responseModel,
    responseId: call.responseId ?? other.responseId,
    requestId: call.requestId ?? other.requestId,
    ...(call.finishReason === null && { finishReason: other.finishReason, finishReasonRaw: other.finishReasonRaw }),
    ttftMs: call.ttftMs ?? (sameTimes ? toTtft(call, other) : null),
    streaming: call.streaming || other.streaming,
    httpStatus: call.httpStatus ?? other.httpStatus,
    toolCalls: call.toolCalls.length > 0 ? call.toolCalls : other.toolCalls,
    retryCount: Math.max(call.retryCount, other.retryCount),
    userId: call.userId ?? other.userId,
    sessionId: call.sessionId ?? other.sessionId,
    tags: call.tags.length > 0 ? call.tags : other.tags,
    content: call.content ?? other.content,
  }
}

/** The other's first token, counted from this call's start. */
function toTtft(call: LlmCall, other: LlmCall): number | null {
  if (other.ttftMs === null) return null
  return Math.min(call.latencyMs, other.ttftMs + Math.max(0, other.startTimeUs - call.startTimeUs) / usPerMs)
}

/** Counts are taken as a whole, subsets only from a sighting with the same totals: halves of two ways of counting do not fit. */
function fillUsage(call: LlmCall, other: LlmCall): Partial<LlmCall> {
  if (call.usageSource === 'missing') {
    const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, reasoningTokens, usageSource } = other
    return { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, reasoningTokens, usageSource }
  }
  const sameInput = call.inputTokens === other.inputTokens
  const sameOutput = call.outputTokens === other.outputTokens
  return {
    cacheReadTokens: call.cacheReadTokens ?? (sameInput ? other.cacheReadTokens : null),
    cacheWriteTokens: call.cacheWriteTokens ?? (sameInput ? other.cacheWriteTokens : null),
    reasoningTokens: call.reasoningTokens ?? (sameOutput ? other.reasoningTokens : null),
  }
}

/** Failed calls that were attempts of the last one, in order → that call, as the user waited for it: from the first request on. */
export function joinAttempts(failed: readonly LlmCall[], last: LlmCall): LlmCall {
  const [first] = failed
  if (first === undefined) return last
  const startTimeUs = Math.min(first.startTimeUs, last.startTimeUs)
  const attempts: Attempt[] = []
  let endUs = startTimeUs
  for (const call of [...failed, last]) {
    const offsetMs = (call.startTimeUs - startTimeUs) / usPerMs
    const own = call.attempts.length > 0 ? call.attempts : [wholeAttempt(call)]
    const waitMs = Math.max(0, call.startTimeUs - endUs) / usPerMs
    own.forEach((attempt, index) => {
      attempts.push({ ...attempt, startMs: attempt.startMs + offsetMs, waitMs: index === 0 ? waitMs : attempt.waitMs })
    })
    endUs = endOf(call)
  }
  const shiftMs = (last.startTimeUs - startTimeUs) / usPerMs
  return {
    ...last,
    startTimeUs,
    latencyMs: last.latencyMs + shiftMs,
    ttftMs: last.ttftMs === null ? null : last.ttftMs + shiftMs,
    stalls: last.stalls.map((stall) => ({ ...stall, startMs: stall.startMs + shiftMs })),
    attempts,
    retryCount: Math.max(last.retryCount, attempts.length - 1),
  }
}

function wholeAttempt({ latencyMs, httpStatus, errorType }: LlmCall): Attempt {
  return { startMs: 0, durationMs: latencyMs, waitMs: 0, httpStatus, errorType }
}

export function endOf({ startTimeUs, latencyMs }: LlmCall): number {
  return startTimeUs + latencyMs * usPerMs
}
