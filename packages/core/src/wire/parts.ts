import type { FinishReason, ToolCall } from '../call.ts'
import type { AnswerDraft } from './draft.ts'
import { classifyError } from './error-type.ts'
import { readAmazonErrorType } from './failure.ts'
import { normalizeFinishReason } from './finish-reason.ts'
import type { AnswerFormat } from './format.ts'
import { toText } from './json.ts'
import { readUsageCost } from './reported-cost.ts'
import type { TokenUsage } from './usage.ts'
import { fillUsage, noUsage, readConverseUsage } from './usage.ts'
import type { HeaderLookup, ResponseParts, WireResponse } from './wire.ts'

interface AnswerSource {
  readonly format: AnswerFormat
  readonly response: WireResponse
  readonly streamed: boolean
}

/** What the draft of a finished answer says, in the words of the call. */
export function toParts(draft: AnswerDraft, source: AnswerSource): ResponseParts {
  const { format, response, streamed } = source
  const usage = readUsage(draft, format, response.headers)
  return {
    responseModel: draft.model,
    responseId: draft.id,
    requestId: readRequestId(response.headers),
    inputTokens: usage.input,
    outputTokens: usage.output,
    cacheReadTokens: usage.cacheRead,
    cacheWriteTokens: usage.cacheWrite,
    reasoningTokens: usage.reasoning,
    reportedCostNanoUsd: draft.usage === null ? null : readUsageCost(draft.usage),
    ...readFinish(draft, format),
    ...readError(draft, response),
    toolCalls: draft.tools.map(toToolCall),
    outputText: draft.text,
    streamed,
    streamComplete: streamed ? draft.complete : null,
  }
}

function readUsage(draft: AnswerDraft, format: AnswerFormat, headers: HeaderLookup): TokenUsage {
  const body = draft.usage === null ? noUsage : format.readUsage(draft.usage)
  const metrics = draft.metrics === null ? body : fillUsage(body, readConverseUsage(draft.metrics))
  return format.readHeaders === undefined ? metrics : fillUsage(metrics, format.readHeaders(headers))
}

const requestIdHeaders = ['x-request-id', 'request-id', 'x-amzn-requestid', 'apim-request-id'] as const

function readRequestId(headers: HeaderLookup): string | null {
  for (const name of requestIdHeaders) {
    const id = toText(headers(name))
    if (id !== null) return id
  }
  return null
}

type FinishParts = Pick<ResponseParts, 'finishReason' | 'finishReasonRaw' | 'finishReasonsRaw'>

function readFinish(draft: AnswerDraft, format: AnswerFormat): FinishParts {
  const raw = draft.finishReasons.get(0) ?? null
  return {
    finishReason: raw === null ? null : toFinishReason(format.nameFinishReason?.(raw) ?? raw, draft.awaitsTool),
    finishReasonRaw: raw,
    finishReasonsRaw: sortReasons(draft.finishReasons),
  }
}

function sortReasons(reasons: ReadonlyMap<number, string>): readonly string[] {
  if (reasons.size < 2) return [...reasons.values()]
  return [...reasons].sort(([a], [b]) => a - b).map(([, reason]) => reason)
}

/** Some APIs say "stop" when the model waits for a tool. */
function toFinishReason(raw: string, awaitsTool: boolean): FinishReason {
  const reason = normalizeFinishReason(raw)
  return reason === 'stop' && awaitsTool ? 'tool_calls' : reason
}

type ErrorParts = Pick<ResponseParts, 'status' | 'errorType' | 'errorCode' | 'errorMessage'>

function readError(draft: AnswerDraft, response: WireResponse): ErrorParts {
  if (draft.failure === null && response.status < 400) {
    return { status: 'success', errorType: null, errorCode: null, errorMessage: null }
  }
  const type = draft.failure?.type ?? readAmazonErrorType(response.headers('x-amzn-errortype'))
  const failure = { type, code: draft.failure?.code ?? null, message: draft.failure?.message ?? null }
  return {
    status: 'error',
    errorType: classifyError(response.status, failure),
    errorCode: type ?? failure.code ?? String(response.status),
    errorMessage: failure.message,
  }
}

function toToolCall(tool: { id: string | null; name: string | null; arguments: string | null }): ToolCall {
  return { id: tool.id, name: tool.name ?? '', arguments: tool.arguments }
}
