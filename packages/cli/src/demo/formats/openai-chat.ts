/** Chat completions, as OpenAI sends them and as Groq and Mistral differ. */
import type { Answer, Asked } from '../answer.ts'
import { asArray, asCount, asObject, asText, collectText, type JsonObject } from '../json.ts'
import type { Problem } from '../scenario.ts'
import { eventStream, type Format, type Frame, lead, sseEvent, type Truth, token } from './format.ts'

/** How a compatible provider departs from OpenAI. */
interface Flavour {
  readonly name: string
  /** Usage goes out on the last content chunk of every stream; else in a chunk of its own, when the client asked. */
  readonly usageOnLastChunk: boolean
  /** Token details are always there; else only when there is something to tell. */
  readonly detailsAlways: boolean
  /** A streamed tool call comes in one piece. */
  readonly toolsWhole: boolean
  readonly requestIdHeader: string
}

const openai: Flavour = {
  name: 'openai',
  usageOnLastChunk: false,
  detailsAlways: true,
  toolsWhole: false,
  requestIdHeader: 'x-request-id',
}
const groq: Flavour = {
  name: 'groq',
  usageOnLastChunk: true,
  detailsAlways: false,
  toolsWhole: true,
  requestIdHeader: 'x-request-id',
}
const mistral: Flavour = {
  name: 'mistral',
  usageOnLastChunk: true,
  detailsAlways: false,
  toolsWhole: true,
  requestIdHeader: 'mistral-correlation-id',
}

export function readChat(body: JsonObject): Asked {
  const options = asObject(body.stream_options)
  return {
    model: asText(body.model) ?? 'unknown',
    streaming: body.stream === true,
    prompt: collectText(body.messages),
    toolNames: asArray(body.tools).flatMap((tool) => asText(asObject(asObject(tool).function).name) ?? []),
    maxTokens: asCount(body.max_completion_tokens) ?? asCount(body.max_tokens),
    usageWanted: options.include_usage === true,
    inputCount: 1,
    base64: false,
  }
}

function usageOf(answer: Answer, flavour: Flavour): JsonObject {
  const details = flavour.detailsAlways
  return {
    prompt_tokens: answer.inputTokens,
    completion_tokens: answer.outputTokens,
    total_tokens: answer.inputTokens + answer.outputTokens,
    ...(flavour === groq ? { queue_time: 0.01, prompt_time: 0.002, completion_time: 0.05, total_time: 0.052 } : {}),
    ...(details || answer.cacheReadTokens > 0
      ? { prompt_tokens_details: { cached_tokens: answer.cacheReadTokens, ...(details ? { audio_tokens: 0 } : {}) } }
      : {}),
    ...(details || answer.reasoningTokens > 0
      ? {
          completion_tokens_details: {
            reasoning_tokens: answer.reasoningTokens,
            ...(details ? { audio_tokens: 0, accepted_prediction_tokens: 0, rejected_prediction_tokens: 0 } : {}),
          },
        }
      : {}),
  }
}

function wholeTool(answer: Answer): JsonObject {
  if (!answer.tool) return {}
  const { id, name, argumentPieces } = answer.tool
  return { tool_calls: [{ id, type: 'function', function: { name, arguments: argumentPieces.join('') } }] }
}

function wholeChat(answer: Answer, flavour: Flavour): JsonObject {
  return {
    id: `chatcmpl-${answer.id}`,
    object: 'chat.completion',
    created: answer.created,
    model: answer.model,
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: answer.tool ? null : answer.pieces.join(''),
          ...(flavour === openai ? { refusal: null } : {}),
          ...wholeTool(answer),
        },
        logprobs: null,
        finish_reason: answer.finish,
      },
    ],
    usage: usageOf(answer, flavour),
    ...(flavour === openai ? { service_tier: 'default', system_fingerprint: 'fp_demo' } : {}),
    ...(flavour === groq ? { x_groq: { id: `req_${answer.id}` } } : {}),
  }
}

