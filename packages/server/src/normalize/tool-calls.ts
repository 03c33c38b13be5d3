/** Tool calls in any of the shapes in which answers are written. Names and ids are always read, arguments only with content. */
import type { ToolCall } from '@inferometer/core/call'
import { isObject, type JsonObject, textIn, toJsonText } from './attribute-values.ts'

const deepest = 12
const mostCalls = 1_000

export function readToolCalls(value: unknown, content: boolean): readonly ToolCall[] {
  const calls: ToolCall[] = []
  collectCalls(value, { content, calls }, 0)
  return calls
}

/** Whether a JSON text can hold a tool call at all: saves parsing long answers for nothing. */
export function mayHoldToolCalls(text: string): boolean {
  // Most answers have neither word, and looking for words is ten times as fast as looking for patterns.
  return (text.includes('tool') || text.includes('function')) && toolWords.test(text)
}

/** The quote is escaped in JSON that was encoded twice. */
const toolWords = /(?:tool_?-?calls?|tool_use|tool-call|function_?calls?|toolCallId|toolUse)\\?"/i

interface Collection {
  readonly content: boolean
  readonly calls: ToolCall[]
}

/** Keys of answers under which tool calls or what holds them stand. The first that holds any ends the search at its level. */
const containers = [
  'tool_calls',
  'toolCalls',
  'tool_call',
  'function_call',
  'functionCall',
  'toolUse',
  'parts',
  'content',
  'message',
  'choices',
  'candidates',
  'generations',
  'kwargs',
  'additional_kwargs',
  'output',
  'messages',
] as const

function collectCalls(value: unknown, into: Collection, depth: number): void {
  if (depth > deepest || into.calls.length >= mostCalls) return
  if (Array.isArray(value)) {
    for (const item of value) collectCalls(item, into, depth + 1)
    return
  }
  if (!isObject(value)) return
  const call = toToolCall(value, into.content)
  if (call !== null) {
    into.calls.push(call)
    return
  }
  const before = into.calls.length
  for (const key of containers) {
    if (value[key] === undefined || value[key] === null) continue
    collectCalls(value[key], into, depth + 1)
    if (into.calls.length > before) return
  }
}

const callTypes = new Set(['tool_call', 'tool-call', 'tool_use', 'function_call', 'server_tool_call', 'function'])

function toToolCall(value: JsonObject, content: boolean): ToolCall | null {
  const body = isObject(value.function) ? value.function : value
  const name = textIn(body, 'name', 'toolName')
  if (name === null) return null
  const hasArguments =
    'arguments' in body ||
    'args' in body ||
    'toolName' in body ||
    ('input' in body && ('id' in body || 'toolUseId' in body))
  if (!hasArguments && !(typeof value.type === 'string' && callTypes.has(value.type))) return null
  return {
    id: textIn(value, 'call_id', 'id', 'toolCallId', 'toolUseId', 'tool_call_id'),
    name,
    arguments: content ? toText(body.arguments ?? body.args ?? body.input) : null,
  }
}

function toText(value: unknown): string | null {
  if (value === undefined || value === null) return null
  return typeof value === 'string' ? value : toJsonText(value)
}
