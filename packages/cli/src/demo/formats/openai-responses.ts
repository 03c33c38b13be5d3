/** OpenAI Responses. */
import type { Answer, Asked } from '../answer.ts'
import { asArray, asCount, asObject, asText, collectText, type JsonObject } from '../json.ts'
import { eventStream, type Format, type Frame, lead, sseEvent, type Truth, token } from './format.ts'
import { failLikeOpenai } from './openai-chat.ts'

function readResponses(body: JsonObject): Asked {
  return {
    model: asText(body.model) ?? 'unknown',
    streaming: body.stream === true,
    prompt: collectText([body.instructions, body.input]),
    toolNames: asArray(body.tools).flatMap((tool) => asText(asObject(tool).name) ?? []),
    maxTokens: asCount(body.max_output_tokens),
    usageWanted: true,
    inputCount: 1,
    base64: false,
  }
}

const incompleteReasons: Partial<Record<Answer['finish'], string>> = {
  length: 'max_output_tokens',
  content_filter: 'content_filter',
}

function outputItems(answer: Answer): JsonObject[] {
  const reasoning = { id: `rs_${answer.id}`, type: 'reasoning', summary: [] }
  const item = answer.tool
    ? {
        id: `fc_${answer.id}`,
        type: 'function_call',
        status: 'completed',
        call_id: answer.tool.id,
        name: answer.tool.name,
        arguments: answer.tool.argumentPieces.join(''),
      }
    : {
        id: `msg_${answer.id}`,
        type: 'message',
        status: incompleteReasons[answer.finish] ? 'incomplete' : 'completed',
        role: 'assistant',
        content: [{ type: 'output_text', text: answer.pieces.join(''), annotations: [], logprobs: [] }],
      }
  return answer.thoughts.length > 0 ? [reasoning, item] : [item]
}

function wholeResponse(answer: Answer): JsonObject {
  const reason = incompleteReasons[answer.finish]
  return {
    ...openResponse(answer),
    status: reason ? 'incomplete' : 'completed',
    incomplete_details: reason ? { reason } : null,
    output: outputItems(answer),
    usage: {
      input_tokens: answer.inputTokens,
      input_tokens_details: { cached_tokens: answer.cacheReadTokens },
      output_tokens: answer.outputTokens,
      output_tokens_details: { reasoning_tokens: answer.reasoningTokens },
      total_tokens: answer.inputTokens + answer.outputTokens,
    },
  }
}

/** The response as it stands before the first token. */
function openResponse(answer: Answer): JsonObject {
  return {
    id: `resp_${answer.id}`,
    object: 'response',
    created_at: answer.created,
    status: 'in_progress',
    error: null,
    incomplete_details: null,
    instructions: null,
    metadata: {},
    model: answer.model,
    output: [],
    parallel_tool_calls: true,
    temperature: 1,
    tool_choice: 'auto',
    tools: [],
    top_p: 1,
    usage: null,
  }
}

function responseFrames(answer: Answer): Frame[] {
  let sequence = 0
  const event = (type: string, fields: JsonObject) => sseEvent({ type, sequence_number: sequence++, ...fields }, type)
  const index = answer.thoughts.length > 0 ? 1 : 0
  const [first, second] = outputItems(answer)
  const item = second ?? first ?? {}
  const place = { item_id: item.id, output_index: index }
  const text = answer.pieces.join('')
  const frames = [
    lead(event('response.created', { response: openResponse(answer) })),
    lead(event('response.in_progress', { response: openResponse(answer) })),
  ]
  if (index === 1) {
    frames.push(lead(event('response.output_item.added', { output_index: 0, item: first })))
    frames.push(lead(event('response.output_item.done', { output_index: 0, item: first })))
  }
  if (answer.tool) {
    const empty = { ...item, status: 'in_progress', arguments: '' }
    frames.push(lead(event('response.output_item.added', { output_index: index, item: empty })))
    for (const delta of answer.tool.argumentPieces)
      frames.push(token(event('response.function_call_arguments.delta', { ...place, delta })))
    const args = answer.tool.argumentPieces.join('')
    frames.push(lead(event('response.function_call_arguments.done', { ...place, arguments: args })))
  } else {
    const part = { type: 'output_text', text: '', annotations: [], logprobs: [] }
    const empty = { ...item, status: 'in_progress', content: [] }
    frames.push(lead(event('response.output_item.added', { output_index: index, item: empty })))
    frames.push(lead(event('response.content_part.added', { ...place, content_index: 0, part })))
    for (const delta of answer.pieces)
      frames.push(token(event('response.output_text.delta', { ...place, content_index: 0, delta, logprobs: [] })))
    frames.push(lead(event('response.output_text.done', { ...place, content_index: 0, text, logprobs: [] })))
    frames.push(lead(event('response.content_part.done', { ...place, content_index: 0, part: { ...part, text } })))
  }
  frames.push(lead(event('response.output_item.done', { output_index: index, item })))
  const last = incompleteReasons[answer.finish] ? 'response.incomplete' : 'response.completed'
  frames.push(lead(event(last, { response: wholeResponse(answer) })))
  return frames
}

function responsesTruth(answer: Answer): Truth {
  return {
    responseModel: answer.model,
    responseId: `resp_${answer.id}`,
    inputTokens: answer.inputTokens,
    outputTokens: answer.outputTokens,
    cacheReadTokens: answer.cacheReadTokens,
    cacheWriteTokens: null,
    reasoningTokens: answer.reasoningTokens,
    finishReason: answer.finish,
    finishReasonRaw: incompleteReasons[answer.finish] ?? 'completed',
  }
}

export const openaiResponses: Format = {
  name: 'openai.responses',
  matches: (path) => path.endsWith('/responses'),
  read: readResponses,
  truth: responsesTruth,
  whole: wholeResponse,
  stream: (answer) => ({ contentType: eventStream, frames: responseFrames(answer) }),
  fail: failLikeOpenai,
  streamError: (_problem, message) =>
    lead(sseEvent({ type: 'error', sequence_number: 99, code: 'server_error', message, param: null }, 'error')),
  headers: (answer) => ({ 'x-request-id': `req_${answer.id}` }),
}
