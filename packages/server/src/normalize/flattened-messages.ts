/**
 * Messages that are spread over numbered attributes: `gen_ai.prompt.0.role` (Traceloop) and
 * `llm.input_messages.0.message.role` (OpenInference). Attributes are asked for by number, so that a span with thousands costs no scan.
 */
import type { Message, ToolCall } from '@inferometer/core/call'
import type { Attributes } from '@inferometer/core/otlp/model'
import { parseJson, readText } from './attribute-values.ts'
import { textOf } from './messages.ts'

const mostMessages = 10_000
const mostParts = 1_000

/** How one dialect spells the names. */
export interface Flattening {
  /** After the number of the message, before the field: `` or `message.`. */
  readonly message: string
  /** Before the fields of a tool call: `tool_call.`, or nothing. */
  readonly toolCall: string
  readonly name: string
  readonly arguments: string
}

export const traceloopNames: Flattening = { message: '', toolCall: '', name: 'name', arguments: 'arguments' }
/** Laminar's own wrappers put `message.` before the tool calls. */
export const laminarNames: Flattening = { message: 'message.', toolCall: '', name: 'name', arguments: 'arguments' }
export const openInferenceNames: Flattening = {
  message: 'message.',
  toolCall: 'tool_call.',
  name: 'function.name',
  arguments: 'function.arguments',
}

/** Null when there is no message under the prefix. */
export function readFlattened(attributes: Attributes, prefix: string, names: Flattening): readonly Message[] | null {
  const messages: Message[] = []
  for (let index = 0; index < mostMessages; index++) {
    const path = `${prefix}.${index}.${names.message}`
    const role = readText(attributes, `${path}role`)
    const text = readFlatText(attributes, path)
    if (role === null && text === null && !hasToolCall(attributes, path, names)) break
    messages.push({ role: role ?? 'user', text: text ?? '' })
  }
  return messages.length === 0 ? null : messages
}

function readFlatText(attributes: Attributes, path: string): string | null {
  const content = attributes.get(`${path}content`)
  if (typeof content === 'string') return unpackText(content)
  if (content !== undefined && content !== null) return textOf(content)
  const parts: string[] = []
  for (let index = 0; index < mostParts; index++) {
    const part = `${path}contents.${index}.message_content.`
    const text = attributes.get(`${part}text`)
    if (typeof text === 'string') parts.push(text)
    else if (!attributes.has(`${part}type`)) break
  }
  return parts.length === 0 ? null : parts.join('\n')
}

/** Content with more than text in it is written as JSON. */
function unpackText(content: string): string {
  if (!/^[[{"]/.test(content)) return content
  const parsed = parseJson(content)
  return parsed === undefined ? content : textOf(parsed) || content
}

function hasToolCall(attributes: Attributes, path: string, names: Flattening): boolean {
  return attributes.has(`${path}tool_calls.0.${names.toolCall}${names.name}`)
}

export interface FlattenedCalls {
  readonly prefix: string
  readonly names: Flattening
  readonly content: boolean
}

/** Tool calls of the messages under the prefix. */
export function readFlattenedCalls(
  attributes: Attributes,
  { prefix, names, content }: FlattenedCalls,
): readonly ToolCall[] {
  const calls: ToolCall[] = []
  for (let index = 0; index < mostMessages; index++) {
    const path = `${prefix}.${index}.${names.message}`
    const before = calls.length
    for (let call = 0; call < mostParts; call++) {
      const callPath = `${path}tool_calls.${call}.${names.toolCall}`
      const name = readText(attributes, `${callPath}${names.name}`)
      if (name === null) break
      const text = content ? readText(attributes, `${callPath}${names.arguments}`) : null
      calls.push({ id: readText(attributes, `${callPath}id`), name, arguments: text })
    }
    const single = readText(attributes, `${path}function_call.name`)
    if (single !== null && calls.length === before)
      calls.push({
        id: null,
        name: single,
        arguments: content ? readText(attributes, `${path}function_call.arguments`) : null,
      })
    const isThere = calls.length > before || attributes.has(`${path}role`) || attributes.has(`${path}content`)
    if (!isThere && !attributes.has(`${prefix}.${index}.role`)) break
  }
  return calls
}

/** Texts without roles: `llm.prompts.0.prompt.text`. */
export function readNumberedTexts(
  attributes: Attributes,
  { prefix, name, role }: { readonly prefix: string; readonly name: string; readonly role: string },
): readonly Message[] | null {
  const messages: Message[] = []
  for (let index = 0; index < mostMessages; index++) {
    const text = readText(attributes, `${prefix}.${index}.${name}`)
    if (text === null) break
    messages.push({ role, text })
  }
  return messages.length === 0 ? null : messages
}
