/**
 * Whether two spans that do not stand above each other saw one call: two instrumentations of one client, or a framework that
 * writes its span afterwards. Decided by ids that providers give, else by time, model and counts together.
 */
import type { LlmCall } from '@inferometer/core/call'
import { endOf } from './merge-calls.ts'

/** Calls can only be the same if they share one of these. */
export function listMatchKeys(call: LlmCall): readonly string[] {
  const keys: string[] = []
  if (call.responseId !== null) keys.push(`response ${call.responseId}`)
  if (call.requestId !== null) keys.push(`request ${call.parentSpanId} ${call.requestId}`)
  const counts = countsOf(call)
  if (counts !== null) keys.push(`counts ${call.operation} ${counts}`)
  return keys
}

/** Null: a call without counts that did not fail has nothing to be known by. */
function countsOf({ status, errorType, inputTokens, outputTokens }: LlmCall): string | null {
  if (inputTokens === null && outputTokens === null) return status === 'success' ? null : `failed ${errorType}`
  return `${inputTokens} ${outputTokens}`
}

export function isSameCall(a: LlmCall, b: LlmCall): boolean {
  if (a.operation !== b.operation) return false
  const sameService = a.serviceName === b.serviceName
  if (a.responseId !== null && b.responseId !== null)
    // A cache answers a later call with the same id: in one service, two sightings of one call overlap.
    return a.responseId === b.responseId && (!sameService || doOverlap(a, b))
  if (a.requestId !== null && a.requestId === b.requestId && a.parentSpanId === b.parentSpanId) return true
  const counts = countsOf(a)
  return sameService && counts !== null && counts === countsOf(b) && doOverlap(a, b) && shareModel(a, b)
}

function doOverlap(a: LlmCall, b: LlmCall): boolean {
  return a.startTimeUs <= endOf(b) && b.startTimeUs <= endOf(a)
}

/** Some dialects know one of the two names only. */
function shareModel(a: LlmCall, b: LlmCall): boolean {
  const names = [a.requestModel, a.responseModel]
  return [b.requestModel, b.responseModel].some((name) => name !== null && names.includes(name))
}
