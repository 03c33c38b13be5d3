/** Messages and tool calls of spans that follow the OpenTelemetry conventions, in attributes of any generation and in span events. */
import type { LlmCall, Message, ToolCall } from '@inferometer/core/call'
import type { Attributes, Span } from '@inferometer/core/otlp/model'
import { parseJson, readJson, readText, toJsonText, unpackJson } from './attribute-values.ts'
import { toContent } from './build-reading.ts'
import { laminarNames, readFlattened, readFlattenedCalls, traceloopNames } from './flattened-messages.ts'
import { type EventParts, isGenAiEvent, readEvents } from './gen-ai-events.ts'
import { readMessages } from './messages.ts'
import type { ReadOptions } from './span-reading.ts'
import { mayHoldToolCalls, readToolCalls } from './tool-calls.ts'

export interface SemconvContent {
  readonly content: LlmCall['content']
  readonly toolCalls: readonly ToolCall[]
  /** Reasons that stand in the span's events. */
  readonly finishReasons: readonly string[]
}

const inputNames = ['gen_ai.input.messages', 'gen_ai.prompt', 'gen_ai.request.messages'] as const
const outputNames = ['gen_ai.output.messages', 'gen_ai.completion', 'gen_ai.response.messages'] as const

export function readSemconvContent({ attributes, events }: Span, options: ReadOptions): SemconvContent {
  const parts = events.some(({ name }) => isGenAiEvent(name))
    ? readEvents(
        events.map((event) => ({ name: event.name, attributes: event.attributes, body: undefined })),
        options,
      )
    : null
  return {
    content: options.content ? toContent(readInput(attributes, parts), readOutput(attributes, parts)) : null,
    toolCalls: readCalls(attributes, parts, options),
    finishReasons: parts?.finishReasons ?? [],
  }
}

function readInput(attributes: Attributes, parts: EventParts | null): readonly Message[] | null {
  const system = readMessages(readJsonOrText(attributes, 'gen_ai.system_instructions'), 'system')
  const messages =
    readMessages(readJsonOrText(attributes, ...inputNames), 'user') ??
    readFlattened(attributes, 'gen_ai.prompt', traceloopNames) ??
    readFlattened(attributes, 'llm.prompts', traceloopNames) ??
    parts?.input ??
    null
  return system === null ? messages : [...system, ...(messages ?? [])]
}

function readOutput(attributes: Attributes, parts: EventParts | null): readonly Message[] | null {
  return (
    readMessages(readJsonOrText(attributes, ...outputNames), 'assistant') ??
    readFlattened(attributes, 'gen_ai.completion', traceloopNames) ??
    readFlattened(attributes, 'llm.completions', traceloopNames) ??
    parts?.output ??
    null
  )
}

function readCalls(attributes: Attributes, parts: EventParts | null, { content }: ReadOptions): readonly ToolCall[] {
  const output = firstValue(attributes, outputNames)
  const calls =
    typeof output === 'string'
      ? mayHoldToolCalls(output)
        ? readToolCalls(unpackJson(parseJson(output)), content)
        : []
      : readToolCalls(unpackJson(output), content)
  if (calls.length > 0) return calls
  if (parts !== null && parts.toolCalls.length > 0) return parts.toolCalls
  if (!attributes.has('gen_ai.completion.0.role')) return readResponseCalls(attributes, content)
  const flat = readFlattenedCalls(attributes, { prefix: 'gen_ai.completion', names: traceloopNames, content })
  if (flat.length > 0) return flat
  return readFlattenedCalls(attributes, { prefix: 'gen_ai.completion', names: laminarNames, content })
}

function readResponseCalls(attributes: Attributes, content: boolean): readonly ToolCall[] {
  const calls = readJson(attributes, 'gen_ai.response.tool_calls')
  return calls === undefined ? [] : readToolCalls(calls, content)
}

/** The quotes of messages that were encoded twice are escaped. */
const writtenReason = /"finish_reason\\?": ?\\?"([\w.-]+)/

/** A reason that stands in the messages alone. */
export function readMessageReason(attributes: Attributes): string | null {
  const flat = readText(attributes, 'gen_ai.completion.0.finish_reason', 'llm.completions.0.finish_reason')
  if (flat !== null) return flat
  const output = attributes.get('gen_ai.output.messages')
  if (output === undefined || output === null) return null
  const text = typeof output === 'string' ? output : toJsonText(output)
  return text === null ? null : (writtenReason.exec(text)?.[1] ?? null)
}

function firstValue(attributes: Attributes, names: readonly string[]): unknown {
  for (const name of names) {
    const value = attributes.get(name)
    if (value !== undefined && value !== null && value !== '') return value
  }
  return undefined
}

/** Text that was cut on its way is no JSON any more: it is kept as it is. */
function readJsonOrText(attributes: Attributes, ...names: readonly string[]): unknown {
  return readJson(attributes, ...names) ?? firstValue(attributes, names)
}
