/**
 * Google's Agent Development Kit. The request and the answer of a call are JSON in attributes of its own, with Google's usage:
 * thoughts stand beside the candidates, in the GenAI names they are left out. `gcp.vertex.agent` names no provider.
 */
import { readUsageBody } from '../answer-body.ts'
import { isObject, readJson, readText, textIn } from '../attribute-values.ts'
import { buildCall, buildNode, toContent } from '../build-reading.ts'
import { findProvider } from '../find-provider.ts'
import { readMessages } from '../messages.ts'
import { readCallFacts, readStep } from '../semconv.ts'
import type { Dialect, ReadOptions, SpanReading, SpanSource } from '../span-reading.ts'
import { readToolCalls } from '../tool-calls.ts'
import { providerCounting, toUsage } from '../usage.ts'

const rules = {
  source: 'google-adk',
  layer: 'framework',
  counting: 'raw',
  sessionNames: ['gcp.vertex.agent.session_id'],
} as const

export const googleAdk: Dialect = {
  name: rules.source,
  scope: /^gcp\.vertex\.agent$/,
  matches: ({ span }) => readText(span.attributes, 'gen_ai.system', 'gen_ai.provider.name') === 'gcp.vertex.agent',
  read(source, options) {
    const { attributes } = source.span
    const step = readStep(source.span)
    if (step.kind === 'call') return readCall(source, options)
    const isTool = attributes.has('gcp.vertex.agent.tool_call_args')
    return buildNode(source, { source: rules.source, kind: isTool ? 'tool' : step.node })
  },
}

function readCall(source: SpanSource, options: ReadOptions): SpanReading {
  const { attributes } = source.span
  const facts = readCallFacts(source, options, { rules, operation: 'chat' })
  const request = readJson(attributes, 'gcp.vertex.agent.llm_request')
  const response = readJson(attributes, 'gcp.vertex.agent.llm_response')
  const raw = isObject(response) ? readUsageBody(response.usage_metadata) : null
  const provider = findProvider(facts.provider, attributes, facts.requestModel)
  const reason = textIn(response, 'finish_reason')
  const toolCalls = readToolCalls(response, options.content)
  return buildCall(source, {
    ...facts,
    ...(raw !== null && { usage: toUsage(raw, providerCounting(provider, facts.requestModel)) }),
    finishReasons: [...(facts.finishReasons ?? []), reason ?? ''],
    toolCalls: toolCalls.length > 0 ? toolCalls : (facts.toolCalls ?? []),
    content: facts.content ?? (options.content ? readContent(request, response) : null),
  })
}

function readContent(request: unknown, response: unknown) {
  const system = isObject(request) && isObject(request.config) ? request.config.system_instruction : undefined
  const contents = isObject(request) ? request.contents : undefined
  const asked = readMessages(contents, 'user')
  const told = readMessages(system, 'system')
  const answer = isObject(response) ? response.content : undefined
  return toContent(told === null ? asked : [...told, ...(asked ?? [])], readMessages(answer, 'assistant'))
}
