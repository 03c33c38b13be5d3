/**
 * Spans by the OpenTelemetry GenAI conventions, plain: `gen_ai.system` or `gen_ai.provider.name`, names of every generation
 * since 1.27. Usage is inclusive by the convention. Source: semantic-conventions v1.27–v1.41 and semantic-conventions-genai.
 */
import { attribute } from '@inferometer/core/attributes'
import {
  type CallStatus,
  createCall,
  type ErrorType,
  type LlmCall,
  type Operation,
  unknownLabel,
} from '@inferometer/core/call'
import { classifyError } from '@inferometer/core/wire/error-type'
import { normalizeFinishReason } from '@inferometer/core/wire/finish-reason'
import { readCount, readFlag, readNumber, readText, readTexts } from './attribute-values.ts'
import { toProviderName } from './provider-name.ts'
import type { Dialect, SpanReading, SpanSource } from './span-reading.ts'
import { readSpanTimes } from './span-times.ts'

/** Operations that call a model themselves. */
const leafOperations = new Map<string, Operation>([
  ['chat', 'chat'],
  ['generate_content', 'chat'],
  ['text_completion', 'text_completion'],
  ['embeddings', 'embeddings'],
])

/** Attributes of instrumentations that also write `gen_ai.*` but count tokens in ways of their own. */
const foreignAttributes =
  /^(traceloop\.|llm\.|openinference\.|langfuse\.|langsmith\.|logfire\.|lmnr\.|ai\.(model|operationId|usage|response)|gen_ai\.usage\.(cost|total_tokens|details))/
const foreignScopes = /traceloop|openinference|openlit|langfuse|langsmith|litellm|pydantic|lmnr|semantickernel/i

export const genAi: Dialect = {
  name: 'gen_ai',
  matches: ({ span }) => span.attributes.has(attribute.operation),
  read(source) {
    const { span, scope } = source
    const operation = leafOperations.get(readText(span.attributes, attribute.operation) ?? '')
    if (!operation) return { kind: 'ignored', reason: 'not_leaf' }
    if (foreignScopes.test(scope.name) || hasForeignAttribute(source))
      return { kind: 'ignored', reason: 'unknown_dialect' }
    return readCall(source, operation)
  },
}

function hasForeignAttribute({ span }: SpanSource): boolean {
  for (const name of span.attributes.keys()) if (foreignAttributes.test(name)) return true
  return false
}

function readCall({ span, resource }: SpanSource, operation: Operation): SpanReading {
  const { attributes } = span
  const times = readSpanTimes(span)
  if (!times.ok) return { kind: 'invalid', message: times.message }
  const ttftSeconds = readNumber(attributes, 'gen_ai.response.time_to_first_chunk')
  const finishReasonRaw = readTexts(attributes, attribute.finishReasons)[0] ?? null
  return {
    kind: 'call',
    call: createCall({
      traceId: span.traceId,
      spanId: span.spanId,
      parentSpanId: span.parentSpanId === '' ? null : span.parentSpanId,
      serviceName: readText(resource.attributes, attribute.serviceName) ?? unknownLabel,
      operation,
      provider: toProviderName(readText(attributes, attribute.provider, 'gen_ai.system') ?? unknownLabel),
      requestModel: readText(attributes, attribute.requestModel),
      responseModel: readText(attributes, attribute.responseModel),
      startTimeUs: times.startTimeUs,
      latencyMs: times.latencyMs,
      ttftMs: ttftSeconds === null ? null : Math.min(ttftSeconds * 1_000, times.latencyMs),
      streaming: readFlag(attributes, attribute.requestStream) || ttftSeconds !== null,
      ...readFailure(span),
      ...readUsage(attributes),
      finishReason: finishReasonRaw === null ? null : normalizeFinishReason(finishReasonRaw),
      finishReasonRaw,
      responseId: readText(attributes, attribute.responseId),
      retryCount: readCount(attributes, attribute.resendCount) ?? 0,
      userId: readText(attributes, attribute.userId, 'enduser.id'),
      sessionId: readText(attributes, 'gen_ai.conversation.id', attribute.sessionId),
      source: genAi.name,
    }),
  }
}

type Usage = Pick<
  LlmCall,
  'inputTokens' | 'outputTokens' | 'cacheReadTokens' | 'cacheWriteTokens' | 'reasoningTokens' | 'usageSource'
>

/** Subsets that are larger than their whole were counted beside it: the whole is then their sum. */
function readUsage(attributes: SpanSource['span']['attributes']): Usage {
  const input = readCount(attributes, attribute.inputTokens, 'gen_ai.usage.prompt_tokens')
  const output = readCount(attributes, attribute.outputTokens, 'gen_ai.usage.completion_tokens')
  const cacheReadTokens = readCount(attributes, attribute.cacheReadTokens)
  const cacheWriteTokens = readCount(attributes, 'gen_ai.usage.cache_write.input_tokens', attribute.cacheWriteTokens)
  const reasoningTokens = readCount(attributes, attribute.reasoningTokens)
  return {
    inputTokens: addParts(input, (cacheReadTokens ?? 0) + (cacheWriteTokens ?? 0)),
    outputTokens: addParts(output, reasoningTokens ?? 0),
    cacheReadTokens,
    cacheWriteTokens,
    reasoningTokens,
    usageSource: input === null && output === null ? 'missing' : 'provider',
  }
}

function addParts(whole: number | null, parts: number): number | null {
  return whole !== null && parts > whole ? whole + parts : whole
}

type Failure = Pick<LlmCall, 'status' | 'errorType' | 'errorCode' | 'errorMessage' | 'httpStatus'>

function readFailure({ attributes, statusCode, statusMessage }: SpanSource['span']): Failure {
  const errorCode = readText(attributes, attribute.errorType)
  const httpStatus = readHttpStatus(attributes)
  if (statusCode !== 2 && errorCode === null)
    return { status: 'success', errorType: null, errorCode: null, errorMessage: null, httpStatus }
  const errorType = toErrorType(errorCode, httpStatus)
  const status: CallStatus = errorType === 'cancelled' ? 'cancelled' : 'error'
  return { status, errorType, errorCode, errorMessage: statusMessage === '' ? null : statusMessage, httpStatus }
}

function readHttpStatus(attributes: SpanSource['span']['attributes']): number | null {
  const status = readCount(attributes, attribute.httpStatus)
  return status !== null && status >= 100 && status <= 599 ? status : null
}

/** Names of exception classes of client libraries, which say what no provider's answer says. */
const clientErrors: readonly (readonly [RegExp, ErrorType])[] = [
  [/abort|cancel/i, 'cancelled'],
  [/timeout/i, 'timeout'],
  [/connection|network|socket|econn|enotfound|fetcherror/i, 'connection'],
]

function toErrorType(errorCode: string | null, httpStatus: number | null): ErrorType {
  const byClass = httpStatus === null ? clientErrors.find(([pattern]) => pattern.test(errorCode ?? '')) : undefined
  return byClass?.[1] ?? classifyError(httpStatus ?? 0, { type: errorCode, code: null, message: null })
}
