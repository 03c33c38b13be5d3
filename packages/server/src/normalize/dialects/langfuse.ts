/**
 * Langfuse's own SDK. Usage is one JSON map of disjoint buckets: `input` is what no other `input_…` bucket has, `output` excludes
 * `output_reasoning_tokens`; maps in a provider's own shape are read as that. Failed calls leave the span's status unset.
 */
import type { LlmCall } from '@inferometer/core/call'
import type { NodeKind } from '@inferometer/core/trace-node'
import { readAnswerBody, readUsageBody } from '../answer-body.ts'
import { countIn, isObject, type JsonObject, parseJson, readJson, readText, readTexts } from '../attribute-values.ts'
import { buildCall, buildNode, type CallFacts, toContent } from '../build-reading.ts'
import { type Failure, readFailure, toFailure } from '../failure.ts'
import { findProvider } from '../find-provider.ts'
import { readMessages } from '../messages.ts'
import { sumCosts } from '../reported-cost.ts'
import { readCallFacts } from '../semconv.ts'
import type { Dialect, ReadOptions, SpanReading, SpanSource } from '../span-reading.ts'
import { mayHoldToolCalls, readToolCalls } from '../tool-calls.ts'
import { inclusive, noUsage, providerCounting, toUsage, type Usage } from '../usage.ts'

const kinds: Readonly<Record<string, NodeKind>> = {
  agent: 'agent',
  tool: 'tool',
  chain: 'chain',
  retriever: 'retrieval',
  guardrail: 'guardrail',
  evaluator: 'evaluator',
}

export const langfuse: Dialect = {
  name: 'langfuse',
  scope: /^langfuse\b/,
  matches: ({ span }) => span.attributes.has('langfuse.observation.type'),
  read(source, options) {
    const type = readText(source.span.attributes, 'langfuse.observation.type') ?? 'span'
    if (type === 'generation' || type === 'embedding') return readGeneration(source, options, type)
    const toolName = type === 'tool' ? source.span.name : null
    return buildNode(source, { source: 'langfuse', kind: kinds[type] ?? 'span', toolName })
  },
}

function readGeneration(source: SpanSource, options: ReadOptions, type: 'generation' | 'embedding'): SpanReading {
  const { attributes } = source.span
  const plain = readPlain(source, options, type)
  const model = readText(attributes, 'langfuse.observation.model.name', 'langfuse.observation.model')
  const isEmbedding = type === 'embedding' || /^text-embedding-|^embed-/.test(model ?? '')
  const outputText = readText(attributes, 'langfuse.observation.output')
  const output = outputText?.startsWith('{') || outputText?.startsWith('[') ? parseJson(outputText) : undefined
  const body = readAnswerBody(output)
  const failure = readLevel(source.span)
  return buildCall(source, {
    source: 'langfuse',
    layer: 'framework',
    operation: isEmbedding ? 'embeddings' : 'chat',
    provider: plain?.provider ?? null,
    requestModel: model ?? plain?.requestModel ?? null,
    // The one name is the model's that answered, once one has.
    responseModel: body.responseModel ?? plain?.responseModel ?? (failure.status === 'success' ? model : null),
    usage: readUsage(source, model) ?? plain?.usage ?? noUsage,
    reportedCostNanoUsd: readCost(attributes),
    ttftMs: readFirstTokenMs(source.span) ?? plain?.ttftMs ?? null,
    streaming: plain?.streaming ?? null,
    failure,
    finishReasons: [...body.finishReasons, readText(attributes, ...finishNames) ?? '', ...(plain?.finishReasons ?? [])],
    responseId: plain?.responseId ?? null,
    tags: readTexts(attributes, 'langfuse.trace.tags'),
    toolCalls:
      outputText !== null && mayHoldToolCalls(outputText)
        ? readToolCalls(output, options.content)
        : (plain?.toolCalls ?? []),
    content: (options.content ? readContent(source, output ?? outputText) : null) ?? plain?.content ?? null,
  })
}

