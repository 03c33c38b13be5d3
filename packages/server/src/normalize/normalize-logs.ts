/**
 * GenAI log records → what they add to the calls of their spans. Instrumentations that keep content out of spans send it as events:
 * messages and choices (v1.28–v1.36), or one `gen_ai.client.inference.operation.details` with the attributes of the span (since v1.37).
 * Logs and spans come in batches of their own, in either order: event-join.ts joins them by trace id and span id.
 */
import { attribute } from '@inferometer/core/attributes'
import { eventSourceSuffix, type LlmCall, type ToolCall } from '@inferometer/core/call'
import type { AnyValue, Attributes, LogRecord, LogsData, Resource, Scope } from '@inferometer/core/otlp/model'
import { isObject, readText, toTexts } from './attribute-values.ts'
import { toContent } from './build-reading.ts'
import { checkBounds } from './call-bounds.ts'
import { findDialect } from './dialects.ts'
import { type Finish, toFinish } from './finish.ts'
import { type GenAiEvent, isCallEvent, isDetailsEvent, readEvents } from './gen-ai-events.ts'
import { readSemconvUsage } from './semconv-usage.ts'
import type { ReadOptions } from './span-reading.ts'
import { inclusive, type Usage } from './usage.ts'

/** What the records of one span say about its call. Null and empty: nothing. */
export interface CallAddition {
  readonly traceId: string
  readonly spanId: string
  readonly serviceName: string | null
  /** Name of the instrumentation scope. */
  readonly emitter: string
  readonly recordCount: number
  readonly requestModel: string | null
  readonly responseModel: string | null
  readonly responseId: string | null
  readonly finish: Finish
  readonly toolCalls: readonly ToolCall[]
  readonly usage: Usage
  readonly content: LlmCall['content']
  /** The answer is among the records: nothing more will be said of the call. */
  readonly hasAnswer: boolean
  /** The call by itself, when a record has all that a span would: its latency is not known, and written as 0. */
  readonly whole: LlmCall | null
}

/** Why a record says nothing of a call. Bounded: a metric label. */
export type IgnoredEvent =
  /** Another log record than those that the conventions define for the content of calls. */
  | 'not_genai_event'
  /** It names no trace and span that it belongs to. */
  | 'event_without_ids'

export interface NormalizedLogs {
  /** One per span, in order of first appearance. */
  readonly additions: readonly CallAddition[]
  readonly ignored: ReadonlyMap<IgnoredEvent, number>
  /** All of these together. */
  readonly ignoredCount: number
}

interface SpanEvents {
  readonly traceId: string
  readonly spanId: string
  readonly scope: Scope
  readonly resource: Resource
  readonly events: GenAiEvent[]
  /** The record that has the attributes of a span. */
  details: LogRecord | null
}

export function normalizeLogs({ resourceLogs }: LogsData, options: ReadOptions = { content: false }): NormalizedLogs {
  const bySpan = new Map<string, SpanEvents>()
  const ignored = new Map<IgnoredEvent, number>()
  let ignoredCount = 0
  const ignore = (reason: IgnoredEvent) => {
    ignoredCount++
    ignored.set(reason, (ignored.get(reason) ?? 0) + 1)
  }
  for (const { resource, scopeLogs } of resourceLogs)
    for (const { scope, logRecords } of scopeLogs)
      for (const record of logRecords) {
        const { traceId, spanId, attributes } = record
        const name = readEventName(record)
        if (name === null || !isCallEvent(name)) {
          ignore('not_genai_event')
          continue
        }
        if (traceId === '' || spanId === '') {
          ignore('event_without_ids')
          continue
        }
        const known = bySpan.get(traceId + spanId)
        const own = known ?? { traceId, spanId, scope, resource, events: [], details: null }
        if (known === undefined) bySpan.set(traceId + spanId, own)
        own.events.push({ name, attributes, body: record.body ?? undefined })
        if (isDetailsEvent(name)) own.details ??= record
      }
  const additions = [...bySpan.values()].map((events) => toAddition(events, options))
  return { additions, ignored, ignoredCount }
}

/** The field is newer than the attribute, and emitters write either. */
function readEventName({ eventName, attributes }: LogRecord): string | null {
  return eventName === '' ? readText(attributes, 'event.name') : eventName
}

const noAttributes: Attributes = new Map()

