/**
 * Messages in any of the shapes in which emitters write them: GenAI parts, OpenAI, Anthropic and Gemini bodies, AI SDK content,
 * LangChain constructors. What is no message is left out; what cannot be understood is kept as text.
 */
import type { Message } from '@inferometer/core/call'
import { isObject, type JsonObject, textIn, toJsonText } from './attribute-values.ts'

const deepest = 12

/** Null when there is nothing that could be a message. Text that is no JSON is one message of the role given. */
export function readMessages(value: unknown, role: string): readonly Message[] | null {
  if (value === undefined || value === null || value === '') return null
  if (typeof value === 'string') return [{ role, text: value }]
  const messages: Message[] = []
  collectMessages(value, { role, into: messages, depth: 0 })
  return messages.length === 0 ? null : messages
}

/** The text of the answers, without roles. Null when there is none. */
export function joinText(messages: readonly Message[] | null): string | null {
  const text = messages?.map((message) => message.text).join('\n') ?? ''
  return text === '' ? null : text
}

/** Keys under which lists of messages stand, outermost first. */
const containers = ['messages', 'choices', 'candidates', 'generations', 'output', 'message', 'input', 'prompt'] as const

interface Collection {
  /** Of messages that name none. */
  readonly role: string
  readonly into: Message[]
  readonly depth: number
}

function collectMessages(value: unknown, { role, into, depth }: Collection): void {
  if (depth > deepest) return
  if (typeof value === 'string') {
    if (value !== '') into.push({ role, text: value })
    return
  }
  if (Array.isArray(value)) {
    for (const item of value) collectMessages(item, { role, into, depth: depth + 1 })
    return
  }
  if (!isObject(value)) return
  const ownRole = roleOf(value) ?? role
  if (isObject(value.kwargs)) {
    into.push({ role: ownRole, text: textOf(value.kwargs.content) })
    return
  }
  const system = textOf(value.system)
  if (system !== '') into.push({ role: 'system', text: system })
  const container = containers.find((key) => value[key] !== undefined && value[key] !== null)
  if (container !== undefined) collectMessages(value[container], { role: ownRole, into, depth: depth + 1 })
  else if (isMessage(value)) into.push({ role: ownRole, text: textOf(value) })
}

function isMessage(value: JsonObject): boolean {
  return 'content' in value || 'parts' in value || 'contents' in value || 'text' in value || 'body' in value
}

const langChainRoles: Readonly<Record<string, string>> = {
  HumanMessage: 'user',
  HumanMessageChunk: 'user',
  AIMessage: 'assistant',
  AIMessageChunk: 'assistant',
  SystemMessage: 'system',
  ToolMessage: 'tool',
  human: 'user',
  ai: 'assistant',
  system: 'system',
  tool: 'tool',
}

function roleOf(value: JsonObject): string | null {
  const role = textIn(value, 'role')
  if (role !== null) return role === 'model' ? 'assistant' : role
  const type = Array.isArray(value.id) ? value.id.at(-1) : value.type
  return typeof type === 'string' && Object.hasOwn(langChainRoles, type) ? (langChainRoles[type] ?? null) : null
}

/** Parts of a message that are no text of it. */
const notText = new Set([
  'tool_call',
  'tool-call',
  'tool_use',
  'function_call',
  'server_tool_call',
  'blob',
  'uri',
  'file',
  'image',
  'image_url',
  'input_image',
  'input_audio',
])

/** The text of a message's content, whichever of its shapes it has. */
export function textOf(value: unknown, depth = 0): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (depth > deepest) return ''
  if (Array.isArray(value))
    return value
      .map((item) => textOf(item, depth + 1))
      .filter((text) => text !== '')
      .join('\n')
  if (!isObject(value) || (typeof value.type === 'string' && notText.has(value.type))) return ''
  for (const key of ['text', 'content', 'parts', 'contents', 'thinking', 'reasoning', 'summary'])
    if (value[key] !== undefined && value[key] !== null) return textOf(value[key], depth + 1)
  for (const key of ['response', 'result', 'output', 'body']) {
    const item = value[key]
    if (typeof item === 'string') return item
    if (item !== undefined && item !== null) return toJsonText(item) ?? ''
  }
  return ''
}
