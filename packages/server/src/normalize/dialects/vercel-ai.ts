/**
 * Vercel AI SDK. v4–v6 and v7's legacy spans: `ai.operationId`, an outer span (`ai.generateText`) around inner ones (`….doGenerate`),
 * one for every attempt; only the inner ones are calls. v7 (`@ai-sdk/otel`): the plain conventions, usage inclusive; an
 * embedding is two spans of the same name and operation, and only the inner one, a call above no other, knows the usage.
 * The spans keep their meaning when processors of OpenInference, Langfuse or LangSmith write their own names on them, too.
 */
import { attribute } from '@inferometer/core/attributes'
import { isObject, readJson, readNumber, readText, readTexts } from '../attribute-values.ts'
import { buildCall, buildNode, toContent } from '../build-reading.ts'
import { type Failure, readFailure, toSuccess } from '../failure.ts'
import { readMessages } from '../messages.ts'
import { readAnswerCost } from '../reported-cost.ts'
import { readSemconv } from '../semconv.ts'
import type { Dialect, ReadOptions, SpanReading, SpanSource } from '../span-reading.ts'
import { readToolCalls } from '../tool-calls.ts'
import { isGenAi } from './gen-ai.ts'
import { readVercelUsage, toSdkProvider } from './vercel-ai-usage.ts'

const name = 'vercel-ai'

export const vercelAi: Dialect = {
  name,
  scope: /^(?:ai|gen_ai)$/,
  matches: ({ span }) => span.attributes.has('ai.operationId'),
  read(source, options) {
    const operationId = readText(source.span.attributes, 'ai.operationId')
    if (operationId !== null) return readLegacy(source, options, operationId)
    return isGenAi(source) ? readOtel(source, options) : { kind: 'ignored', reason: 'not_llm' }
  },
}

function readLegacy(source: SpanSource, options: ReadOptions, operationId: string): SpanReading {
  const { attributes } = source.span
  if (operationId === 'ai.toolCall')
    return buildNode(source, { source: name, kind: 'tool', toolName: readText(attributes, 'ai.toolCall.name') })
  if (operationId.endsWith('.doRerank')) return buildNode(source, { source: name, kind: 'rerank' })
  if (!/\.do(?:Generate|Stream|Embed)$/.test(operationId)) {
    const agentName = readText(attributes, 'ai.telemetry.functionId')
    return buildNode(source, { source: name, kind: 'wrapper', agentName })
  }
  return buildCall(source, readInner(source, options, operationId))
}

function readInner({ span }: SpanSource, options: ReadOptions, operationId: string) {
  const { attributes } = span
  const said = readText(attributes, 'ai.model.provider', 'gen_ai.system')
  const streaming = operationId.endsWith('.doStream')
  const toolCalls = readJson(attributes, 'ai.response.toolCalls', 'ai.result.toolCalls')
  return {
    source: name,
    layer: 'client' as const,
    perAttempt: true,
    operation: operationId.endsWith('.doEmbed') ? ('embeddings' as const) : ('chat' as const),
    provider: said === null ? null : toSdkProvider(said),
    requestModel: readText(attributes, 'ai.model.id', attribute.requestModel),
    responseModel: readText(attributes, 'ai.response.model', attribute.responseModel),
    usage: readVercelUsage(attributes, said ?? ''),
    reportedCostNanoUsd: readMetadataCost(attributes),
    ttftMs: readNumber(attributes, 'ai.response.msToFirstChunk', 'ai.stream.msToFirstChunk'),
    streaming,
    finishReasons: [
      readText(attributes, 'ai.response.finishReason', 'ai.finishReason') ?? '',
      ...readTexts(attributes, attribute.finishReasons),
    ],
    responseId: readResponseId(span.attributes),
    failure: readInnerFailure(span),
    toolCalls: toolCalls === undefined ? [] : readToolCalls(toolCalls, options.content),
    content: options.content ? readContent(span) : null,
    userId: readText(attributes, ...userNames),
    sessionId: readText(attributes, ...sessionNames),
    tags: readTexts(attributes, 'ai.telemetry.metadata.tags'),
  }
}

/** A router's package keeps its whole usage there, with the cost. */
function readMetadataCost(attributes: SpanSource['span']['attributes']): number | null {
  if (readText(attributes, providerMetadata)?.includes('"cost') !== true) return null
  const metadata = readJson(attributes, providerMetadata)
  return isObject(metadata) ? readAnswerCost(Object.values(metadata).find(isObject)) : null
}

const providerMetadata = 'ai.response.providerMetadata'

/** The SDK makes ids up where the provider sent none. */
function readResponseId(attributes: SpanSource['span']['attributes']): string | null {
  const id = readText(attributes, 'ai.response.id', attribute.responseId)
  return id?.startsWith('aitxt-') || id?.startsWith('aiobj-') ? null : id
}

/**
 * The SDK records an exception with every error. OpenInference's processor also writes the error of an earlier attempt on spans
 * that answered: an error without an exception and with a reason to finish is not theirs.
 */
function readInnerFailure(span: SpanSource['span']): Failure {
  const hasException = span.events.some((event) => event.name === 'exception')
  const reason = readText(span.attributes, 'ai.response.finishReason')
  return !hasException && reason !== null && reason !== 'error' ? toSuccess(null) : readFailure(span)
}

function readContent({ attributes }: SpanSource['span']) {
  const input =
    readMessages(readJson(attributes, 'ai.prompt.messages', 'ai.prompt'), 'user') ??
    readMessages(readJson(attributes, 'ai.values', 'ai.value'), 'user')
  const output = ['ai.response.text', 'ai.response.object', 'ai.result.text', 'ai.result.object']
  return toContent(input, readMessages(readText(attributes, ...output), 'assistant'))
}

/** The SDK's metadata has free names; these are the ones in use. LangSmith's exporter moves them under its own prefix. */
const userNames = [
  'ai.telemetry.metadata.userId',
  'ai.telemetry.metadata.user_id',
  'ai.settings.context.userId',
  'langsmith.metadata.userId',
  'langsmith.metadata.user_id',
] as const
const sessionNames = [
  'ai.telemetry.metadata.sessionId',
  'ai.telemetry.metadata.session_id',
  'ai.telemetry.metadata.threadId',
  'ai.settings.context.sessionId',
  'langsmith.metadata.sessionId',
  'langsmith.metadata.session_id',
] as const

const otelRules = { source: name, layer: 'client', counting: 'inclusive', userNames, sessionNames } as const

function readOtel(source: SpanSource, options: ReadOptions): SpanReading {
  return readSemconv(source, options, otelRules)
}