function toAddition(own: SpanEvents, options: ReadOptions): CallAddition {
  const { traceId, spanId, scope, resource, events } = own
  const parts = readEvents(events, options)
  const details = own.details === null ? noAttributes : attributesOf(own.details)
  const reasons = toTexts(details.get(attribute.finishReasons))
  const whole = own.details === null ? null : readWhole(own, own.details, options)
  return {
    traceId,
    spanId,
    serviceName: readText(resource.attributes, attribute.serviceName),
    emitter: scope.name,
    recordCount: events.length,
    requestModel: readText(details, attribute.requestModel),
    responseModel: readText(details, attribute.responseModel),
    responseId: readText(details, attribute.responseId),
    finish: toFinish(reasons.length > 0 ? reasons : parts.finishReasons, parts.toolCalls.length > 0),
    toolCalls: parts.toolCalls,
    usage: whole ?? readSemconvUsage(details, { counting: inclusive }),
    content: options.content ? toContent(parts.input, parts.output) : null,
    hasAnswer: own.details !== null || parts.output !== null || parts.finishReasons.length > 0,
    whole,
  }
}

/** Some emitters put the attributes of the event into its body. */
function attributesOf({ attributes, body }: LogRecord): Attributes {
  if (!isObject(body)) return attributes
  // A body that is an object is a map of any values.
  const inBody = Object.entries(body as { readonly [key: string]: AnyValue }).filter(([key]) =>
    key.startsWith('gen_ai.'),
  )
  return inBody.length === 0 ? attributes : new Map([...inBody, ...attributes])
}

const errorStatus = 2

/** The event has what its span would have but for the span's times. It is read as one, by the dialect of its scope. */
function readWhole({ traceId, spanId, scope, resource }: SpanEvents, record: LogRecord, options: ReadOptions) {
  const timeUnixNano = record.timeUnixNano || record.observedTimeUnixNano
  const attributes = attributesOf(record)
  const span = {
    traceId,
    spanId,
    parentSpanId: '',
    traceState: '',
    name: '',
    kind: 3,
    startTimeUnixNano: timeUnixNano,
    endTimeUnixNano: timeUnixNano,
    attributes,
    events: [],
    links: [],
    statusCode: attributes.has(attribute.errorType) ? errorStatus : 0,
    statusMessage: '',
  } as const
  const source = { span, scope, resource }
  const reading = findDialect(source)?.read(source, options)
  if (reading?.kind !== 'call' || checkBounds(reading.call) !== null) return null
  const { call } = reading
  // Who was asked, and what for or at what expense, is the least that makes a call of it.
  if (call.requestModel === null && call.responseModel === null) return null
  if (!attributes.has(attribute.operation) && call.usageSource === 'missing') return null
  return { ...call, ttftMs: null, source: call.source + eventSourceSuffix }
}

/** What two batches say of one call, the earlier first. */
export function mergeAdditions(one: CallAddition, other: CallAddition): CallAddition {
  return {
    ...one,
    recordCount: one.recordCount + other.recordCount,
    requestModel: one.requestModel ?? other.requestModel,
    responseModel: one.responseModel ?? other.responseModel,
    responseId: one.responseId ?? other.responseId,
    finish: one.finish.finishReason === null ? other.finish : one.finish,
    toolCalls: one.toolCalls.length > 0 ? one.toolCalls : other.toolCalls,
    usage: one.usage.usageSource === 'missing' ? other.usage : one.usage,
    content: mergeContent(one.content, other.content),
    hasAnswer: one.hasAnswer || other.hasAnswer,
    whole: one.whole ?? other.whole,
  }
}

/** Each batch has messages of its own. */
function mergeContent(one: LlmCall['content'], other: LlmCall['content']): LlmCall['content'] {
  if (one === null || other === null) return one ?? other
  const output = [one.output, other.output].filter((text) => text !== null)
  return {
    input: one.input === null || other.input === null ? (one.input ?? other.input) : [...one.input, ...other.input],
    output: output.length === 0 ? null : output.join('\n'),
  }
}

/** The call with what its records add. What the span said stands. */
export function joinAddition(call: LlmCall, addition: CallAddition): LlmCall {
  return {
    ...call,
    requestModel: call.requestModel ?? addition.requestModel,
    responseModel: call.responseModel ?? addition.responseModel,
    responseId: call.responseId ?? addition.responseId,
    ...(call.finishReason === null && addition.finish),
    toolCalls: call.toolCalls.length > 0 ? call.toolCalls : addition.toolCalls,
    ...(call.usageSource === 'missing' && usageOf(addition.usage)),
    content: joinContent(call.content, addition.content),
  }
}

/** The usage may be a whole call. */
function usageOf(usage: Usage): Usage {
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, reasoningTokens, usageSource } = usage
  return { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, reasoningTokens, usageSource }
}

function joinContent(content: LlmCall['content'], added: LlmCall['content']): LlmCall['content'] {
  if (content === null || added === null) return content ?? added
  return { input: content.input ?? added.input, output: content.output ?? added.output }
}
