/**
 * Pydantic AI, and Logfire's instrumentation of clients. Usage is inclusive; zeros are left out. Older releases put the sum of a
 * run on the agent's span, which is a node. Logfire's clients write `request_data` and `response_data` as JSON; a stream is
 * followed by a log with what came, which is no call of its own.
 */
import { attribute } from '@inferometer/core/attributes'
import type { Operation } from '@inferometer/core/call'
import { readAnswerBody, readUsageBody } from '../answer-body.ts'
import { isObject, readJson, readText } from '../attribute-values.ts'
import { buildCall, buildNode, toContent } from '../build-reading.ts'
import { findProvider } from '../find-provider.ts'
import { readMessages } from '../messages.ts'
import { readAnswerCost } from '../reported-cost.ts'
import { readCallFacts, readSemconv, readStep } from '../semconv.ts'
import { readSemconvWithEvents } from '../semconv-events.ts'
import type { Step } from '../semconv-operation.ts'
import type { Dialect, ReadOptions, SpanReading, SpanSource } from '../span-reading.ts'
import { readToolCalls } from '../tool-calls.ts'
import { providerCounting, toUsage } from '../usage.ts'
import { isGenAi } from './gen-ai.ts'

const rules = { source: 'pydantic-ai', layer: 'framework', counting: 'inclusive' } as const
const clientRules = { ...rules, layer: 'client' } as const

export const pydanticAi: Dialect = {
  name: rules.source,
  scope: /^pydantic.ai\b|^logfire\b/,
  matches: (source) =>
    (source.span.attributes.has('logfire.msg') || source.span.attributes.has('logfire.json_schema')) &&
    (isGenAi(source) || source.span.attributes.has('request_data')),
  read(source, options) {
    const { attributes } = source.span
    if (readText(attributes, 'logfire.span_type') === 'log')
      return isGenAi(source) || attributes.has('request_data')
        ? buildNode(source, { source: rules.source, kind: 'span' })
        : { kind: 'ignored', reason: 'not_llm' }
    if (attributes.has('request_data')) return readClient(source, options)
    if (attributes.has(attribute.operation)) return readSemconvWithEvents(source, options, rules)
    if (attributes.has('gen_ai.tool.name')) return buildNode(source, { source: rules.source, kind: 'tool' })
    if (
      attributes.has('agent_name') ||
      attributes.has('pydantic_ai.all_messages') ||
      attributes.has('all_messages_events')
    )
      return buildNode(source, { source: rules.source, kind: 'agent', agentName: readText(attributes, 'agent_name') })
    return isGenAi(source) ? readSemconv(source, options, rules) : { kind: 'ignored', reason: 'not_llm' }
  },
}

/** Before Logfire named operations, its template for the message did. */
function clientOperation(attributes: SpanSource['span']['attributes'], step: Step): Operation {
  const isEmbedding = readText(attributes, 'logfire.msg_template')?.startsWith('Embedding') === true
  if (isEmbedding) return 'embeddings'
  return step.kind === 'call' ? step.operation : 'chat'
}

function readClient(source: SpanSource, options: ReadOptions): SpanReading {
  const { attributes } = source.span
  const request = readJson(attributes, 'request_data')
  const response = readJson(attributes, 'response_data')
  const step = readStep(source.span)
  if (attributes.has(attribute.operation) && step.kind === 'node')
    return buildNode(source, { source: rules.source, kind: step.node })
  const facts = readCallFacts(source, options, { rules: clientRules, operation: clientOperation(attributes, step) })
  const requestModel =
    facts.requestModel ?? (isObject(request) && typeof request.model === 'string' ? request.model : null)
  if (requestModel === null) return { kind: 'ignored', reason: 'not_llm' }
  const raw = isObject(response) ? readUsageBody(response.usage) : null
  const body = readAnswerBody(response)
  const provider = findProvider(facts.provider, attributes, requestModel)
  return buildCall(source, {
    ...facts,
    requestModel,
    streaming: isObject(request) && request.stream === true ? true : null,
    // The provider's own object, so counted in the provider's own way.
    ...(raw === null ? {} : { usage: toUsage(raw, providerCounting(provider, requestModel)) }),
    reportedCostNanoUsd: readAnswerCost(response),
    responseModel: facts.responseModel ?? body.responseModel,
    finishReasons: [...(facts.finishReasons ?? []), ...body.finishReasons],
    toolCalls: readToolCalls(response, options.content),
    content: options.content ? toContent(readMessages(request, 'user'), readMessages(response, 'assistant')) : null,
  })
}
