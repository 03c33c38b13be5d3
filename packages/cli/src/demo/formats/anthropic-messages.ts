/** Anthropic messages. Input counts exclude what the cache held; an observer adds them up. */
import type { Answer, Asked } from '../answer.ts'
import { asArray, asCount, asObject, asText, collectText, type JsonObject } from '../json.ts'
import type { Problem } from '../scenario.ts'
import { eventStream, type Format, type Frame, lead, sseEvent, token } from './format.ts'

function readMessages(body: JsonObject): Asked {
  return {
    model: asText(body.model) ?? 'unknown',
    streaming: body.stream === true,
    prompt: collectText([body.system, body.messages]),
    toolNames: asArray(body.tools).flatMap((tool) => asText(asObject(tool).name) ?? []),
    maxTokens: asCount(body.max_tokens),
    usageWanted: true,
    inputCount: 1,
    base64: false,
  }
}

const stopReasons: Record<Answer['finish'], string> = {
  stop: 'end_turn',
  length: 'max_tokens',
  tool_calls: 'tool_use',
  content_filter: 'refusal',
}

function usageOf(answer: Answer, outputTokens: number): JsonObject {
  return {
    input_tokens: answer.inputTokens - answer.cacheReadTokens - answer.cacheWriteTokens,
    cache_creation_input_tokens: answer.cacheWriteTokens,
    cache_read_input_tokens: answer.cacheReadTokens,
    output_tokens: outputTokens,
    service_tier: 'standard',
  }
}

function finalUsage(answer: Answer): JsonObject {
  const details =
    answer.reasoningTokens > 0 ? { output_tokens_details: { thinking_tokens: answer.reasoningTokens } } : {}
  return { ...usageOf(answer, answer.outputTokens), ...details }
}

interface Block {
  readonly open: JsonObject
  readonly whole: JsonObject
  readonly deltas: readonly JsonObject[]
}

function blocksOf(answer: Answer): Block[] {
  const blocks: Block[] = []
  if (answer.thoughts.length > 0) {
    const signature = 'demo'
    blocks.push({
      open: { type: 'thinking', thinking: '', signature: '' },
      whole: { type: 'thinking', thinking: answer.thoughts.join(''), signature },
      deltas: answer.thoughts.map((thinking) => ({ type: 'thinking_delta', thinking })),
    })
  }
  if (answer.tool) {
    const { id, name, argumentPieces } = answer.tool
    blocks.push({
      open: { type: 'tool_use', id, name, input: {} },
      whole: { type: 'tool_use', id, name, input: JSON.parse(argumentPieces.join('')) },
      deltas: argumentPieces.map((partial_json) => ({ type: 'input_json_delta', partial_json })),
    })
  } else
    blocks.push({
      open: { type: 'text', text: '' },
      whole: { type: 'text', text: answer.pieces.join('') },
      deltas: answer.pieces.map((text) => ({ type: 'text_delta', text })),
    })
  return blocks
}

function messageOf(answer: Answer, fields: JsonObject): JsonObject {
  return { id: `msg_${answer.id}`, type: 'message', role: 'assistant', model: answer.model, ...fields }
}

function wholeMessage(answer: Answer): JsonObject {
  return messageOf(answer, {
    content: blocksOf(answer).map((block) => block.whole),
    stop_reason: stopReasons[answer.finish],
    stop_sequence: null,
    usage: finalUsage(answer),
  })
}

function messageFrames(answer: Answer): Frame[] {
  const event = (type: string, fields: JsonObject) => sseEvent({ type, ...fields }, type)
  const opening = messageOf(answer, { content: [], stop_reason: null, stop_sequence: null, usage: usageOf(answer, 1) })
  const frames = [lead(event('message_start', { message: opening }))]
  for (const [index, block] of blocksOf(answer).entries()) {
    frames.push(lead(event('content_block_start', { index, content_block: block.open })))
    if (index === 0) frames.push(lead(event('ping', {})))
    for (const delta of block.deltas) frames.push(token(event('content_block_delta', { index, delta })))
    frames.push(lead(event('content_block_stop', { index })))
  }
  const delta = { stop_reason: stopReasons[answer.finish], stop_sequence: null }
  frames.push(lead(event('message_delta', { delta, usage: finalUsage(answer) })))
  frames.push(lead(event('message_stop', {})))
  return frames
}

const problemTypes: Record<Problem, string> = {
  invalid_request: 'invalid_request_error',
  auth: 'authentication_error',
  rate_limit: 'rate_limit_error',
  server: 'api_error',
  overloaded: 'overloaded_error',
}

function failBody(problem: Problem, message: string): JsonObject {
  return { type: 'error', error: { type: problemTypes[problem], message }, request_id: 'req_demo' }
}

export const anthropicMessages: Format = {
  name: 'anthropic.messages',
  matches: (path) => path.endsWith('/v1/messages'),
  read: readMessages,
  truth: (answer) => ({
    responseModel: answer.model,
    responseId: `msg_${answer.id}`,
    inputTokens: answer.inputTokens,
    outputTokens: answer.outputTokens,
    cacheReadTokens: answer.cacheReadTokens,
    cacheWriteTokens: answer.cacheWriteTokens,
    reasoningTokens: answer.reasoningTokens > 0 ? answer.reasoningTokens : null,
    finishReason: answer.finish,
    finishReasonRaw: stopReasons[answer.finish],
  }),
  whole: wholeMessage,
  stream: (answer) => ({ contentType: eventStream, frames: messageFrames(answer) }),
  fail: (problem, message) => ({ body: failBody(problem, message) }),
  streamError: (problem, message) => lead(sseEvent(failBody(problem, message), 'error')),
  headers: (answer) => ({ 'request-id': `req_${answer.id}` }),
}
