/** Bedrock converse and converse-stream. Input counts exclude what the cache held; no model name comes back. */
import type { Answer, Asked } from '../answer.ts'
import { asArray, asCount, asObject, asText, collectText, type JsonObject } from '../json.ts'
import { type Problem, problemMessage } from '../scenario.ts'
import { encodeEventStreamMessage } from './aws-event-stream.ts'
import { type Format, type Frame, lead, token } from './format.ts'

const pathPattern = /\/model\/([^/]+)\/(converse|converse-stream)$/

function readConverse(body: JsonObject, path: string): Asked {
  const [, model, method] = pathPattern.exec(path) ?? []
  const tools = asArray(asObject(body.toolConfig).tools)
  return {
    model: decodeURIComponent(model ?? 'unknown'),
    streaming: method === 'converse-stream',
    prompt: collectText([body.system, body.messages]),
    toolNames: tools.flatMap((tool) => asText(asObject(asObject(tool).toolSpec).name) ?? []),
    maxTokens: asCount(asObject(body.inferenceConfig).maxTokens),
    usageWanted: true,
    inputCount: 1,
    base64: false,
  }
}

const stopReasons: Record<Answer['finish'], string> = {
  stop: 'end_turn',
  length: 'max_tokens',
  tool_calls: 'tool_use',
  content_filter: 'guardrail_intervened',
}

function hasCache(answer: Answer): boolean {
  return answer.cacheReadTokens + answer.cacheWriteTokens > 0
}

function usageOf(answer: Answer): JsonObject {
  const { cacheReadTokens, cacheWriteTokens, inputTokens, outputTokens } = answer
  return {
    inputTokens: inputTokens - cacheReadTokens - cacheWriteTokens,
    outputTokens,
    totalTokens: inputTokens + outputTokens,
    ...(hasCache(answer) ? { cacheReadInputTokens: cacheReadTokens, cacheWriteInputTokens: cacheWriteTokens } : {}),
  }
}

function contentOf(answer: Answer): JsonObject[] {
  const thoughts =
    answer.thoughts.length > 0
      ? [{ reasoningContent: { reasoningText: { text: answer.thoughts.join(''), signature: 'demo' } } }]
      : []
  if (!answer.tool) return [...thoughts, { text: answer.pieces.join('') }]
  const { id, name, argumentPieces } = answer.tool
  return [...thoughts, { toolUse: { toolUseId: id, name, input: JSON.parse(argumentPieces.join('')) } }]
}

function wholeConverse(answer: Answer): JsonObject {
  return {
    metrics: { latencyMs: 400 },
    output: { message: { content: contentOf(answer), role: 'assistant' } },
    stopReason: stopReasons[answer.finish],
    usage: usageOf(answer),
  }
}

function eventOf(type: string, payload: JsonObject): Uint8Array {
  const headers = { ':event-type': type, ':content-type': 'application/json', ':message-type': 'event' }
  return encodeEventStreamMessage(headers, payload)
}

function converseFrames(answer: Answer): Frame[] {
  const frames = [lead(eventOf('messageStart', { p: 'abcdef', role: 'assistant' }))]
  let contentBlockIndex = 0
  const deltas = (items: readonly JsonObject[]) => {
    for (const delta of items) frames.push(token(eventOf('contentBlockDelta', { contentBlockIndex, delta, p: 'abc' })))
    frames.push(lead(eventOf('contentBlockStop', { contentBlockIndex, p: 'ab' })))
    contentBlockIndex++
  }
  if (answer.thoughts.length > 0) deltas(answer.thoughts.map((text) => ({ reasoningContent: { text } })))
  if (answer.tool) {
    const start = { toolUse: { toolUseId: answer.tool.id, name: answer.tool.name } }
    frames.push(lead(eventOf('contentBlockStart', { contentBlockIndex, start, p: 'abcd' })))
    deltas(answer.tool.argumentPieces.map((input) => ({ toolUse: { input } })))
  } else deltas(answer.pieces.map((text) => ({ text })))
  frames.push(lead(eventOf('messageStop', { p: 'abc', stopReason: stopReasons[answer.finish] })))
  frames.push(lead(eventOf('metadata', { metrics: { latencyMs: 400 }, p: 'a', usage: usageOf(answer) })))
  return frames
}

const exceptionNames: Record<Problem, string> = {
  invalid_request: 'ValidationException',
  auth: 'UnrecognizedClientException',
  rate_limit: 'ThrottlingException',
  server: 'InternalServerException',
  overloaded: 'ServiceUnavailableException',
}

export const bedrockConverse: Format = {
  name: 'bedrock.converse',
  matches: (path) => pathPattern.test(path),
  read: readConverse,
  truth: (answer) => ({
    responseModel: null,
    responseId: null,
    inputTokens: answer.inputTokens,
    outputTokens: answer.outputTokens,
    cacheReadTokens: hasCache(answer) ? answer.cacheReadTokens : null,
    cacheWriteTokens: hasCache(answer) ? answer.cacheWriteTokens : null,
    reasoningTokens: null,
    finishReason: answer.finish,
    finishReasonRaw: stopReasons[answer.finish],
  }),
  whole: wholeConverse,
  stream: (answer) => ({ contentType: 'application/vnd.amazon.eventstream', frames: converseFrames(answer) }),
  fail: (problem, message) => ({ headers: { 'x-amzn-errortype': exceptionNames[problem] }, body: { message } }),
  streamError: (problem) =>
    lead(
      encodeEventStreamMessage(
        {
          ':exception-type': problem === 'rate_limit' ? 'throttlingException' : 'internalServerException',
          ':content-type': 'application/json',
          ':message-type': 'exception',
        },
        { message: problemMessage[problem] },
      ),
    ),
  headers: (answer) => ({ 'x-amzn-requestid': answer.id }),
}
