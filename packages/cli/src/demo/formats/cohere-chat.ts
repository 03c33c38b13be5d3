/** Cohere chat, version 2. */
import type { FinishReason } from '@inferometer/core/call'
import type { Answer, Asked } from '../answer.ts'
import { asArray, asCount, asObject, asText, collectText, type JsonObject } from '../json.ts'
import { type Format, type Frame, lead, sseEvent, token } from './format.ts'

function readChat(body: JsonObject): Asked {
  return {
    model: asText(body.model) ?? 'unknown',
    streaming: body.stream === true,
    prompt: collectText(body.messages),
    toolNames: asArray(body.tools).flatMap((tool) => asText(asObject(asObject(tool).function).name) ?? []),
    maxTokens: asCount(body.max_tokens),
    usageWanted: true,
    inputCount: 1,
    base64: false,
  }
}

/** There is no word for a filtered answer: it ends with ERROR. */
const finishReasons: Record<Answer['finish'], { raw: string; normal: FinishReason }> = {
  stop: { raw: 'COMPLETE', normal: 'stop' },
  length: { raw: 'MAX_TOKENS', normal: 'length' },
  tool_calls: { raw: 'TOOL_CALL', normal: 'tool_calls' },
  content_filter: { raw: 'ERROR', normal: 'error' },
}

/** What is billed is less than what the model read: the provider's own preamble is free. */
function usageOf(answer: Answer): JsonObject {
  return {
    billed_units: { input_tokens: Math.ceil(answer.inputTokens / 2), output_tokens: answer.outputTokens },
    tokens: { input_tokens: answer.inputTokens, output_tokens: answer.outputTokens },
    ...(answer.cacheReadTokens > 0 ? { cached_tokens: answer.cacheReadTokens } : {}),
  }
}

function wholeTool(answer: Answer): JsonObject {
  if (!answer.tool) return {}
  const { id, name, argumentPieces } = answer.tool
  return { tool_calls: [{ id, type: 'function', function: { name, arguments: argumentPieces.join('') } }] }
}

function wholeChat(answer: Answer): JsonObject {
  const thinking = answer.thoughts.length > 0 ? [{ type: 'thinking', thinking: answer.thoughts.join('') }] : []
  const text = answer.tool ? [] : [{ type: 'text', text: answer.pieces.join('') }]
  return {
    id: answer.id,
    message: { role: 'assistant', content: [...thinking, ...text], ...wholeTool(answer) },
    finish_reason: finishReasons[answer.finish].raw,
    usage: usageOf(answer),
  }
}

interface Section {
  readonly type: 'thinking' | 'text'
  readonly pieces: readonly string[]
}

function chatFrames(answer: Answer): Frame[] {
  const event = (type: string, fields: JsonObject) => sseEvent({ type, ...fields }, type)
  const opening = { role: 'assistant', content: [], tool_plan: '', tool_calls: [], citations: [] }
  const frames = [lead(event('message-start', { id: answer.id, delta: { message: opening } }))]
  const all: Section[] = [
    { type: 'thinking', pieces: answer.thoughts },
    { type: 'text', pieces: answer.pieces },
  ]
  const sections = all.filter((section) => section.pieces.length > 0)
  for (const [index, { type, pieces }] of sections.entries()) {
    frames.push(lead(event('content-start', { index, delta: { message: { content: { type, [type]: '' } } } })))
    for (const piece of pieces)
      frames.push(token(event('content-delta', { index, delta: { message: { content: { [type]: piece } } } })))
    frames.push(lead(event('content-end', { index })))
  }
  frames.push(...toolFrames(answer, event))
  const end = { finish_reason: finishReasons[answer.finish].raw, usage: usageOf(answer) }
  frames.push(lead(event('message-end', { delta: end })))
  return frames
}

function toolFrames(answer: Answer, event: (type: string, fields: JsonObject) => string): Frame[] {
  if (!answer.tool) return []
  const { id, name, argumentPieces } = answer.tool
  const start = { id, type: 'function', function: { name, arguments: '' } }
  const piece = (text: string) => ({ tool_calls: { function: { arguments: text } } })
  return [
    lead(event('tool-call-start', { index: 0, delta: { message: { tool_calls: start } } })),
    ...argumentPieces.map((text) => token(event('tool-call-delta', { index: 0, delta: { message: piece(text) } }))),
    lead(event('tool-call-end', { index: 0 })),
  ]
}

export const cohereChat: Format = {
  name: 'cohere.chat',
  matches: (path) => path.endsWith('/v2/chat'),
  read: readChat,
  truth: (answer) => ({
    responseModel: null,
    responseId: answer.id,
    inputTokens: answer.inputTokens,
    outputTokens: answer.outputTokens,
    cacheReadTokens: answer.cacheReadTokens > 0 ? answer.cacheReadTokens : null,
    cacheWriteTokens: null,
    reasoningTokens: null,
    finishReason: finishReasons[answer.finish].normal,
    finishReasonRaw: finishReasons[answer.finish].raw,
  }),
  whole: wholeChat,
  stream: (answer) => ({ contentType: 'text/event-stream', frames: chatFrames(answer) }),
  fail: (_problem, message) => ({ body: { id: 'demo', message } }),
  streamError: null,
  headers: (answer) => ({ 'x-debug-trace-id': answer.id }),
}
