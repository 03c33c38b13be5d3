import type { Message } from '../call.ts'
import type { JsonObject } from './json.ts'
import { toArray, toJsonText, toObject, toObjects, toText } from './json.ts'

/**
 * The messages of a request as text, whatever the API: the fields that carry them differ in name between formats and never in
 * meaning, so one reader serves all. What is no text stands as a short word in brackets.
 */
export function readInput(body: JsonObject): readonly Message[] {
  const messages: Message[] = []
  const add = (role: string, content: unknown): void => {
    const text = toContentText(content)
    if (text !== '') messages.push({ role, text })
  }
  add('system', body.system ?? body.instructions ?? body.preamble)
  add('system', toObject(body.systemInstruction ?? body.system_instruction) ?? body.system_instruction)
  for (const turn of toObjects(body.chat_history)) add(toRole(turn.role), turn.message)
  for (const message of toObjects(body.messages)) add(toRole(message.role), readTurn(message))
  readContents(body.contents, add)
  readFreeInput(body.input, add)
  for (const name of promptFields) add('user', body[name])
  for (const item of toObjects(body.instances)) add('user', item.content ?? item.text)
  for (const item of toObjects(body.requests)) add('user', item.content)
  for (const item of toObjects(body.inputs)) add('user', item.content)
  const nova = toObject(body.singleEmbeddingParams)
  add('user', toObject(nova?.text)?.value)
  return messages
}

/** Fields that hold a prompt without a role. `content` is Gemini's embedContent. */
const promptFields = ['message', 'prompt', 'inputText', 'texts', 'content'] as const

function toRole(role: unknown): string {
  return toText(role)?.toLowerCase() ?? 'user'
}

function readTurn(message: JsonObject): unknown {
  const calls = [...toArray(message.tool_calls), ...(message.function_call ? [message] : [])]
  if (calls.length === 0) return message.content
  return [toContentText(message.content), ...calls]
}

type AddMessage = (role: string, content: unknown) => void

/** Gemini: a list of turns, one turn, or just text. */
function readContents(contents: unknown, add: AddMessage): void {
  if (typeof contents === 'string') add('user', contents)
  const single = toObject(contents)
  for (const turn of single === null ? toArray(contents) : [single]) {
    add(toRole(toObject(turn)?.role), typeof turn === 'string' ? turn : [turn])
  }
}

/** Responses and Interactions: text, or items of which only some are messages. Embeddings: text, texts or token ids. */
function readFreeInput(input: unknown, add: AddMessage): void {
  if (typeof input === 'string') add('user', input)
  else if (toObject(input) !== null) add('user', [input])
  else if (toArray(input).some((item) => typeof item === 'string')) add('user', input)
  else {
    for (const item of toObjects(input)) {
      add(typeof item.role === 'string' ? item.role : roleOfItem(item), item.content ?? [item])
    }
  }
}

function roleOfItem(item: JsonObject): string {
  const type = toText(item.type) ?? ''
  if (type.endsWith('_output') || type.endsWith('_result')) return 'tool'
  return type.endsWith('_call') || type === 'reasoning' ? 'assistant' : 'user'
}

/** Deeper than any API nests its parts, and far from what the stack bears. */
const maxDepth = 16

/** Text of a message's content: a string, a part, or parts one per line. */
function toContentText(content: unknown, depth = 0): string {
  if (typeof content === 'string') return content
  if (depth > maxDepth) return ''
  const parts = toObject(content) === null ? toArray(content) : [content]
  return parts
    .map((part) => toPartText(part, depth + 1))
    .filter((text) => text !== '')
    .join('\n')
}

function toPartText(part: unknown, depth: number): string {
  if (typeof part === 'string') return part
  const object = toObject(part)
  if (object === null) return ''
  return readWords(object, depth) ?? readToolPart(object, depth) ?? readPlaceholder(object)
}

function readWords(part: JsonObject, depth: number): string | null {
  const text = part.text ?? part.thinking ?? part.reasoning ?? part.refusal
  if (typeof text === 'string') return text
  const nested = part.parts ?? part.guardContent ?? part.reasoningContent ?? part.reasoningText ?? text
  return typeof nested === 'object' && nested !== null ? toContentText(nested, depth) : null
}

/** A tool call as its name and arguments, a tool result as its text. */
function readToolPart(part: JsonObject, depth: number): string | null {
  const call = toObject(part.function ?? part.function_call ?? part.functionCall ?? part.toolUse) ?? part
  const name = toText(call.name)
  const input = call.arguments ?? call.input ?? call.args
  if (name !== null && input !== undefined) return `${name} ${toJsonText(input) ?? ''}`.trim()
  const result = toObject(part.functionResponse ?? part.toolResult) ?? part
  const output = result.response ?? result.output ?? result.content ?? result.result ?? result.json
  if (output === undefined || output === null) return null
  const text = toContentText(output, depth)
  return text !== '' ? text : toJsonText(output)
}

const placeholders = [
  [/image/i, '[image]'],
  [/audio/i, '[audio]'],
  [/video/i, '[video]'],
  [/file|document/i, '[file]'],
] as const

function readPlaceholder(part: JsonObject): string {
  const media = toObject(part.inlineData ?? part.inline_data ?? part.fileData ?? part.file_data)
  const kind = toText(media?.mimeType ?? media?.mime_type) ?? toText(part.type) ?? Object.keys(part).join(' ')
  return placeholders.find(([pattern]) => pattern.test(kind))?.[1] ?? (media === null ? '' : '[file]')
}
