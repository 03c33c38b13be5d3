/**
 * Reads a model call from `gen_ai.*` attributes of any generation, and from the older names that emitters still write beside or
 * instead of them. The dialects that are built on these names differ in how they count and in a few names, and say so by `SemconvRules`.
 * Sources: semantic-conventions v1.27–v1.41, semantic-conventions-genai.
 */
import { attribute } from '@inferometer/core/attributes'
import type { Operation } from '@inferometer/core/call'
import type { Attributes } from '@inferometer/core/otlp/model'
import { readCount, readFlag, readText, toTexts } from './attribute-values.ts'
import { buildCall, buildNode, type CallFacts } from './build-reading.ts'
import { findProvider } from './find-provider.ts'
import { readFirstChunkMs } from './first-chunk.ts'
import { readMessageReason, readSemconvContent } from './semconv-content.ts'
import { findStep, type Step, unknownStep } from './semconv-operation.ts'
import type { Layer, ReadOptions, SpanReading, SpanSource } from './span-reading.ts'
import { type Counting, inclusive, providerCounting, type RawUsage, toUsage, type Usage } from './usage.ts'

export interface SemconvRules {
  readonly source: string
  readonly layer: Layer
  /** `raw`: the provider's own numbers, passed on as they are. */
  readonly counting: 'inclusive' | 'raw'
  /** The emitter writes 0 where it knows no count. */
  readonly zeroIsUnknown?: boolean
  /** Attributes for user and session beside those that all use. */
  readonly userNames?: readonly string[]
  readonly sessionNames?: readonly string[]
}

export function readSemconv(source: SpanSource, options: ReadOptions, rules: SemconvRules): SpanReading {
  const step = readStep(source.span.attributes)
  if (step.kind === 'node') return buildNode(source, { source: rules.source, kind: step.node })
  return buildCall(source, readCallFacts(source, options, { rules, operation: step.operation }))
}

export function readStep(attributes: Attributes): Step {
  const word = readText(attributes, attribute.operation, 'llm.request.type')
  if (word === null || word === 'unknown') {
    const hasModel = attributes.has(attribute.requestModel) || attributes.has(attribute.responseModel)
    return hasModel ? { kind: 'call', operation: 'chat' } : unknownStep
  }
  return findStep(word) ?? unknownStep
}

export function readCallFacts(
  { span }: SpanSource,
  options: ReadOptions,
  { rules, operation }: { readonly rules: SemconvRules; readonly operation: Operation },
): CallFacts {
  const { attributes } = span
  const provider = readText(attributes, attribute.provider, 'gen_ai.system')
  const requestModel = readModel(attributes)
  const answering = readText(attributes, attribute.responseModel, 'llm.response.model')
  const responseModel = answering !== null && noModels.has(answering) ? null : answering
  const counting =
    rules.counting === 'inclusive'
      ? inclusive
      : providerCounting(findProvider(provider, attributes, requestModel ?? responseModel), requestModel)
  const { content, toolCalls, finishReasons } = readSemconvContent(span, options)
  const said = readFinishReasons(attributes)
  const reasons = said.length > 0 ? said : finishReasons
  return {
    source: rules.source,
    layer: rules.layer,
    operation,
    provider,
    requestModel,
    responseModel,
    usage: readSemconvUsage(attributes, { counting, zeroIsUnknown: rules.zeroIsUnknown ?? false }),
    ttftMs: readFirstChunkMs(span),
    streaming: readFlag(attributes, ...streamingNames),
    finishReasons: reasons.length > 0 ? reasons : [readMessageReason(attributes) ?? ''],
    responseId: readText(attributes, attribute.responseId),
    requestId: readText(attributes, 'gen_ai.request.id', 'aws.request_id'),
    userId: rules.userNames === undefined ? null : readText(attributes, ...rules.userNames),
    sessionId: rules.sessionNames === undefined ? null : readText(attributes, ...rules.sessionNames),
    toolCalls,
    content,
  }
}

const streamingNames = [
  attribute.requestStream,
  'gen_ai.is_streaming',
  'llm.is_streaming',
  'gen_ai.request.is_stream',
  'litellm.request.streaming',
  'langsmith.request.streaming',
] as const

