/**
 * An LlmCall as a span, and back (`fromSpan`, in span-call.ts). Names follow the OpenTelemetry GenAI conventions where they have one.
 *
 * Exact both ways, but for two things that have no place in a span: times are carried to the nanosecond, and
 * content of which neither input nor output is known is no content.
 */
import { attemptEvent, attribute } from './attributes.ts'
import type { Attempt, Content, FinishReason, LlmCall } from './call.ts'
import type { AnyValue, Attributes, ResourceSpans, Span, SpanEvent, TracesData } from './otlp/model.ts'

export { type CallResult, fromSpan, maxCostNanoUsd, maxTokens } from './span-call.ts'

/** Who sends the spans. */
export interface Sender {
  /** Name of the instrumentation scope: `sdkScope` where the spans are to be read by `fromSpan`. */
  readonly name: string
  readonly version: string
  /** Resource attributes. `service.name` is set by each call. */
  readonly resourceAttributes: Attributes
}

const clientKind = 3
const errorStatusCode = 2
const nanosPerMs = 1e6

/** One resource per service, in order of first appearance; calls in their order. */
export function toTraces(calls: readonly LlmCall[], sender: Sender): TracesData {
  const spansOfService = new Map<string, Span[]>()
  for (const call of calls) {
    const spans = spansOfService.get(call.serviceName)
    if (spans === undefined) spansOfService.set(call.serviceName, [toSpan(call)])
    else spans.push(toSpan(call))
  }
  const scope = { name: sender.name, version: sender.version, attributes: new Map() }
  const resourceSpans: ResourceSpans[] = []
  for (const [serviceName, spans] of spansOfService) {
    const attributes = new Map(sender.resourceAttributes).set(attribute.serviceName, serviceName)
    resourceSpans.push({ resource: { attributes }, schemaUrl: '', scopeSpans: [{ scope, schemaUrl: '', spans }] })
  }
  return { resourceSpans }
}

export function toSpan(call: LlmCall): Span {
  const isError = call.status === 'error'
  const start = BigInt(call.startTimeUs) * 1000n
  return {
    traceId: call.traceId,
    spanId: call.spanId,
    parentSpanId: call.parentSpanId ?? '',
    traceState: '',
    name: call.requestModel === null ? call.operation : `${call.operation} ${call.requestModel}`,
    kind: clientKind,
    startTimeUnixNano: start,
    endTimeUnixNano: start + toNanos(call.latencyMs),
    attributes: toAttributes(call),
    events: call.attempts.map((attempt) => toEvent(attempt, start)),
    links: [],
    statusCode: isError ? errorStatusCode : 0,
    statusMessage: isError ? (call.errorMessage ?? '') : '',
  }
}

function toNanos(ms: number): bigint {
  return BigInt(Math.round(ms * nanosPerMs))
}

function set(attributes: Map<string, AnyValue>, name: string, value: AnyValue): void {
  if (value !== null) attributes.set(name, value)
}

function toAttributes(call: LlmCall): Attributes {
  const attributes = new Map<string, AnyValue>()
  set(attributes, attribute.operation, call.operation)
  set(attributes, attribute.provider, call.provider)
  set(attributes, attribute.requestModel, call.requestModel)
  set(attributes, attribute.responseModel, call.responseModel)
  set(attributes, attribute.responseId, call.responseId)
  set(attributes, attribute.requestId, call.requestId)
  if (call.streaming) attributes.set(attribute.requestStream, true)
  if (call.finishReason !== null) attributes.set(attribute.finishReasons, [call.finishReason])
  set(attributes, attribute.finishReasonRaw, call.finishReasonRaw)
  set(attributes, attribute.inputTokens, call.inputTokens)
  set(attributes, attribute.outputTokens, call.outputTokens)
  set(attributes, attribute.cacheReadTokens, call.cacheReadTokens)
  set(attributes, attribute.cacheWriteTokens, call.cacheWriteTokens)
  set(attributes, attribute.reasoningTokens, call.reasoningTokens)
  set(attributes, attribute.usageSource, call.usageSource)
  set(attributes, attribute.costNanoUsd, call.costNanoUsd)
  set(attributes, attribute.priceVersion, call.priceVersion)
  // Rounded as the span's end is, or a first token at the very end would come after it.
  if (call.ttftMs !== null) attributes.set(attribute.ttftMs, Math.round(call.ttftMs * nanosPerMs) / nanosPerMs)
  set(attributes, attribute.stallCount, call.stallCount)
  set(attributes, attribute.stallMs, call.stallMs)
  set(attributes, attribute.userId, call.userId)
  set(attributes, attribute.sessionId, call.sessionId)
  set(attributes, attribute.source, call.source)
  setOutcome(attributes, call)
  setLists(attributes, call)
  if (call.content !== null) setContent(attributes, call, call.content)
  return attributes
}

function setOutcome(attributes: Map<string, AnyValue>, call: LlmCall): void {
  set(attributes, attribute.status, call.status)
  set(attributes, attribute.httpStatus, call.httpStatus)
  if (call.retryCount > 0) attributes.set(attribute.resendCount, call.retryCount)
  // For those who know only the conventions. What fromSpan reads are the two below.
  if (call.status === 'error') attributes.set(attribute.errorType, call.errorCode ?? call.errorType ?? '_OTHER')
  set(attributes, attribute.errorKind, call.errorType)
  set(attributes, attribute.errorCode, call.errorCode)
  set(attributes, attribute.errorMessage, call.errorMessage)
}

/** Lists of records as JSON text: backends show text, and many drop structured values. */
function setLists(attributes: Map<string, AnyValue>, call: LlmCall): void {
  if (call.tags.length > 0) attributes.set(attribute.tags, call.tags)
  if (call.toolCalls.length > 0) attributes.set(attribute.toolCalls, JSON.stringify(call.toolCalls))
  if (call.findings.length > 0) attributes.set(attribute.findings, JSON.stringify(call.findings))
}

function setContent(attributes: Map<string, AnyValue>, call: LlmCall, content: Content): void {
  if (content.input !== null) {
    const messages = content.input.map(({ role, text }) => ({ role, parts: [{ type: 'text', content: text }] }))
    attributes.set(attribute.inputMessages, JSON.stringify(messages))
  }
  if (content.output !== null) {
    const message = {
      role: 'assistant',
      parts: [{ type: 'text', content: content.output }],
      ...(call.finishReason === null ? {} : { finish_reason: toMessageFinishReason(call.finishReason) }),
    }
    attributes.set(attribute.outputMessages, JSON.stringify([message]))
  }
}

/** The message shape of the conventions has its own spelling of this one. */
function toMessageFinishReason(reason: FinishReason): string {
  return reason === 'tool_calls' ? 'tool_call' : reason
}

function toEvent(attempt: Attempt, callStart: bigint): SpanEvent {
  const attributes = new Map<string, AnyValue>([
    [attribute.attemptStartMs, attempt.startMs],
    [attribute.attemptDurationMs, attempt.durationMs],
    [attribute.attemptWaitMs, attempt.waitMs],
  ])
  set(attributes, attribute.httpStatus, attempt.httpStatus)
  set(attributes, attribute.errorKind, attempt.errorType)
  return { timeUnixNano: callStart + toNanos(attempt.startMs), name: attemptEvent, attributes }
}
