/**
 * What GenAI events say, as log records or as events of the span: messages and choices of v1.28–v1.36, content events of v1.27,
 * `gen_ai.client.inference.operation.details` since v1.37, and Azure's events that hold messages as JSON text.
 */
import type { Message, ToolCall } from '@inferometer/core/call'
import type { Attributes } from '@inferometer/core/otlp/model'
import { isObject, parseJson, readJson, readText, readTexts, textIn } from './attribute-values.ts'
import { readMessages, textOf } from './messages.ts'
import type { ReadOptions } from './span-reading.ts'
import { readToolCalls } from './tool-calls.ts'

export interface GenAiEvent {
  readonly name: string
  readonly attributes: Attributes
  /** Of a log record. Undefined for an event of a span, whose content is in attributes. */
  readonly body: unknown
}

export interface EventParts {
  readonly input: readonly Message[] | null
  readonly output: readonly Message[] | null
  readonly toolCalls: readonly ToolCall[]
  readonly finishReasons: readonly string[]
}

const messageEvent = /^gen_ai\.(system|user|assistant|tool)\.message$/
const detailsEvent = 'gen_ai.client.inference.operation.details'

/** Whether events of this name can say anything about a call. */
export function isGenAiEvent(name: string): boolean {
  return name.startsWith('gen_ai.')
}

const callEvents =
  /^gen_ai\.(?:(?:system|user|assistant|tool)\.message|choice|content\.(?:prompt|completion)|(?:input|output)\.messages|system\.instructions|client\.inference\.operation\.details)$/

/** Whether a log record of this name holds what was said in a call. */
export function isCallEvent(name: string): boolean {
  return callEvents.test(name)
}

export function isDetailsEvent(name: string): boolean {
  return name === detailsEvent
}

export function readEvents(events: readonly GenAiEvent[], { content }: ReadOptions): EventParts {
  const input: Message[] = []
  const output: Message[] = []
  const toolCalls: ToolCall[] = []
  const finishReasons: string[] = []
  for (const event of events) {
    const answer = answerOf(event)
    if (answer !== undefined) {
      toolCalls.push(...readToolCalls(answer, content))
      const reason = textIn(answer, 'finish_reason')
      if (reason !== null) finishReasons.push(reason)
      else finishReasons.push(...readTexts(event.attributes, 'gen_ai.response.finish_reasons'))
      if (content) output.push(...(readMessages(answer, 'assistant') ?? []))
    }
    if (content) input.push(...(readPrompt(event) ?? []))
  }
  return {
    input: input.length === 0 ? null : input,
    output: output.length === 0 ? null : output,
    toolCalls,
    finishReasons,
  }
}

/** Events as a list in one attribute, each with its name among the fields of its body. */
export function readEventList(list: unknown, options: ReadOptions): EventParts {
  const events = Array.isArray(list) ? list : []
  const named = events.flatMap((body) => {
    const name = textIn(body, 'event.name')
    return name === null ? [] : [{ name, attributes: noAttributes, body }]
  })
  return readEvents(named, options)
}

const noAttributes: Attributes = new Map()

/** What the event holds of the answer. Undefined: it is no event of an answer. */
function answerOf({ name, attributes, body }: GenAiEvent): unknown {
  if (name === 'gen_ai.choice') return bodyOf({ attributes, body })
  if (name === 'gen_ai.content.completion')
    return readJson(attributes, 'gen_ai.completion') ?? readText(attributes, 'gen_ai.completion')
  if (name === 'gen_ai.output.messages') return readJson(attributes, 'gen_ai.event.content')
  if (name === detailsEvent)
    return readJson(attributes, 'gen_ai.output.messages') ?? detailOf(body, 'gen_ai.output.messages')
  return undefined
}

function readPrompt({ name, attributes, body }: GenAiEvent): readonly Message[] | null {
  const role = messageEvent.exec(name)?.[1]
  if (role !== undefined) {
    const message = bodyOf({ attributes, body })
    return [{ role: textIn(message, 'role') ?? role, text: textOf(contentOf(message)) }]
  }
  if (name === 'gen_ai.content.prompt')
    return readMessages(readJson(attributes, 'gen_ai.prompt') ?? readText(attributes, 'gen_ai.prompt'), 'user')
  if (name === 'gen_ai.input.messages') return readMessages(readJson(attributes, 'gen_ai.event.content'), 'user')
  if (name === 'gen_ai.system.instructions') return readMessages(readJson(attributes, 'gen_ai.event.content'), 'system')
  if (name !== detailsEvent) return null
  const system = readMessages(
    readJson(attributes, 'gen_ai.system_instructions') ?? detailOf(body, 'gen_ai.system_instructions'),
    'system',
  )
  const messages = readMessages(
    readJson(attributes, 'gen_ai.input.messages') ?? detailOf(body, 'gen_ai.input.messages'),
    'user',
  )
  return system === null ? messages : [...system, ...(messages ?? [])]
}

/** Of an event of a span, content with more than text in it is JSON in text. */
function contentOf(message: unknown): unknown {
  const content = isObject(message) ? message.content : message
  if (typeof content !== 'string' || !/^\s*[[{]/.test(content)) return content
  const parsed = parseJson(content)
  return textOf(parsed) === '' ? content : parsed
}

function detailOf(body: unknown, name: string): unknown {
  return isObject(body) ? body[name] : undefined
}

/** The body of the record; of an event of a span, what its attributes hold in the body's place. */
function bodyOf({ attributes, body }: Omit<GenAiEvent, 'name'>): unknown {
  if (body !== undefined && body !== null && body !== '')
    return typeof body === 'string' ? (parseJson(body) ?? body) : body
  const content = readJson(attributes, 'gen_ai.event.content') ?? readText(attributes, 'gen_ai.event.content')
  if (content !== undefined && content !== null) return content
  return {
    role: attributes.get('role') ?? undefined,
    content: attributes.get('content') ?? undefined,
    finish_reason: attributes.get('finish_reason') ?? undefined,
    message: readJson(attributes, 'message') ?? undefined,
    tool_calls: readJson(attributes, 'tool_calls') ?? undefined,
  }
}