/** Micrometer writes `none` for what it does not know. */
const noModels = new Set(['undefined', 'unknown', 'none'])

/** JavaScript emitters write `undefined` where a request names no model (a stored prompt). */
function readModel(attributes: Attributes): string | null {
  const model = readText(attributes, attribute.requestModel, 'llm.request.model')
  return model !== null && noModels.has(model) ? null : model
}

/** Arrays, their JSON text and joined words; the singular of Semantic Kernel; Anthropic's own name. */
function readFinishReasons(attributes: Attributes): readonly string[] {
  for (const name of finishNames) {
    const reasons = toTexts(attributes.get(name))
    if (reasons.length > 0) return reasons
  }
  return []
}

const finishNames = [
  attribute.finishReasons,
  'gen_ai.response.finish_reason',
  'anthropic.message.stop_reason',
  'llm.response.finish_reason',
  'llm.response.stop_reason',
] as const

export function readSemconvUsage(
  attributes: Attributes,
  rules: { readonly counting: Counting; readonly zeroIsUnknown?: boolean },
): Usage {
  const raw = readRawUsage(attributes)
  const isPlaceholder = rules.zeroIsUnknown === true && !raw.input && !raw.output
  return toUsage(isPlaceholder ? { ...raw, input: null, output: null } : raw, rules.counting)
}

/** One name per number, the newest first: a span that carries several generations is not added up. */
function readRawUsage(attributes: Attributes): RawUsage {
  return {
    input: readCount(attributes, attribute.inputTokens, 'gen_ai.usage.prompt_tokens', 'llm.usage.prompt_tokens'),
    output: readCount(
      attributes,
      attribute.outputTokens,
      'gen_ai.usage.completion_tokens',
      'llm.usage.completion_tokens',
    ),
    total: readCount(attributes, 'gen_ai.usage.total_tokens', 'llm.usage.total_tokens'),
    cacheRead: readCount(attributes, ...cacheReadNames),
    cacheWrite: readCount(attributes, ...cacheWriteNames),
    reasoning: readCount(attributes, ...reasoningNames),
  }
}

const cacheReadNames = [
  attribute.cacheReadTokens,
  'gen_ai.usage.cache_read_input_tokens',
  'gen_ai.usage.details.cache_read_tokens',
  'gen_ai.usage.details.cache_read_input_tokens',
  'gen_ai.usage.prompt_tokens_details.cached_tokens',
  'gen_ai.usage.prompt_tokens_details.cache_read',
  'gen_ai.usage.cached_tokens',
  'gen_ai.usage.cached_input_tokens',
  'gen_ai.usage.input_tokens.cached',
  'gen_ai.usage.details.cached_tokens',
  'gen_ai.usage.details.cached_content_tokens',
] as const
const cacheWriteNames = [
  'gen_ai.usage.cache_write.input_tokens',
  attribute.cacheWriteTokens,
  'gen_ai.usage.cache_creation_input_tokens',
  'gen_ai.usage.cache_write_input_tokens',
  'gen_ai.usage.details.cache_write_tokens',
  'gen_ai.usage.details.cache_creation_input_tokens',
  'gen_ai.usage.prompt_tokens_details.cache_creation_tokens',
  'gen_ai.usage.prompt_tokens_details.cache_write',
  'gen_ai.usage.input_tokens.cache_write',
] as const
const reasoningNames = [
  attribute.reasoningTokens,
  'gen_ai.usage.reasoning_tokens',
  'gen_ai.usage.reasoning_output_tokens',
  'gen_ai.usage.details.reasoning_tokens',
  'gen_ai.usage.details.thoughts_tokens',
  'gen_ai.usage.output_tokens.reasoning',
  'gen_ai.usage.experimental.reasoning_tokens',
  'gen_ai.usage.completion_tokens_details.reasoning_tokens',
  'gen_ai.usage.completion_tokens_details.reasoning',
  'llm.usage.reasoning_tokens',
  'ai.usage.outputTokenDetails.reasoningTokens',
] as const
