/** Makes the readings of spans: what every dialect does alike. */
import { attribute } from '@inferometer/core/attributes'
import {
  type Content,
  type LlmCall,
  type Message,
  type Operation,
  type ToolCall,
  unknownLabel,
} from '@inferometer/core/call'
import type { Attributes, SpanLink } from '@inferometer/core/otlp/model'
import type { NodeKind, NodeLink } from '@inferometer/core/trace-node'
import { readCount, readKnownText, readText, readTexts } from './attribute-values.ts'
import { type Failure, readFailure } from './failure.ts'
import { findProvider } from './find-provider.ts'
import { toFinish } from './finish.ts'
import { joinText } from './messages.ts'
import { readReportedCost } from './reported-cost.ts'
import type { Layer, SpanReading, SpanSource } from './span-reading.ts'
import { readSpanTimes, type SpanTimes } from './span-times.ts'
import { noUsage, type Usage } from './usage.ts'

/** What a dialect finds out about a call. What is left out is read from the attributes that all use. */
export interface CallFacts {
  readonly source: string
  readonly layer: Layer
  readonly perAttempt?: boolean
  readonly operation: Operation
  /** The provider, as the emitter spells it. */
  readonly provider: string | null
  readonly requestModel: string | null
  readonly responseModel?: string | null
  readonly usage?: Usage
  readonly reportedCostNanoUsd?: number | null
  /** Milliseconds from the span's start. */
  readonly ttftMs?: number | null
  /** Null: the emitter does not say. */
  readonly streaming?: boolean | null
  readonly finishReasons?: readonly string[]
  readonly responseId?: string | null
  readonly requestId?: string | null
  readonly failure?: Failure
  readonly userId?: string | null
  readonly sessionId?: string | null
  readonly tags?: readonly string[]
  readonly toolCalls?: readonly ToolCall[]
  readonly content?: Content | null
}

export function buildCall(source: SpanSource, facts: CallFacts): SpanReading {
  const times = readSpanTimes(source.span)
  if (!times.ok) return { kind: 'invalid', message: times.message }
  return { kind: 'call', call: toCall(source, facts, times), layer: facts.layer, perAttempt: facts.perAttempt ?? false }
}

/** Written out, field by field: spread into each other, these objects cost more than all of the reading. */
function toCall({ span, resource }: SpanSource, facts: CallFacts, times: Times): LlmCall {
  const ttftMs = toTtftMs(facts, times.latencyMs)
  const { toolCalls = [], finishReasons = [], failure = readFailure(span) } = facts
  const usage = facts.usage ?? noUsage
  const finish = toFinish(finishReasons, toolCalls.length > 0)
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId === '' ? null : span.parentSpanId,
    serviceName: readServiceName(resource.attributes, span.attributes),
    operation: facts.operation,
    provider: findProvider(facts.provider, span.attributes, facts.requestModel ?? facts.responseModel ?? null),
    requestModel: facts.requestModel,
    responseModel: facts.responseModel ?? null,
    startTimeUs: times.startTimeUs,
    latencyMs: times.latencyMs,
    ttftMs,
    streaming: facts.streaming ?? ttftMs !== null,
    stallCount: null,
    stallMs: null,
    stalls: [],
    status: failure.status,
    errorType: failure.errorType,
    errorCode: failure.errorCode,
    errorMessage: failure.errorMessage,
    httpStatus: failure.httpStatus,
    inputTokens: usage.inputTokens,
    outputTokens: usage.outputTokens,
    cacheReadTokens: usage.cacheReadTokens,
    cacheWriteTokens: usage.cacheWriteTokens,
    reasoningTokens: usage.reasoningTokens,
    usageSource: usage.usageSource,
    finishReason: finish.finishReason,
    finishReasonRaw: finish.finishReasonRaw,
    responseId: facts.responseId ?? null,
    requestId: facts.requestId ?? null,
    toolCalls,
    attempts: [],
    retryCount: readCount(span.attributes, attribute.resendCount) ?? 0,
    userId: facts.userId ?? readKnownText(span.attributes, ...userNames),
    sessionId: facts.sessionId ?? readKnownText(span.attributes, ...sessionNames),
    tags: facts.tags ?? readTexts(span.attributes, 'tag.tags'),
    costNanoUsd: null,
    priceVersion: null,
    reportedCostNanoUsd: facts.reportedCostNanoUsd ?? readReportedCost(span.attributes),
    findings: [],
    content: facts.content ?? null,
    source: facts.source,
  }
}

