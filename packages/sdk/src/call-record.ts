import { type Attempt, createCall, type ErrorType, type LlmCall, type ToolCall } from '@inferometer/core/call'
import { maxStalls } from '@inferometer/core/call-limits'
import { estimateTokens } from '@inferometer/core/tokens/estimate'
import { countMessages } from '@inferometer/core/tokens/messages'
import type { ResponseParts } from '@inferometer/core/wire/wire'
import type { AttemptWatch } from './attempt-watch.ts'
import type { BodyWatch } from './body-watch.ts'
import type { ContentKeeper } from './content-keeper.ts'
import { randomSpanId, randomTraceId } from './span-ids.ts'

export interface RecordOptions {
  readonly serviceName: string
  readonly content: ContentKeeper
}

type Tokens = Pick<
  LlmCall,
  'inputTokens' | 'outputTokens' | 'cacheReadTokens' | 'cacheWriteTokens' | 'reasoningTokens' | 'usageSource'
>

/** The record of a call from its attempts, in order. Null when none of them was a model call. */
export function toCall(attempts: readonly AttemptWatch[], options: RecordOptions): LlmCall | null {
  const [first] = attempts
  const last = attempts.at(-1)
  if (first === undefined || last === undefined || last.detected === null) return null
  const { request } = first
  const { detected, parts, body } = last
  const { content } = options
  const streaming = detected.streaming || parts?.streamed === true
  return createCall({
    traceId: request.parent?.traceId ?? randomTraceId(),
    spanId: randomSpanId(),
    parentSpanId: request.parent?.spanId ?? null,
    serviceName: options.serviceName,
    operation: detected.operation,
    provider: detected.provider,
    requestModel: detected.requestModel,
    responseModel: parts?.responseModel ?? null,
    startTimeUs: request.startUs,
    latencyMs: last.lastMs - request.startMs,
    streaming,
    ...(streaming && last.response !== null ? readPace(body, request.startMs) : {}),
    ...readResult(attempts, last, content),
    httpStatus: last.httpStatus,
    ...readTokens(last),
    reportedCostNanoUsd: parts?.reportedCostNanoUsd ?? null,
    finishReason: parts?.finishReason ?? null,
    finishReasonRaw: content.keepCode(parts?.finishReasonRaw ?? null),
    responseId: parts?.responseId ?? null,
    requestId: parts?.requestId ?? null,
    toolCalls: keepToolCalls(parts?.toolCalls ?? [], content),
    // What did not leave was no attempt.
    attempts: last.failure?.type === 'blocked' ? [] : toAttempts(attempts),
    retryCount: attempts.length - 1 + (request.marks.retryHeader ?? 0),
    ...readPeople(first),
    content: content.keeps ? content.keep(detected.readInput(), parts?.outputText ?? null) : null,
    source: 'inferometer-sdk',
  })
}

function readPace(
  body: BodyWatch | null,
  startMs: number,
): Pick<LlmCall, 'ttftMs' | 'stallCount' | 'stallMs' | 'stalls'> {
  const { contentMs, stalls } = body ?? { contentMs: null, stalls: [] }
  return {
    ttftMs: contentMs === null ? null : contentMs - startMs,
    stallCount: stalls.length,
    stallMs: stalls.reduce((sum, { gapMs }) => sum + gapMs, 0),
    stalls: stalls
      .slice(0, maxStalls)
      .map(({ atMs, gapMs }) => ({ startMs: atMs - gapMs - startMs, durationMs: gapMs })),
  }
}

function readResult(
  attempts: readonly AttemptWatch[],
  last: AttemptWatch,
  content: ContentKeeper,
): Pick<LlmCall, 'status' | 'errorType' | 'errorCode' | 'errorMessage'> {
  const { parts, failure, outcome } = last
  const whole = parts !== null && (outcome === 'complete' || parts.streamComplete === true)
  if (whole || parts?.status === 'error') {
    const { status, errorType, errorCode, errorMessage } = parts
    return { status, errorType, errorCode: content.keepCode(errorCode), errorMessage: content.keepText(errorMessage) }
  }
  const type = readAttemptError(attempts, attempts.length - 1)
  if (failure === null || type === 'cancelled')
    return { status: 'cancelled', errorType: 'cancelled', errorCode: null, errorMessage: null }
  return {
    status: 'error',
    errorType: type,
    errorCode: content.keepCode(failure.code),
    errorMessage: content.keepText(failure.message),
  }
}

function toAttempts(attempts: readonly AttemptWatch[]): Attempt[] {
  const startMs = attempts[0]?.request.startMs ?? 0
  return attempts.map((attempt, index) => {
    const before = attempts[index - 1]
    return {
      startMs: attempt.request.startMs - startMs,
      durationMs: attempt.durationMs,
      waitMs: before === undefined ? 0 : Math.max(0, attempt.request.startMs - before.lastMs),
      httpStatus: attempt.httpStatus,
      errorType: readAttemptError(attempts, index),
    }
  })
}

/** A client's own timer aborts an attempt just as an application would; what tells them apart is what came before and after. */
function readAttemptError(attempts: readonly AttemptWatch[], index: number): ErrorType | null {
  const attempt = attempts[index]
  if (attempt === undefined || attempt.errorType !== 'cancelled' || attempt.response !== null)
    return attempt?.errorType ?? null
  const before = attempts[index - 1]
  const goesOn = index < attempts.length - 1
  const tookAsLong = before?.errorType === 'cancelled' && attempt.durationMs > before.durationMs * 0.9
  return goesOn || tookAsLong || attempt.exceededTimeout ? 'timeout' : 'cancelled'
}

function keepToolCalls(toolCalls: readonly ToolCall[], content: ContentKeeper): readonly ToolCall[] {
  if (toolCalls.length === 0) return toolCalls
  return toolCalls.map(({ id, name, arguments: text }) => ({ id, name, arguments: content.keepText(text) }))
}

function readPeople(first: AttemptWatch): Pick<LlmCall, 'userId' | 'sessionId' | 'tags'> {
  const { marks, context } = first.request
  return {
    userId: context.userId ?? marks.userId ?? first.detected?.userId ?? null,
    sessionId: context.sessionId ?? marks.sessionId,
    tags: [...(context.tags ?? []), ...marks.tags],
  }
}

function readTokens(last: AttemptWatch): Tokens {
  const { parts } = last
  const sent = parts?.inputTokens !== null || parts.outputTokens !== null
  if (parts !== null && sent) return { ...pickTokens(parts), usageSource: 'provider' }
  return estimateUsage(last) ?? { ...noTokens, usageSource: 'missing' }
}

function pickTokens(parts: ResponseParts): Omit<Tokens, 'usageSource'> {
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, reasoningTokens } = parts
  return { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, reasoningTokens }
}

const noTokens = {
  inputTokens: null,
  outputTokens: null,
  cacheReadTokens: null,
  cacheWriteTokens: null,
  reasoningTokens: null,
} as const

/** Counts the tokens of a call that was answered but whose provider sent no counts. */
function estimateUsage(last: AttemptWatch): Tokens | null {
  const { detected, httpStatus } = last
  if (detected === null || httpStatus === null || httpStatus >= 400) return null
  const output = last.readOutput()
  if (output === null) return null
  const input = detected.readInput()
  const isChat = detected.operation === 'chat'
  return {
    ...noTokens,
    inputTokens: isChat
      ? countMessages(input, estimateTokens)
      : input.reduce((sum, { text }) => sum + estimateTokens(text), 0),
    outputTokens: detected.operation === 'embeddings' ? null : estimateTokens(output),
    usageSource: 'estimated',
  }
}
