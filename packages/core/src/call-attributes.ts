import { attribute } from './attributes.ts'
import type { Attempt, Content, FinishReason, LlmCall } from './call.ts'
import type { AnyValue } from './otlp/model.ts'

/** Takes one attribute after the other, in a fixed order. Null: not known, to be left out. */
export type AttributeVisitor = (name: string, value: AnyValue) => void

export const nanosPerMs = 1e6

/** What the span of a call says. */
export function visitAttributes(call: LlmCall, visit: AttributeVisitor): void {
  visit(attribute.operation, call.operation)
  visit(attribute.provider, call.provider)
  visit(attribute.requestModel, call.requestModel)
  visit(attribute.responseModel, call.responseModel)
  visit(attribute.responseId, call.responseId)
  visit(attribute.requestId, call.requestId)
  if (call.streaming) visit(attribute.requestStream, true)
  if (call.finishReason !== null) visit(attribute.finishReasons, [call.finishReason])
  visit(attribute.finishReasonRaw, call.finishReasonRaw)
  visit(attribute.inputTokens, call.inputTokens)
  visit(attribute.outputTokens, call.outputTokens)
  visit(attribute.cacheReadTokens, call.cacheReadTokens)
  visit(attribute.cacheWriteTokens, call.cacheWriteTokens)
  visit(attribute.reasoningTokens, call.reasoningTokens)
  visit(attribute.usageSource, call.usageSource)
  visit(attribute.costNanoUsd, call.costNanoUsd)
  visit(attribute.priceVersion, call.priceVersion)
  visit(attribute.reportedCostNanoUsd, call.reportedCostNanoUsd)
  // Rounded as the span's end is, or a first token at the very end would come after it.
  if (call.ttftMs !== null) visit(attribute.ttftMs, Math.round(call.ttftMs * nanosPerMs) / nanosPerMs)
  visit(attribute.stallCount, call.stallCount)
  visit(attribute.stallMs, call.stallMs)
  visit(attribute.userId, call.userId)
  visit(attribute.sessionId, call.sessionId)
  visit(attribute.source, call.source)
  visitOutcome(call, visit)
  visitLists(call, visit)
  if (call.content !== null) visitContent(call, call.content, visit)
}

function visitOutcome(call: LlmCall, visit: AttributeVisitor): void {
  visit(attribute.status, call.status)
  visit(attribute.httpStatus, call.httpStatus)
  if (call.retryCount > 0) visit(attribute.resendCount, call.retryCount)
  // For those who know only the conventions. What fromSpan reads are the two below.
  if (call.status === 'error') visit(attribute.errorType, call.errorCode ?? call.errorType ?? '_OTHER')
  visit(attribute.errorKind, call.errorType)
  visit(attribute.errorCode, call.errorCode)
  visit(attribute.errorMessage, call.errorMessage)
}

/** Lists of records as JSON text: backends show text, and many drop structured values. */
function visitLists(call: LlmCall, visit: AttributeVisitor): void {
  if (call.tags.length > 0) visit(attribute.tags, call.tags)
  if (call.stalls.length > 0) visit(attribute.stalls, JSON.stringify(call.stalls))
  if (call.toolCalls.length > 0) visit(attribute.toolCalls, JSON.stringify(call.toolCalls))
  if (call.findings.length > 0) visit(attribute.findings, JSON.stringify(call.findings))
}

function visitContent(call: LlmCall, content: Content, visit: AttributeVisitor): void {
  if (content.input !== null) {
    const messages = content.input.map(({ role, text }) => ({ role, parts: [{ type: 'text', content: text }] }))
    visit(attribute.inputMessages, JSON.stringify(messages))
  }
  if (content.output !== null) {
    const message = {
      role: 'assistant',
      parts: [{ type: 'text', content: content.output }],
      ...(call.finishReason === null ? {} : { finish_reason: toMessageFinishReason(call.finishReason) }),
    }
    visit(attribute.outputMessages, JSON.stringify([message]))
  }
}

/** The message shape of the conventions has its own spelling of this one. */
function toMessageFinishReason(reason: FinishReason): string {
  return reason === 'tool_calls' ? 'tool_call' : reason
}

export function visitAttemptAttributes(attempt: Attempt, visit: AttributeVisitor): void {
  visit(attribute.attemptStartMs, attempt.startMs)
  visit(attribute.attemptDurationMs, attempt.durationMs)
  visit(attribute.attemptWaitMs, attempt.waitMs)
  visit(attribute.httpStatus, attempt.httpStatus)
  visit(attribute.errorKind, attempt.errorType)
}