/** Of an answer that was no stream, emitters write the end for its first token. */
function toTtftMs({ streaming, ttftMs }: CallFacts, latencyMs: number): number | null {
  return streaming === false || ttftMs === null || ttftMs === undefined ? null : Math.min(ttftMs, latencyMs)
}

type Times = Extract<SpanTimes, { readonly ok: true }>

/** The last of them are written by the processors of platforms on spans of every instrumentation in the process. */
const userNames = [
  attribute.userId,
  'enduser.id',
  'gen_ai.user',
  'gen_ai.user.id',
  'gen_ai.request.user',
  'llm.user',
  'langfuse.user.id',
  'traceloop.association.properties.user_id',
  'traceloop.association.properties.userId',
  'lmnr.association.properties.user_id',
  'langsmith.metadata.user_id',
] as const
const sessionNames = [
  'gen_ai.conversation.id',
  attribute.sessionId,
  'gen_ai.session.id',
  'gen_ai.thread.id',
  'langfuse.session.id',
  'traceloop.association.properties.session_id',
  'traceloop.association.properties.sessionId',
  'traceloop.association.properties.chat_id',
  'traceloop.association.properties.chatId',
  'lmnr.association.properties.session_id',
  'langsmith.metadata.session_id',
  'langsmith.metadata.thread_id',
] as const

/** `service.name` of the resource; some emitters write it on the span as well, where it is overruled. */
function readServiceName(resource: Attributes, span: Attributes): string {
  return readText(resource, attribute.serviceName) ?? readText(span, attribute.serviceName) ?? unknownLabel
}

/** Null when neither side is known. */
export function toContent(input: readonly Message[] | null, output: readonly Message[] | null): LlmCall['content'] {
  const text = joinText(output)
  return input === null && text === null ? null : { input, output: text }
}

export interface NodeFacts {
  readonly source: string
  readonly kind: NodeKind
  readonly toolName?: string | null
  readonly agentName?: string | null
}

const noLinks: readonly NodeLink[] = []
const mostLinks = 32
const toLink = ({ traceId, spanId }: SpanLink): NodeLink => ({ traceId, spanId })

export function buildNode({ span, resource }: SpanSource, facts: NodeFacts): SpanReading {
  const times = readSpanTimes(span)
  if (!times.ok) return { kind: 'invalid', message: times.message }
  const { attributes } = span
  const { status, errorType } = readFailure(span)
  const isTool = facts.kind === 'tool'
  return {
    kind: 'node',
    node: {
      traceId: span.traceId,
      spanId: span.spanId,
      parentSpanId: span.parentSpanId === '' ? null : span.parentSpanId,
      serviceName: readServiceName(resource.attributes, attributes),
      kind: facts.kind,
      name: span.name,
      startTimeUs: times.startTimeUs,
      durationMs: times.latencyMs,
      status,
      errorType,
      toolName: isTool ? (facts.toolName ?? readText(attributes, 'gen_ai.tool.name', 'tool.name')) : null,
      toolCallId: isTool ? readText(attributes, 'gen_ai.tool.call.id', 'tool_call.id', 'tool.id') : null,
      agentName: facts.agentName ?? readText(attributes, 'gen_ai.agent.name'),
      links: span.links.length === 0 ? noLinks : span.links.slice(0, mostLinks).map(toLink),
      source: facts.source,
    },
  }
}
