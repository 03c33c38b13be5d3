/**
 * OpenInference (Arize), Python and JS. Only `LLM` and `EMBEDDING` spans are calls; `AGENT` and `CHAIN` spans may carry sums.
 * Prompt tokens include the cache, but for JS instrumentations that pass the provider's own numbers on (`rawScopes`).
 * The whole answer stands in `output.value`, with the id and, of LangChain, the model and the finish reason.
 */
import type { LlmCall, ToolCall } from '@inferometer/core/call'
import type { Attributes } from '@inferometer/core/otlp/model'
import type { NodeKind } from '@inferometer/core/trace-node'
import { type AnswerBody, readAnswerBody, readAnswerUsage } from '../answer-body.ts'
import { parseJson, readCount, readJson, readText } from '../attribute-values.ts'
import { buildCall, buildNode, toContent } from '../build-reading.ts'
import { findProvider } from '../find-provider.ts'
import { readFirstChunkMs } from '../first-chunk.ts'
import { openInferenceNames, readFlattened, readFlattenedCalls, readNumberedTexts } from '../flattened-messages.ts'
import { readMessages } from '../messages.ts'
import { readAnswerCost } from '../reported-cost.ts'
import type { Dialect, ReadOptions, SpanReading, SpanSource } from '../span-reading.ts'
import { readToolCalls } from '../tool-calls.ts'
import { type Counting, inclusive, noUsage, providerCounting, toUsage, type Usage } from '../usage.ts'

const kinds: Readonly<Record<string, NodeKind>> = {
  CHAIN: 'chain',
  AGENT: 'agent',
  TOOL: 'tool',
  RETRIEVER: 'retrieval',
  RERANKER: 'rerank',
  GUARDRAIL: 'guardrail',
  EVALUATOR: 'evaluator',
  PROMPT: 'prompt',
}

export const openInference: Dialect = {
  name: 'openinference',
  scope: /^openinference\b|^@arizeai\/openinference/,
  matches: ({ span: { attributes } }) => attributes.has('openinference.span.kind') || isModelSpan(attributes),
  read(source, options) {
    const { attributes } = source.span
    const said = readText(attributes, 'openinference.span.kind')?.toUpperCase()
    const kind = said ?? (isModelSpan(attributes) ? 'LLM' : undefined)
    if (kind === 'LLM' || kind === 'EMBEDDING') return readCall(source, options, kind)
    return buildNode(source, { source: 'openinference', kind: kinds[kind ?? ''] ?? 'span' })
  },
}

/** Its names for a model call, where the kind was left out. */
function isModelSpan(attributes: Attributes): boolean {
  return attributes.has('llm.model_name') && attributes.has('llm.token_count.prompt')
}

/** Clients of one provider. Everything else stands on top of clients that others may instrument. */
const clients =
  /openai$|anthropic|bedrock|mistralai|groq|vertexai|google.genai|together|cohere|ollama|openinference-instrumentation-openai$/

/** A provider's answer is this long at most, embeddings and images aside. */
const longestBody = 262_144

function readCall(source: SpanSource, options: ReadOptions, kind: 'LLM' | 'EMBEDDING'): SpanReading {
  const { span, scope } = source
  const { attributes } = span
  const isChat = kind === 'LLM'
  const parameters = readText(attributes, 'llm.invocation_parameters', 'embedding.invocation_parameters') ?? ''
  const named = readText(attributes, 'llm.model_name', 'embedding.model_name')
  const requestModel = readText(attributes, 'llm.request.model_name') ?? modelParameter.exec(parameters)?.[1] ?? named
  const body = readBody(isChat ? attributes : new Map())
  const provider = readProvider(attributes)
  return buildCall(source, {
    source: 'openinference',
    layer: clients.test(scope.name) ? 'client' : 'framework',
    operation: isChat ? 'chat' : 'embeddings',
    provider,
    requestModel,
    responseModel:
      readText(attributes, 'llm.response.model_name') ?? body.responseModel ?? (named === requestModel ? null : named),
    usage: readUsage(source, body, findProvider(provider, attributes, requestModel)),
    reportedCostNanoUsd: readAnswerCost(body.value),
    ttftMs: readFirstChunkMs(span),
    streaming: streamParameter.test(parameters) ? true : null,
    finishReasons: [readText(attributes, 'llm.finish_reason') ?? '', ...body.finishReasons],
    responseId: body.responseId,
    toolCalls: readCalls(attributes, body.value, options),
    content: options.content ? readContent(attributes) : null,
  })
}

