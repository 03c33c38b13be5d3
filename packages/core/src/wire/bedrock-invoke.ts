import { readCompletion } from './anthropic-complete.ts'
import { readAnthropicEvent, readAnthropicMessage } from './anthropic-messages.ts'
import { readConverseBody, readConverseEvent } from './bedrock-converse.ts'
import { readCohereAnswer, readCohereEvent } from './cohere-chat-v1.ts'
import type { AnswerDraft } from './draft.ts'
import type { AnswerFormat } from './format.ts'
import type { JsonObject } from './json.ts'
import { toCount, toObject, toObjects } from './json.ts'
import { readOpenaiBody, readOpenaiEvent } from './openai-chat.ts'
import type { TokenUsage } from './usage.ts'
import { noUsage, readAnthropicUsage, readConverseUsage, readOpenaiUsage } from './usage.ts'
import type { HeaderLookup } from './wire.ts'

/**
 * Bedrock InvokeModel: bodies are those of the model's maker. They are told apart by their fields, as the model may be an ARN that
 * names no maker. Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html
 */
export const bedrockInvoke: AnswerFormat = {
  name: 'bedrock.invoke',
  readBody: readInvokeBody,
  readEvent: readInvokeEvent,
  readUsage: readInvokeUsage,
  marks: null,
  identified: () => true,
  readHeaders: readHeaderUsage,
}

function readHeaderUsage(headers: HeaderLookup): TokenUsage {
  const count = (name: string) => {
    const text = headers(`x-amzn-bedrock-${name}-token-count`)
    const value = Number(text)
    // 0 stands there for everything that a model could count, whether or not it does.
    return value > 0 ? value : null
  }
  return readConverseUsage({
    inputTokenCount: count('input'),
    outputTokenCount: count('output'),
    cacheReadInputTokenCount: count('cache-read-input'),
    cacheWriteInputTokenCount: count('cache-write-input'),
  })
}

function readInvokeBody(draft: AnswerDraft, body: JsonObject): void {
  readMetrics(draft, body)
  if (body.choices !== undefined) readOpenaiBody(draft, body)
  else if (body.output !== undefined) readConverseBody(draft, body)
  else if (body.type === 'message') readAnthropicMessage(draft, body)
  else if (body.completion !== undefined) readCompletion(draft, body)
  else if (body.embedding !== undefined || body.embeddings !== undefined) readEmbeddings(draft, body)
  else if (body.generations !== undefined || body.response_id !== undefined) readCohereAnswer(draft, body)
  else readOldAnswer(draft, body)
}

function readInvokeEvent(draft: AnswerDraft, event: JsonObject, name: string): void {
  readMetrics(draft, event)
  const kind = converseEvents.find((key) => event[key] !== undefined)
  if (kind !== undefined) readConverseEvent(draft, toObject(event[kind]) ?? {}, kind)
  else if (event.choices !== undefined) readOpenaiEvent(draft, event)
  else if (event.completion !== undefined) readCompletion(draft, event)
  else if (event.event_type !== undefined) readCohereEvent(draft, event)
  else if (typeof event.type === 'string') readAnthropicEvent(draft, event, name)
  else if (event.generations !== undefined || event.response_id !== undefined) readCohereAnswer(draft, event)
  else readOldAnswer(draft, event)
}

const converseEvents = [
  'messageStart',
  'contentBlockStart',
  'contentBlockDelta',
  'contentBlockStop',
  'messageStop',
  'metadata',
] as const

/** Every family's last event carries the metrics. */
function readMetrics(draft: AnswerDraft, answer: JsonObject): void {
  const metrics = toObject(answer['amazon-bedrock-invocationMetrics'])
  if (metrics === null) return
  draft.metrics = metrics
  draft.complete = true
}

function readEmbeddings(draft: AnswerDraft, body: JsonObject): void {
  draft.identify(null, body.id)
  draft.mergeUsage(body)
}

/** Titan, Llama, Mistral's and AI21's text bodies, whole and in a stream. */
function readOldAnswer(draft: AnswerDraft, answer: JsonObject): void {
  draft.mergeUsage(pickCounts(answer))
  draft.addText(0, answer.generation ?? answer.outputText)
  draft.finish(0, answer.stop_reason ?? answer.completionReason)
  const results = [...toObjects(answer.results), ...toObjects(answer.outputs)]
  results.forEach((result, index) => {
    draft.addText(index, result.outputText ?? result.text)
    draft.finish(index, result.completionReason ?? result.stop_reason)
    draft.mergeUsage(pickCounts(result))
  })
  toObjects(answer.completions).forEach((completion, index) => {
    draft.addText(index, toObject(completion.data)?.text)
    draft.finish(index, toObject(completion.finishReason)?.reason)
  })
  // Only a guardrail answers without a reason of the model's.
  if (!draft.finishReasons.has(0)) draft.finish(0, readIntervention(answer))
  if (answer['amazon-bedrock-guardrailAction'] !== undefined) draft.complete = true
}

function readIntervention(answer: JsonObject): unknown {
  const action = answer['amazon-bedrock-guardrailAction']
  return action === 'INTERVENED' ? action : null
}

const countFields = [
  'prompt_token_count',
  'generation_token_count',
  'inputTextTokenCount',
  'totalOutputTextTokenCount',
  'tokenCount',
] as const

function pickCounts(answer: JsonObject): JsonObject {
  return Object.fromEntries(countFields.map((field) => [field, toCount(answer[field])]))
}

/**
 * What the body says; parts.ts fills up from the metrics and the headers. Cohere's own count is left out: it includes Cohere's prompt
 * template, which Bedrock neither counts nor bills.
 */
function readInvokeUsage(usage: JsonObject): TokenUsage {
  if (usage.prompt_tokens !== undefined) return readOpenaiUsage(usage)
  if (usage.input_tokens !== undefined || usage.output_tokens !== undefined) return readAnthropicUsage(usage)
  if (usage.inputTokens !== undefined || usage.outputTokens !== undefined) return readConverseUsage(usage)
  return {
    ...noUsage,
    input: toCount(usage.prompt_token_count) ?? toCount(usage.inputTextTokenCount),
    output: toCount(usage.generation_token_count) ?? toCount(usage.totalOutputTextTokenCount ?? usage.tokenCount),
  }
}
