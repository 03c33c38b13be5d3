/** Ollama's own chat: one JSON object per line, streamed unless the client says no. */
import type { Answer, Asked } from '../answer.ts'
import { asArray, asCount, asObject, asText, collectText, type JsonObject } from '../json.ts'
import { type Format, type Frame, lead, token } from './format.ts'

function readChat(body: JsonObject): Asked {
  return {
    model: asText(body.model) ?? 'unknown',
    streaming: body.stream !== false,
    prompt: collectText(body.messages),
    toolNames: asArray(body.tools).flatMap((tool) => asText(asObject(asObject(tool).function).name) ?? []),
    maxTokens: asCount(asObject(body.options).num_predict),
    usageWanted: true,
    inputCount: 1,
    base64: false,
  }
}

function rawFinish(answer: Answer): 'stop' | 'length' {
  return answer.finish === 'length' ? 'length' : 'stop'
}

function lineOf(answer: Answer, message: JsonObject, fields: JsonObject): JsonObject {
  const created_at = new Date(answer.created * 1_000).toISOString()
  return { model: answer.model, created_at, message: { role: 'assistant', ...message }, ...fields }
}

/** Durations are nanoseconds. */
function closing(answer: Answer): JsonObject {
  return {
    done: true,
    done_reason: rawFinish(answer),
    total_duration: 900_000_000,
    load_duration: 1_000_000,
    prompt_eval_count: answer.inputTokens,
    prompt_eval_duration: 100_000_000,
    eval_count: answer.outputTokens,
    eval_duration: 700_000_000,
  }
}

function toolCalls(answer: Answer): JsonObject {
  if (!answer.tool) return {}
  const { name, argumentPieces } = answer.tool
  return { tool_calls: [{ function: { name, arguments: JSON.parse(argumentPieces.join('')) } }] }
}

function thinking(answer: Answer): JsonObject {
  return answer.thoughts.length > 0 ? { thinking: answer.thoughts.join('') } : {}
}

function chatFrames(answer: Answer): Frame[] {
  const line = (message: JsonObject, fields: JsonObject) => `${JSON.stringify(lineOf(answer, message, fields))}\n`
  const open = { done: false }
  return [
    ...answer.thoughts.map((piece) => token(line({ content: '', thinking: piece }, open))),
    ...answer.pieces.map((content) => token(line({ content }, open))),
    ...(answer.tool ? [token(line({ content: '', ...toolCalls(answer) }, open))] : []),
    lead(line({ content: '' }, closing(answer))),
  ]
}

export const ollamaChat: Format = {
  name: 'ollama.chat',
  matches: (path) => path.endsWith('/api/chat'),
  read: readChat,
  truth: (answer) => ({
    responseModel: answer.model,
    responseId: null,
    inputTokens: answer.inputTokens,
    outputTokens: answer.outputTokens,
    cacheReadTokens: null,
    cacheWriteTokens: null,
    reasoningTokens: null,
    finishReason: answer.tool ? 'tool_calls' : rawFinish(answer),
    finishReasonRaw: rawFinish(answer),
  }),
  whole: (answer) =>
    lineOf(answer, { content: answer.pieces.join(''), ...thinking(answer), ...toolCalls(answer) }, closing(answer)),
  stream: (answer) => ({ contentType: 'application/x-ndjson', frames: chatFrames(answer) }),
  fail: (_problem, message) => ({ body: { error: message } }),
  streamError: (_problem, message) => lead(`${JSON.stringify({ error: message })}\n`),
  headers: () => ({}),
}