/** What the conventions' names say of an observation that was made by hand, with the type alone from Langfuse. */
function readPlain(source: SpanSource, options: ReadOptions, type: 'generation' | 'embedding'): CallFacts | null {
  const { attributes } = source.span
  const isOwn =
    attributes.has('langfuse.observation.model.name') && attributes.has('langfuse.observation.usage_details')
  if (isOwn) return null
  return readCallFacts(source, options, { rules, operation: type === 'embedding' ? 'embeddings' : 'chat' })
}

const rules = { source: 'langfuse', layer: 'framework', counting: 'inclusive' } as const

/** The SDK keeps what else it knows of an answer as metadata; of the Responses API, its status. */
const finishNames = ['langfuse.observation.metadata.finish_reason', 'langfuse.observation.metadata.status'] as const

function readLevel(span: SpanSource['span']): Failure {
  if (readText(span.attributes, 'langfuse.observation.level') !== 'ERROR') return readFailure(span)
  return toFailure({
    code: null,
    message: readText(span.attributes, 'langfuse.observation.status_message'),
    httpStatus: null,
  })
}

const nanosPerMs = 1e6

/** ISO text, encoded twice by some SDKs. */
function readFirstTokenMs({ attributes, startTimeUnixNano }: SpanSource['span']): number | null {
  const text = readText(attributes, 'langfuse.observation.completion_start_time')?.replaceAll('"', '')
  const ms = text === undefined ? Number.NaN : Date.parse(text)
  if (Number.isNaN(ms)) return null
  // The text has whole milliseconds, so it may lie just before a start of the same millisecond.
  const sinceStart = ms - Number(startTimeUnixNano) / nanosPerMs
  return sinceStart < -1 ? null : Math.max(0, sinceStart)
}

function readContent({ span }: SpanSource, output: unknown): LlmCall['content'] {
  const input =
    readJson(span.attributes, 'langfuse.observation.input') ?? readText(span.attributes, 'langfuse.observation.input')
  return toContent(readMessages(input, 'user'), readMessages(output, 'assistant'))
}

function readUsage({ span }: SpanSource, model: string | null): Usage | null {
  const details = readJson(span.attributes, 'langfuse.observation.usage_details')
  if (!isObject(details)) return null
  const buckets = readBuckets(details)
  if (buckets !== null) return buckets
  const body = readUsageBody(details)
  return body === null ? noUsage : toUsage(body, providerCounting(findProvider(null, span.attributes, model), model))
}

function readCost(attributes: SpanSource['span']['attributes']): number | null {
  const costs = readJson(attributes, 'langfuse.observation.cost_details')
  return isObject(costs) ? sumCosts(costs) : null
}

const cacheReadKeys = ['input_cached_tokens', 'input_cache_read', 'input_cache_read_tokens', 'cache_read_input_tokens']
const cacheWriteKeys = [
  'input_cache_creation',
  'input_cache_write',
  'input_cache_creation_tokens',
  'cache_creation_input_tokens',
]
const reasoningKeys = ['output_reasoning_tokens', 'output_reasoning']

/** Null when the map is not in Langfuse's own form. */
function readBuckets(details: JsonObject): Usage | null {
  const input = countIn(details, 'input')
  const output = countIn(details, 'output')
  if (input === null && output === null) return null
  const total = countIn(details, 'total')
  const inputSum = sumOf(details, 'input')
  const outputSum = sumOf(details, 'output')
  // Written by hand, `input` and `output` may be totals already: then they alone make the total.
  const areTotals = total !== null && inputSum + outputSum !== total && (input ?? 0) + (output ?? 0) === total
  return toUsage(
    {
      input: input === null ? null : areTotals ? input : inputSum,
      output: output === null ? null : areTotals ? output : outputSum,
      cacheRead: countIn(details, ...cacheReadKeys),
      cacheWrite: countIn(details, ...cacheWriteKeys),
      reasoning: countIn(details, ...reasoningKeys),
    },
    inclusive,
  )
}

function sumOf(details: JsonObject, side: 'input' | 'output'): number {
  let sum = 0
  for (const key of Object.keys(details)) {
    const isCache = side === 'input' && /^cache_(?:read|creation)_input_tokens$/.test(key)
    if (key === side || key.startsWith(`${side}_`) || isCache) sum += countIn(details, key) ?? 0
  }
  return sum
}
