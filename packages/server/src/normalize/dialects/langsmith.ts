/**
 * LangSmith's OpenTelemetry export. `langsmith.span.kind` says what a run is; `gen_ai.operation.name` calls retrievers embeddings
 * and prompts chats, and is not asked. Usage is LangChain's UsageMetadata, inclusive. The answer is whole in `gen_ai.completion`.
 */
import { attribute } from '@inferometer/core/attributes'
import type { NodeKind } from '@inferometer/core/trace-node'
import { readAnswerBody, readUsageMetadata } from '../answer-body.ts'
import { parseJson, readJson, readText, readTexts } from '../attribute-values.ts'
import { buildCall, buildNode, toContent } from '../build-reading.ts'
import { readFirstChunkMs } from '../first-chunk.ts'
import { readMessages } from '../messages.ts'
import { readCallFacts } from '../semconv.ts'
import type { Dialect, ReadOptions, SpanReading, SpanSource } from '../span-reading.ts'
import { readToolCalls } from '../tool-calls.ts'
import { inclusive, noUsage, toUsage, type Usage } from '../usage.ts'

/** `langsmith.trace.session_name` is the name of a project, not of a conversation. */
const rules = {
  source: 'langsmith',
  layer: 'framework',
  counting: 'inclusive',
  userNames: ['langsmith.metadata.user_id'],
  sessionNames: ['langsmith.metadata.session_id', 'langsmith.metadata.thread_id', 'langsmith.metadata.conversation_id'],
} as const
/** What the messages hold is read from the whole answer. */
const namesOnly = { content: false }

const kinds: Readonly<Record<string, NodeKind>> = {
  chain: 'chain',
  tool: 'tool',
  retriever: 'retrieval',
  prompt: 'prompt',
  parser: 'chain',
}

const longestBody = 262_144

export const langsmith: Dialect = {
  name: 'langsmith',
  scope: /^langsmith\b/,
  matches: ({ span }) => span.attributes.has('langsmith.span.kind'),
  read(source, options) {
    const kind = (readText(source.span.attributes, 'langsmith.span.kind') ?? 'chain').toLowerCase()
    if (kind === 'llm' || kind === 'embedding') return readRun(source, options, kind)
    const toolName =
      kind === 'tool' ? readText(source.span.attributes, 'gen_ai.tool.name', 'langsmith.trace.name') : null
    return buildNode(source, { source: 'langsmith', kind: kinds[kind] ?? 'span', toolName })
  },
}

function readRun(source: SpanSource, options: ReadOptions, kind: 'llm' | 'embedding'): SpanReading {
  const { span } = source
  const { attributes } = span
  const completion = readText(attributes, 'gen_ai.completion')
  const output = completion !== null && completion.length <= longestBody ? parseJson(completion) : undefined
  const body = readAnswerBody(output)
  const facts = readCallFacts(source, namesOnly, { rules, operation: kind === 'llm' ? 'chat' : 'embeddings' })
  return buildCall(source, {
    ...facts,
    provider: readText(attributes, 'langsmith.metadata.ls_provider') ?? facts.provider,
    requestModel: facts.requestModel ?? readText(attributes, 'langsmith.metadata.ls_model_name'),
    responseModel: facts.responseModel ?? body.responseModel,
    usage: readUsage(attributes, facts.usage ?? noUsage),
    ttftMs: readFirstChunkMs(span),
    finishReasons: [...(facts.finishReasons ?? []), ...body.finishReasons],
    responseId: readText(attributes, attribute.responseId) ?? body.responseId,
    tags: readTexts(attributes, 'langsmith.span.tags'),
    toolCalls: readToolCalls(output, options.content),
    content: options.content
      ? toContent(
          readMessages(readJson(attributes, 'gen_ai.prompt') ?? readText(attributes, 'gen_ai.prompt'), 'user'),
          readMessages(output ?? completion, 'assistant'),
        )
      : null,
  })
}

function readUsage(attributes: SpanSource['span']['attributes'], plain: Usage): Usage {
  const whole = readUsageMetadata(readJson(attributes, 'langsmith.usage_metadata'))
  return whole === null ? plain : toUsage(whole, inclusive)
}
