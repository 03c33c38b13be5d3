import { attemptEvent, attribute } from './attributes.ts'
import {
  type Attempt,
  type CallStatus,
  type Content,
  type ErrorType,
  errorTypes,
  type Finding,
  type FinishReason,
  finishReasons,
  type LlmCall,
  type Message,
  type Operation,
  type Stall,
  type ToolCall,
  type UsageSource,
  unknownLabel,
} from './call.ts'
import { maxCostNanoUsd, maxStalls, maxTokens } from './call-limits.ts'
import type { Attributes, Resource, Span } from './otlp/model.ts'

export type CallResult =
  | { readonly ok: true; readonly call: LlmCall }
  /** `field`: the attribute or the span's field at fault. */
  | { readonly ok: false; readonly field: string; readonly reason: string }

const nanosPerMs = 1e6
/** 26 days: up to here a number of milliseconds holds every nanosecond exactly. */
const maxLatencyNs = 2n ** 51n
const maxLatencyMs = Number(maxLatencyNs) / nanosPerMs
const errorStatusCode = 2
const maxRetries = 1_000_000

const operations: readonly Operation[] = ['chat', 'text_completion', 'embeddings']
const statuses: readonly CallStatus[] = ['success', 'error', 'cancelled']
const usageSources: readonly UsageSource[] = ['provider', 'estimated', 'missing']

type Tokens = Pick<LlmCall, 'inputTokens' | 'outputTokens' | 'cacheReadTokens' | 'cacheWriteTokens' | 'reasoningTokens'>
type Timing = Pick<LlmCall, 'startTimeUs' | 'latencyMs'>

/**
 * The call of a span made by `toSpan`. The span may come from anybody: what bills (tokens, cost, times, operation,
 * provider) is right or the span is refused; any other attribute of a wrong type or range is as if not sent.
 */
export function fromSpan(span: Span, resource: Resource): CallResult {
  const { attributes } = span
  const operation = readWord(attributes, attribute.operation, operations)
  if (operation === null) return refuse(attribute.operation, `must be one of ${operations.join(', ')}`)
  const provider = readText(attributes, attribute.provider)
  if (provider === null) return refuse(attribute.provider, 'must be text')
  const timing = readTiming(span)
  if ('ok' in timing) return timing
  const tokens = readTokens(attributes)
  if ('ok' in tokens) return tokens
  const costNanoUsd = readAmount(attributes, attribute.costNanoUsd, maxCostNanoUsd)
  if (costNanoUsd === undefined) return refuseAmount(attribute.costNanoUsd, maxCostNanoUsd)
  return { ok: true, call: toCall(span, resource, { operation, provider, timing, tokens, costNanoUsd }) }
}

interface Billed {
  readonly operation: Operation
  readonly provider: string
  readonly timing: Timing
  readonly tokens: Tokens
  readonly costNanoUsd: number | null
}

