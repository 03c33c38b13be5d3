/**
 * Reads a model call from `gen_ai.*` attributes of any generation, and from the older names that emitters still write beside or
 * instead of them. The dialects that are built on these names differ in how they count and in a few names, and say so by `SemconvRules`.
 * Sources: semantic-conventions v1.27–v1.41, semantic-conventions-genai.
 */
import { attribute } from '@inferometer/core/attributes'
import type { Operation } from '@inferometer/core/call'
import type { Attributes, Span } from '@inferometer/core/otlp/model'
import { readUsageBody } from './answer-body.ts'
import { readCount, readFlag, readJson, readText, toTexts } from './attribute-values.ts'
import { buildCall, buildNode, type CallFacts } from './build-reading.ts'
import { findProvider } from './find-provider.ts'
import { readFirstChunkMs } from './first-chunk.ts'
import { readMessageReason, readSemconvContent } from './semconv-content.ts'
import { findStep, type Step, unknownStep } from './semconv-operation.ts'
import type { Layer, ReadOptions, SpanReading, SpanSource } from './span-reading.ts'
import { type Counting, inclusive, noUsage, providerCounting, type RawUsage, toUsage, type Usage } from './usage.ts'

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
  const step = readStep(source.span)
  if (step.kind === 'node') return buildNode(source, { source: rules.source, kind: step.node })
  return buildCall(source, readCallFacts(source, options, { rules, operation: step.operation }))
}

const chat: Step = { kind: 'call', operation: 'chat' }
const clientKind = 3

export function readStep({ attributes, kind }: Pick<Span, 'attributes' | 'kind'>): Step {
  const word = readText(attributes, attribute.operation, 'llm.request.type')
  if (word === null || word === 'unknown') return guessStep(attributes)
  const step = findStep(word)
  if (step !== undefined) return step
  // A client's word of its own for a call. Steps within the process that repeat usage are not clients.
  const isCall = kind === clientKind && hasModel(attributes) && attributes.has(attribute.inputTokens)
  return isCall ? chat : unknownStep
}

function hasModel(attributes: Attributes): boolean {
  return modelNames.some((name) => attributes.has(name))
}

const modelNames = [attribute.requestModel, attribute.responseModel, 'llm.request.model', 'llm.response.model'] as const

/** A span that names no operation. */
function guessStep(attributes: Attributes): Step {
  if (hasModel(attributes) || attributes.has('llm.prompts.0.role') || attributes.has('llm.prompts.0.content'))
    return chat
  if (attributes.has('gen_ai.tool.name')) return { kind: 'node', node: 'tool' }
  return attributes.has('gen_ai.agent.name') ? { kind: 'node', node: 'agent' } : unknownStep
}

export function readCallFacts(
  { span }: SpanSource,
  options: ReadOptions,
  { rules, operation }: { readonly rules: SemconvRules; readonly operation: Operation },
): CallFacts {
  const { attributes } = span
  const provider = readText(attributes, ...providerNames)
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

const providerNames = [attribute.provider, 'gen_ai.system', 'llm.vendor'] as const

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
  if (raw.input === null && raw.output === null) return readWholeUsage(attributes)
  const isPlaceholder = rules.zeroIsUnknown === true && !raw.input && !raw.output
  return toUsage(isPlaceholder ? { ...raw, input: null, output: null } : raw, rules.counting)
}

/** Usage as one value, mostly what the provider answered, and counted as the provider counts. */
function readWholeUsage(attributes: Attributes): Usage {
  const body = readUsageBody(readJson(attributes, 'gen_ai.usage', 'llm.usage', 'usage'))
  if (body === null) return noUsage
  const provider = findProvider(readText(attributes, ...providerNames), attributes, readModel(attributes))
  return toUsage(body, providerCounting(provider, readModel(attributes)))
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