const modelParameter = /"model(?:_name|_id|Id)?": ?"([^"\\]{1,300})"/
const streamParameter = /"stream": ?true/

/** LangChain's instrumentation leaves the provider to the metadata of the run. */
const metadataProvider = /"ls_provider": ?"([^"\\]{1,100})"/

function readProvider(attributes: Attributes): string | null {
  const said = readText(attributes, 'llm.provider', 'llm.system')
  if (said !== null) return said
  const metadata = readText(attributes, 'metadata')
  return metadata === null ? null : (metadataProvider.exec(metadata)?.[1] ?? null)
}

interface Body extends AnswerBody {
  readonly value: unknown
}

function readBody(attributes: Attributes): Body {
  const text = readText(attributes, 'output.value')
  const isBody = text !== null && text.length <= longestBody && (text.startsWith('{') || text.startsWith('[{'))
  const value = isBody ? parseJson(text) : undefined
  return { ...readAnswerBody(value), value }
}

/** LangChain's instrumentation leaves out Anthropic's calls, which stand in the answer alone. */
function readCalls(attributes: Attributes, body: unknown, { content }: ReadOptions): readonly ToolCall[] {
  const names = openInferenceNames
  const calls = readFlattenedCalls(attributes, { prefix: 'llm.output_messages', names, content })
  return calls.length > 0 ? calls : readToolCalls(body, content)
}

/**
 * Scopes whose prompt count is the provider's own. Sources: JS instrumentations of openinference at 1fe497f1 (bedrock, claude-agent-sdk);
 * anthropic adds the cache up since 0.2.
 */
const rawScopes = /^@arizeai\/openinference-instrumentation-(?:bedrock|claude-agent-sdk|anthropic)/

function countingOf({ scope }: SpanSource, provider: string): Counting {
  if (!rawScopes.test(scope.name)) return inclusive
  if (scope.name.endsWith('-anthropic') && !/^0\.[01]\./.test(scope.version)) return inclusive
  return providerCounting(provider, null)
}

function readUsage(source: SpanSource, { usage, value }: Body, provider: string): Usage {
  const { attributes } = source.span
  const raw = {
    input: readCount(attributes, 'llm.token_count.prompt', 'embedding.token_count.prompt'),
    output: readCount(attributes, 'llm.token_count.completion'),
    total: readCount(attributes, 'llm.token_count.total'),
    cacheRead: readCount(
      attributes,
      'llm.token_count.prompt_details.cache_read',
      'llm.token_count.prompt_details.cache_input',
    ),
    cacheWrite: readCount(attributes, 'llm.token_count.prompt_details.cache_write') ?? usage?.cacheWrite ?? null,
    reasoning: readCount(attributes, 'llm.token_count.completion_details.reasoning') ?? usage?.reasoning ?? null,
  }
  if (raw.input !== null || raw.output !== null) return toUsage(raw, countingOf(source, provider))
  if (usage !== null) return toUsage(usage, inclusive)
  const own = readAnswerUsage(value)
  return own === null ? noUsage : toUsage(own, providerCounting(provider, null))
}

/** Of the completions API. */
const prompts = { prefix: 'llm.prompts', name: 'prompt.text', role: 'user' }
const completions = { prefix: 'llm.choices', name: 'completion.text', role: 'assistant' }

function readContent(attributes: Attributes): LlmCall['content'] {
  const input =
    readFlattened(attributes, 'llm.input_messages', openInferenceNames) ?? readNumberedTexts(attributes, prompts)
  const output =
    readFlattened(attributes, 'llm.output_messages', openInferenceNames) ?? readNumberedTexts(attributes, completions)
  return toContent(
    input ?? readMessages(readJson(attributes, 'input.value') ?? readText(attributes, 'input.value'), 'user'),
    output ?? readMessages(readJson(attributes, 'output.value') ?? readText(attributes, 'output.value'), 'assistant'),
  )
}