/** Field by field: spreading parts into a record of this size costs several times the reading of them. */
function toCall(span: Span, resource: Resource, { operation, provider, timing, tokens, costNanoUsd }: Billed): LlmCall {
  const { attributes } = span
  const reasons = attributes.get(attribute.finishReasons)
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId === '' ? null : span.parentSpanId,
    serviceName: readText(resource.attributes, attribute.serviceName) ?? unknownLabel,
    operation,
    provider,
    requestModel: readText(attributes, attribute.requestModel),
    responseModel: readText(attributes, attribute.responseModel),
    startTimeUs: timing.startTimeUs,
    latencyMs: timing.latencyMs,
    ttftMs: readDuration(attributes, attribute.ttftMs, timing.latencyMs),
    streaming: attributes.get(attribute.requestStream) === true,
    stallCount: readAmount(attributes, attribute.stallCount, Number.MAX_SAFE_INTEGER) ?? null,
    stallMs: readDuration(attributes, attribute.stallMs, maxLatencyMs),
    stalls: readRecords(attributes, attribute.stalls, toStall).slice(0, maxStalls),
    status: readWord(attributes, attribute.status, statuses) ?? guessStatus(span),
    errorType: readErrorType(attributes),
    errorCode: readText(attributes, attribute.errorCode),
    errorMessage: readText(attributes, attribute.errorMessage),
    httpStatus: readHttpStatus(attributes),
    inputTokens: tokens.inputTokens,
    outputTokens: tokens.outputTokens,
    cacheReadTokens: tokens.cacheReadTokens,
    cacheWriteTokens: tokens.cacheWriteTokens,
    reasoningTokens: tokens.reasoningTokens,
    usageSource: readWord(attributes, attribute.usageSource, usageSources) ?? guessUsageSource(tokens),
    finishReason: toKnownWord(Array.isArray(reasons) ? reasons[0] : null, finishReasons),
    finishReasonRaw: readText(attributes, attribute.finishReasonRaw),
    responseId: readText(attributes, attribute.responseId),
    requestId: readText(attributes, attribute.requestId),
    toolCalls: readRecords(attributes, attribute.toolCalls, toToolCall),
    attempts: readAttempts(span),
    retryCount: readAmount(attributes, attribute.resendCount, maxRetries) ?? 0,
    userId: readText(attributes, attribute.userId),
    sessionId: readText(attributes, attribute.sessionId),
    tags: readTags(attributes),
    costNanoUsd,
    priceVersion: readText(attributes, attribute.priceVersion),
    reportedCostNanoUsd: readAmount(attributes, attribute.reportedCostNanoUsd, maxCostNanoUsd) ?? null,
    findings: readRecords(attributes, attribute.findings, toFinding),
    content: readContent(attributes),
    source: readText(attributes, attribute.source) ?? unknownLabel,
  }
}

function refuse(field: string, reason: string): CallResult & { readonly ok: false } {
  return { ok: false, field, reason }
}

function refuseAmount(field: string, max: number) {
  return refuse(field, `must be an integer from 0 to ${max}`)
}

function readTiming(span: Span): Timing | (CallResult & { readonly ok: false }) {
  const startTimeUs = Number(span.startTimeUnixNano / 1000n)
  if (startTimeUs <= 0 || !Number.isSafeInteger(startTimeUs)) return refuse('startTimeUnixNano', 'out of range')
  const latencyNs = span.endTimeUnixNano - span.startTimeUnixNano
  if (latencyNs < 0n) return refuse('endTimeUnixNano', 'before the start')
  if (latencyNs > maxLatencyNs) return refuse('endTimeUnixNano', 'more than 26 days after the start')
  return { startTimeUs, latencyMs: Number(latencyNs) / nanosPerMs }
}

function readTokens(attributes: Attributes): Tokens | (CallResult & { readonly ok: false }) {
  const inputTokens = readAmount(attributes, attribute.inputTokens, maxTokens)
  if (inputTokens === undefined) return refuseAmount(attribute.inputTokens, maxTokens)
  const outputTokens = readAmount(attributes, attribute.outputTokens, maxTokens)
  if (outputTokens === undefined) return refuseAmount(attribute.outputTokens, maxTokens)
  const cacheReadTokens = readAmount(attributes, attribute.cacheReadTokens, maxTokens)
  if (cacheReadTokens === undefined) return refuseAmount(attribute.cacheReadTokens, maxTokens)
  const cacheWriteTokens = readAmount(attributes, attribute.cacheWriteTokens, maxTokens)
  if (cacheWriteTokens === undefined) return refuseAmount(attribute.cacheWriteTokens, maxTokens)
  const reasoningTokens = readAmount(attributes, attribute.reasoningTokens, maxTokens)
  if (reasoningTokens === undefined) return refuseAmount(attribute.reasoningTokens, maxTokens)
  return { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, reasoningTokens }
}

function guessUsageSource(tokens: Tokens): UsageSource {
  return tokens.inputTokens === null && tokens.outputTokens === null ? 'missing' : 'provider'
}

function guessStatus(span: Span): CallStatus {
  return span.statusCode === errorStatusCode ? 'error' : 'success'
}

function readErrorType(attributes: Attributes): ErrorType | null {
  return toKnownWord(attributes.get(attribute.errorKind), errorTypes)
}

