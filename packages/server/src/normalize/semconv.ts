/**
 * Reads a model call from `gen_ai.*` attributes of any generation, and from the older names that emitters still write beside or
 * instead of them. The dialects that are built on these names differ in how they count and in a few names, and say so by `SemconvRules`.
 * Sources: semantic-conventions v1.27–v1.41, semantic-conventions-genai.
 */
import { attribute } from '@inferometer/core/attributes'
import type { Operation } from '@inferometer/core/call'
import type { Attributes, Span } from '@inferometer/core/otlp/model'
import { readFlag, readKnownText, readText, toTexts } from './attribute-values.ts'
import { buildCall, buildNode, type CallFacts } from './build-reading.ts'
import { findProvider } from './find-provider.ts'
import { readFirstChunkMs } from './first-chunk.ts'
import { readMessageReason, readSemconvContent } from './semconv-content.ts'
import { readProvider, readRequestModel, readResponseModel } from './semconv-model.ts'
import { findStep, type Step, unknownStep } from './semconv-operation.ts'
import { readSemconvUsage } from './semconv-usage.ts'
import type { Layer, ReadOptions, SpanReading, SpanSource } from './span-reading.ts'
import { inclusive, providerCounting } from './usage.ts'

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
  // `gen_ai.type` is the word of OpenLIT's first versions.
  const word = readText(attributes, attribute.operation, 'llm.request.type', 'gen_ai.type')
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
  const provider = readProvider(attributes)
  const requestModel = readRequestModel(attributes)
  const responseModel = readResponseModel(attributes)
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
    userId: rules.userNames === undefined ? null : readKnownText(attributes, ...rules.userNames),
    sessionId: rules.sessionNames === undefined ? null : readKnownText(attributes, ...rules.sessionNames),
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
