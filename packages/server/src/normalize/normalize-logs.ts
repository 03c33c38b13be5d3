/**
 * GenAI log records → what they add to the calls of their spans. Instrumentations that keep content out of spans send it as events:
 * messages and choices (v1.28–v1.36), or one `gen_ai.client.inference.operation.details` with the attributes of the span (since v1.37).
 * Logs and spans come in batches of their own, in either order: the caller joins them by trace id and span id.
 */
import { attribute } from '@inferometer/core/attributes'
import type { LlmCall, ToolCall } from '@inferometer/core/call'
import type { Attributes, LogRecord, LogsData } from '@inferometer/core/otlp/model'
import { readText, toTexts } from './attribute-values.ts'
import { toContent } from './build-reading.ts'
import { type Finish, toFinish } from './finish.ts'
import { type GenAiEvent, isDetailsEvent, isGenAiEvent, readEvents } from './gen-ai-events.ts'
import { readSemconvUsage } from './semconv.ts'
import type { ReadOptions } from './span-reading.ts'
import { inclusive, noUsage, type Usage } from './usage.ts'

/** What the records of one span say about its call. Null and empty: nothing. */
export interface CallAddition {
  readonly traceId: string
  readonly spanId: string
  readonly requestModel: string | null
  readonly responseModel: string | null
  readonly responseId: string | null
  readonly finish: Finish
  readonly toolCalls: readonly ToolCall[]
  /** Counted by the convention, inclusive. Emitters that count otherwise send usage on the span, too, which stands. */
  readonly usage: Usage
  readonly content: LlmCall['content']
}

export interface NormalizedLogs {
  /** One per span, in order of first appearance. */
  readonly additions: readonly CallAddition[]
  /** Records that are no GenAI events, or that belong to no span. */
  readonly ignoredCount: number
}

export function normalizeLogs({ resourceLogs }: LogsData, options: ReadOptions = { content: false }): NormalizedLogs {
  const eventsOfSpan = new Map<string, GenAiEvent[]>()
  let ignoredCount = 0
  for (const { scopeLogs } of resourceLogs)
    for (const { logRecords } of scopeLogs)
      for (const record of logRecords) {
        const name = readEventName(record)
        if (record.traceId === '' || record.spanId === '' || name === null || !isGenAiEvent(name)) {
          ignoredCount++
          continue
        }
        const key = `${record.traceId}${record.spanId}`
        const events = eventsOfSpan.get(key)
        const event = { name, attributes: record.attributes, body: record.body ?? undefined }
        if (events === undefined) eventsOfSpan.set(key, [event])
        else events.push(event)
      }
  const additions = [...eventsOfSpan].map(([key, events]) => toAddition(key, events, options))
  return { additions, ignoredCount }
}

const traceIdChars = 32

/** The field is newer than the attribute, and emitters write either. */
function readEventName({ eventName, attributes }: LogRecord): string | null {
  return eventName === '' ? readText(attributes, 'event.name') : eventName
}

const noAttributes: Attributes = new Map()

function toAddition(key: string, events: readonly GenAiEvent[], options: ReadOptions): CallAddition {
  const parts = readEvents(events, options)
  const details = events.find(({ name }) => isDetailsEvent(name))?.attributes ?? noAttributes
  const reasons = toTexts(details.get(attribute.finishReasons))
  return {
    traceId: key.slice(0, traceIdChars),
    spanId: key.slice(traceIdChars),
    requestModel: readText(details, attribute.requestModel),
    responseModel: readText(details, attribute.responseModel),
    responseId: readText(details, attribute.responseId),
    finish: toFinish(reasons.length > 0 ? reasons : parts.finishReasons, parts.toolCalls.length > 0),
    toolCalls: parts.toolCalls,
    usage: details.size === 0 ? noUsage : readSemconvUsage(details, { counting: inclusive }),
    content: options.content ? toContent(parts.input, parts.output) : null,
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
    ...(call.usageSource === 'missing' && addition.usage),
    content: joinContent(call.content, addition.content),
  }
}

function joinContent(content: LlmCall['content'], added: LlmCall['content']): LlmCall['content'] {
  if (content === null || added === null) return content ?? added
  return { input: content.input ?? added.input, output: content.output ?? added.output }
}
