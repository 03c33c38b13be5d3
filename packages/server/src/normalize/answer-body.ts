/**
 * What a provider's raw answer says, where an emitter has put all of it into one attribute (`output.value`, `gen_ai.completion`,
 * `langfuse.observation.output`): OpenAI, Anthropic, Gemini and Bedrock bodies, and what LangChain keeps of them.
 */
import { countIn, isObject, type JsonObject, textIn } from './attribute-values.ts'
import type { RawUsage } from './usage.ts'

export interface AnswerBody {
  readonly responseId: string | null
  readonly responseModel: string | null
  readonly finishReasons: readonly string[]
  /** As LangChain keeps it beside the answer. */
  readonly usage: RawUsage | null
}

const nothing: AnswerBody = { responseId: null, responseModel: null, finishReasons: [], usage: null }

export function readAnswerBody(value: unknown): AnswerBody {
  const body = Array.isArray(value) && value.length === 1 ? value[0] : value
  if (!isObject(body)) return nothing
  const message = langChainMessage(body)
  if (message !== null) return readLangChain(body, message)
  return {
    responseId: textIn(body, 'id', 'responseId', 'response_id'),
    responseModel: textIn(body, 'model', 'modelVersion', 'model_version'),
    finishReasons: readFinishReasons(body),
    usage: null,
  }
}

function readFinishReasons(body: JsonObject): readonly string[] {
  const choices = Array.isArray(body.choices) ? body.choices : Array.isArray(body.candidates) ? body.candidates : []
  const reasons = choices.flatMap((choice) => textIn(choice, 'finish_reason', 'finishReason') ?? [])
  if (reasons.length > 0) return reasons
  const reason =
    textIn(body, 'stop_reason', 'stopReason', 'finish_reason', 'finishReason') ??
    textIn(body.incomplete_details, 'reason') ??
    (body.object === 'response' ? textIn(body, 'status') : null)
  return reason === null ? [] : [reason]
}

/** LangChain's `{generations: [[{message: {kwargs}}]]}`, or the message alone. */
function langChainMessage(body: JsonObject): JsonObject | null {
  const generation = firstOf(firstOf(body.generations))
  const message = isObject(generation) ? generation.message : body
  const kwargs = isObject(message) ? (isObject(message.kwargs) ? message.kwargs : message) : null
  if (kwargs === null) return null
  return isObject(generation) || isObject(kwargs.response_metadata) ? kwargs : null
}

function readLangChain(body: JsonObject, message: JsonObject): AnswerBody {
  const generation = firstOf(firstOf(body.generations))
  const info = isObject(generation) ? generation.generation_info : undefined
  const metadata = message.response_metadata
  const llmOutput = body.llm_output ?? body.llmOutput
  const reason =
    textIn(info, 'finish_reason', 'stop_reason') ??
    textIn(metadata, 'finish_reason', 'stop_reason', 'stopReason', 'finishReason') ??
    textIn(isObject(metadata) ? metadata.incomplete_details : undefined, 'reason') ??
    textIn(metadata, 'status') ??
    textIn(message.additional_kwargs, 'stop_reason')
  const ownId = textIn(message, 'id')
  return {
    responseId:
      textIn(metadata, 'id') ?? (ownId !== null && !runId.test(ownId) ? ownId : null) ?? textIn(llmOutput, 'id'),
    responseModel: textIn(metadata, 'model_name', 'model') ?? textIn(llmOutput, 'model_name', 'model'),
    finishReasons: reason === null ? [] : [reason],
    usage: readUsageMetadata(message.usage_metadata),
  }
}

/** LangChain's own id of a run, which is no provider's. */
const runId = /^(?:run-|run_|lc_|[0-9a-f]{8}-[0-9a-f]{4}-)/

function firstOf(value: unknown): unknown {
  return Array.isArray(value) ? value[0] : value
}

/** LangChain's UsageMetadata, which is also LangSmith's: inclusive totals. */
export function readUsageMetadata(value: unknown): RawUsage | null {
  if (!isObject(value)) return null
  const input = countIn(value, 'input_tokens')
  const output = countIn(value, 'output_tokens')
  if (input === null && output === null) return null
  return {
    input,
    output,
    total: countIn(value, 'total_tokens'),
    cacheRead: countIn(value.input_token_details, 'cache_read'),
    cacheWrite: countIn(value.input_token_details, 'cache_creation', 'cache_write') ?? sumEphemeral(value),
    reasoning: countIn(value.output_token_details, 'reasoning'),
  }
}

/** Anthropic's cache writes by how long they live, where LangSmith keeps them apart. */
function sumEphemeral({ input_token_details: details }: JsonObject): number | null {
  const short = countIn(details, 'ephemeral_5m_input_tokens')
  const long = countIn(details, 'ephemeral_1h_input_tokens')
  return short === null && long === null ? null : (short ?? 0) + (long ?? 0)
}

/** The usage that stands in a provider's answer. */
export function readAnswerUsage(answer: unknown): RawUsage | null {
  const body = Array.isArray(answer) && answer.length === 1 ? answer[0] : answer
  return isObject(body) ? readUsageBody(body.usage ?? body.usageMetadata ?? body.usage_metadata) : null
}

/** A provider's own usage object, in the shape of OpenAI, Anthropic, Gemini or Bedrock. */
export function readUsageBody(value: unknown): RawUsage | null {
  if (!isObject(value)) return null
  const input = countIn(
    value,
    'prompt_tokens',
    'input_tokens',
    'inputTokens',
    'promptTokens',
    'promptTokenCount',
    'prompt_token_count',
  )
  const output = countIn(
    value,
    'completion_tokens',
    'output_tokens',
    'outputTokens',
    'completionTokens',
    'candidatesTokenCount',
    'candidates_token_count',
  )
  if (input === null && output === null) return null
  const inputDetails = value.prompt_tokens_details ?? value.input_tokens_details
  const outputDetails = value.completion_tokens_details ?? value.output_tokens_details
  return {
    input,
    output,
    total: countIn(value, 'total_tokens', 'totalTokens', 'totalTokenCount', 'total_token_count'),
    cacheRead:
      countIn(
        value,
        'cache_read_input_tokens',
        'cacheReadInputTokens',
        'cachedContentTokenCount',
        'cached_content_token_count',
      ) ?? countIn(inputDetails, 'cached_tokens'),
    cacheWrite: countIn(value, 'cache_creation_input_tokens', 'cacheWriteInputTokens'),
    reasoning:
      countIn(value, 'thoughtsTokenCount', 'thoughts_token_count') ??
      countIn(outputDetails, 'reasoning_tokens', 'thinking_tokens'),
  }
}