function readAttempts(span: Span): Attempt[] {
  const attempts: Attempt[] = []
  for (const { name, attributes } of span.events) {
    if (name !== attemptEvent) continue
    const startMs = readDuration(attributes, attribute.attemptStartMs, maxLatencyMs)
    const durationMs = readDuration(attributes, attribute.attemptDurationMs, maxLatencyMs)
    const waitMs = readDuration(attributes, attribute.attemptWaitMs, maxLatencyMs)
    if (startMs === null || durationMs === null || waitMs === null) continue
    attempts.push({
      startMs,
      durationMs,
      waitMs,
      httpStatus: readHttpStatus(attributes),
      errorType: readErrorType(attributes),
    })
  }
  return attempts
}

function readText(attributes: Attributes, name: string): string | null {
  const value = attributes.get(name)
  return typeof value === 'string' ? value : null
}

function readWord<Word extends string>(attributes: Attributes, name: string, words: readonly Word[]): Word | null {
  const value = attributes.get(name)
  return words.find((word) => word === value) ?? null
}

/** A word that we do not know, from a newer sender, is `other`; what is no word is null. */
function toKnownWord<Word extends ErrorType | FinishReason>(
  value: unknown,
  words: readonly Word[],
): Word | 'other' | null {
  if (typeof value !== 'string') return null
  return words.find((word) => word === value) ?? 'other'
}

/** Null when absent, undefined when no integer from 0 to `max`. `Math.abs` is for −0. */
function readAmount(attributes: Attributes, name: string, max: number): number | null | undefined {
  const value = attributes.get(name) ?? null
  if (value === null) return null
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= max
    ? Math.abs(value)
    : undefined
}

function readDuration(attributes: Attributes, name: string, maxMs: number): number | null {
  const value = attributes.get(name)
  return typeof value === 'number' && value >= 0 && value <= maxMs ? Math.abs(value) : null
}

function readHttpStatus(attributes: Attributes): number | null {
  const status = readAmount(attributes, attribute.httpStatus, 599) ?? null
  return status === null || status < 100 ? null : status
}

function readTags(attributes: Attributes): string[] {
  const value = attributes.get(attribute.tags)
  return Array.isArray(value) ? value.filter((tag) => typeof tag === 'string') : []
}

type Fields = { readonly [field: string]: unknown }

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null
}

/** Undefined when the attribute is no JSON text. */
function readJson(attributes: Attributes, name: string): unknown {
  const text = readText(attributes, name)
  if (text === null) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function readRecords<T>(attributes: Attributes, name: string, toRecord: (fields: Fields) => T | null): T[] {
  const list = readJson(attributes, name)
  if (!Array.isArray(list)) return []
  return list.map((item) => (isFields(item) ? toRecord(item) : null)).filter((record) => record !== null)
}

function toToolCall(fields: Fields): ToolCall | null {
  if (typeof fields.name !== 'string') return null
  return { id: toTextOrNull(fields.id), name: fields.name, arguments: toTextOrNull(fields.arguments) }
}

function toStall({ startMs, durationMs }: Fields): Stall | null {
  return isDuration(startMs) && isDuration(durationMs) ? { startMs, durationMs } : null
}

function isDuration(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= maxLatencyMs
}

function toTextOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

function toFinding({ kind, pattern, start, end }: Fields): Finding | null {
  if (kind !== 'pii' && kind !== 'injection' && kind !== 'shadow') return null
  if (typeof pattern !== 'string' || !isOffset(start) || !isOffset(end) || end < start) return null
  return { kind, pattern, start, end }
}

function isOffset(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

function readContent(attributes: Attributes): Content | null {
  const input = readMessages(attributes, attribute.inputMessages)
  const output = readMessages(attributes, attribute.outputMessages)?.[0]?.text ?? null
  return input === null && output === null ? null : { input, output }
}

/** Null unless every message is one of role and text parts. */
function readMessages(attributes: Attributes, name: string): Message[] | null {
  const list = readJson(attributes, name)
  if (!Array.isArray(list)) return null
  const messages: Message[] = []
  for (const item of list) {
    const message = isFields(item) ? toMessage(item) : null
    if (message === null) return null
    messages.push(message)
  }
  return messages
}

function toMessage({ role, parts }: Fields): Message | null {
  if (typeof role !== 'string' || !Array.isArray(parts)) return null
  let text = ''
  for (const part of parts) {
    if (!isFields(part)) return null
    if (part.type === 'text' && typeof part.content === 'string') text += part.content
  }
  return { role, text }
}
