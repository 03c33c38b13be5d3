/**
 * What requests to the providers' own APIs look like, to know them at a host that says nothing: a proxy, a private endpoint, a server
 * on another port. Paths like `/api/chat` are every web application's, so a body has to speak the API's words and no others.
 */
import { readInvokeKind } from './invoke-kind.ts'
import type { JsonObject } from './json.ts'
import { toObject, toObjects, toText } from './json.ts'

function hasOnly(object: JsonObject, words: ReadonlySet<string>): boolean {
  return Object.keys(object).every((key) => words.has(key))
}

/** A list of one or more, all of them objects of this shape. */
function isListOf(value: unknown, fits: (item: JsonObject) => boolean): boolean {
  const items = toObjects(value)
  return Array.isArray(value) && items.length > 0 && items.length === value.length && items.every(fits)
}

// Source: https://github.com/ollama/ollama/blob/main/docs/api.md
const ollamaShared = ['model', 'format', 'options', 'stream', 'keep_alive', 'think', 'logprobs', 'top_logprobs']
const ollamaChatWords = new Set([...ollamaShared, 'messages', 'tools', 'truncate', 'shift'])
const ollamaGenerateWords = new Set([
  ...ollamaShared,
  ...['prompt', 'suffix', 'images', 'system', 'template', 'raw', 'context', 'truncate', 'shift'],
])
const ollamaMessageWords = new Set([
  ...['role', 'content', 'thinking', 'images', 'tool_calls', 'tool_name', 'tool_call_id'],
])

/** Ollama's clients always say whether they want a stream; its own options are as good a sign. */
function looksLikeOllama(body: JsonObject): boolean {
  const signed = typeof body.stream === 'boolean' || toObject(body.options) !== null || body.keep_alive !== undefined
  return signed && toText(body.model) !== null
}

export function fitsOllamaChat(body: JsonObject): boolean {
  const isMessage = (message: JsonObject) =>
    typeof message.role === 'string' &&
    (typeof message.content === 'string' || Array.isArray(message.tool_calls)) &&
    hasOnly(message, ollamaMessageWords)
  return looksLikeOllama(body) && hasOnly(body, ollamaChatWords) && isListOf(body.messages, isMessage)
}

export function fitsOllamaGenerate(body: JsonObject): boolean {
  return looksLikeOllama(body) && hasOnly(body, ollamaGenerateWords) && typeof body.prompt === 'string'
}

// Source: https://docs.cohere.com/reference/chat and https://docs.cohere.com/v1/reference/chat
const cohereShared = [
  ...['model', 'stream', 'tools', 'documents', 'response_format', 'safety_mode', 'max_tokens', 'stop_sequences'],
  ...['temperature', 'seed', 'frequency_penalty', 'presence_penalty', 'k', 'p', 'raw_prompting', 'return_prompt'],
]
const cohereChatWords = new Set([
  ...cohereShared,
  ...['messages', 'strict_tools', 'citation_options', 'logprobs', 'tool_choice', 'thinking', 'priority'],
])
const cohereChatV1Words = new Set([
  ...cohereShared,
  ...['message', 'preamble', 'chat_history', 'conversation_id', 'prompt_truncation', 'connectors', 'citation_quality'],
  ...['search_queries_only', 'max_input_tokens', 'tool_results', 'force_single_step'],
])
const cohereRoles = new Set(['user', 'assistant', 'system', 'tool'])

/** Cohere's clients always say whether they want a stream. */
export function fitsCohereChat(body: JsonObject): boolean {
  return (
    typeof body.stream === 'boolean' &&
    toText(body.model) !== null &&
    hasOnly(body, cohereChatWords) &&
    isListOf(body.messages, ({ role }) => typeof role === 'string' && cohereRoles.has(role))
  )
}

export function fitsCohereChatV1(body: JsonObject): boolean {
  const hasText = typeof body.stream === 'boolean' && toText(body.model) !== null && toText(body.message) !== null
  return hasText && hasOnly(body, cohereChatV1Words)
}

/** The path alone is found nowhere else; content is always a list of blocks. */
export function fitsConverse(body: JsonObject): boolean {
  return isListOf(body.messages, ({ role, content }) => typeof role === 'string' && isListOf(content, () => true))
}

/** As Bedrock names models: `anthropic.claude-…`, `us.meta.llama3-…`, or the ARN of a profile or of one's own model. */
const bedrockModel =
  /^(?:arn:aws[a-z-]*:(?:bedrock|sagemaker):|(?:[a-z-]+\.)?(?:anthropic|amazon|meta|mistral|cohere|ai21|deepseek|openai|qwen|writer|google|moonshot|minimax|nvidia|zai|twelvelabs|luma|stability)\.)/

export function fitsInvoke(body: JsonObject, model: string): boolean {
  const named = bedrockModel.test(model) || /^bedrock-/.test(toText(body.anthropic_version) ?? '')
  return named && readInvokeKind(model, body) !== null
}