function chatFrames(answer: Answer, asked: Asked, flavour: Flavour): Frame[] {
  const chunk = (delta: JsonObject, finish: string | null, extra: JsonObject = {}) =>
    sseEvent({
      id: `chatcmpl-${answer.id}`,
      object: 'chat.completion.chunk',
      created: answer.created,
      model: answer.model,
      choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
      ...(asked.usageWanted && flavour === openai ? { usage: null } : {}),
      ...extra,
    })
  const tool = answer.tool
  const toolPieces = flavour.toolsWhole ? [tool?.argumentPieces.join('') ?? []].flat() : (tool?.argumentPieces ?? [])
  const usage = usageOf(answer, flavour)
  const last =
    flavour === groq ? { x_groq: { id: `req_${answer.id}`, usage }, usage } : flavour === mistral ? { usage } : {}
  const frames = [
    lead(chunk({ role: 'assistant', content: tool ? null : '' }, null)),
    ...answer.pieces.map((content) => token(chunk({ content }, null))),
    ...toolPieces.map((piece, i) => token(chunk({ tool_calls: [toolDelta(tool, piece, i)] }, null))),
    lead(chunk({}, answer.finish, last)),
  ]
  if (asked.usageWanted && !flavour.usageOnLastChunk)
    frames.push(
      lead(
        sseEvent({
          id: `chatcmpl-${answer.id}`,
          object: 'chat.completion.chunk',
          created: answer.created,
          model: answer.model,
          choices: [],
          usage,
        }),
      ),
    )
  frames.push(lead(sseEvent('[DONE]')))
  return frames
}

/** Only the first delta of a tool call carries its id and name. */
function toolDelta(tool: Answer['tool'], piece: string, index: number): JsonObject {
  if (index > 0) return { index: 0, function: { arguments: piece } }
  return { index: 0, id: tool?.id, type: 'function', function: { name: tool?.name, arguments: piece } }
}

function chatTruth(answer: Answer, asked: Asked, flavour: Flavour): Truth {
  const usageSent = !asked.streaming || asked.usageWanted || flavour.usageOnLastChunk
  const detail = (count: number) => (usageSent && (flavour.detailsAlways || count > 0) ? count : null)
  return {
    responseModel: answer.model,
    responseId: `chatcmpl-${answer.id}`,
    inputTokens: usageSent ? answer.inputTokens : null,
    outputTokens: usageSent ? answer.outputTokens : null,
    cacheReadTokens: detail(answer.cacheReadTokens),
    cacheWriteTokens: null,
    reasoningTokens: detail(answer.reasoningTokens),
    finishReason: answer.finish,
    finishReasonRaw: answer.finish,
  }
}

const problemTypes: Record<Problem, { type: string; code: string | null }> = {
  invalid_request: { type: 'invalid_request_error', code: 'invalid_value' },
  auth: { type: 'invalid_request_error', code: 'invalid_api_key' },
  rate_limit: { type: 'requests', code: 'rate_limit_exceeded' },
  server: { type: 'server_error', code: null },
  overloaded: { type: 'overloaded_error', code: 'overloaded' },
}

export function failLikeOpenai(problem: Problem, message: string) {
  return { body: { error: { message, param: null, ...problemTypes[problem] } } }
}

function createChatFormat(flavour: Flavour, matches: (path: string, model: string) => boolean): ChatFormat {
  return {
    name: 'openai.chat',
    matchesModel: matches,
    matches: (path) => path.endsWith('/chat/completions'),
    read: readChat,
    truth: (answer, asked) => chatTruth(answer, asked, flavour),
    whole: (answer) => wholeChat(answer, flavour),
    stream: (answer, asked) => ({ contentType: eventStream, frames: chatFrames(answer, asked, flavour) }),
    fail: failLikeOpenai,
    streamError: (problem, message) => lead(sseEvent(failLikeOpenai(problem, message).body)),
    headers: (answer) => ({ [flavour.requestIdHeader]: `req_${answer.id}` }),
  }
}

/** One address serves several providers, so the path and the model decide which one answers. */
export interface ChatFormat extends Format {
  matchesModel(path: string, model: string): boolean
}

export const chatFormats: readonly ChatFormat[] = [
  createChatFormat(groq, (path) => path.endsWith('/openai/v1/chat/completions')),
  createChatFormat(mistral, (_path, model) => /^(mistral|codestral|ministral|magistral|pixtral)/.test(model)),
  createChatFormat(openai, () => true),
]
