/**
 * OpenLLMetry (Traceloop), Python and JS. Python adds the cache to Anthropic's input; the JS instrumentations pass the provider's
 * own numbers on under the same name. Spans of its SDK's decorators have `traceloop.span.kind` and are nodes.
 */
import type { NodeKind } from '@inferometer/core/trace-node'
import { readText } from '../attribute-values.ts'
import { buildNode } from '../build-reading.ts'
import { readSemconv, type SemconvRules } from '../semconv.ts'
import type { Dialect, SpanSource } from '../span-reading.ts'
import { isGenAi } from './gen-ai.ts'

const kinds: Readonly<Record<string, NodeKind>> = {
  workflow: 'workflow',
  task: 'task',
  agent: 'agent',
  tool: 'tool',
  handoff: 'step',
}

export const traceloop: Dialect = {
  name: 'traceloop',
  // The official Python instrumentations have names of the same kind, but end in `_v2` or are of providers that Traceloop lacks.
  scope:
    /^@traceloop\/|^traceloop\b|^opentelemetry\.instrumentation\.(?:openai\.v[01]|openai_agents|anthropic|bedrock|cohere|groq|langchain|llamaindex|crewai|haystack|mistralai|ollama|replicate|together|transformers|vertexai|google_generativeai|watsonx|alephalpha|sagemaker|agno)\b/,
  matches: ({ span: { attributes } }) =>
    attributes.has('traceloop.span.kind') ||
    isOldest(attributes) ||
    attributes.has('traceloop.workflow.name') ||
    attributes.has('traceloop.entity.name'),
  read(source, options) {
    const { attributes } = source.span
    const kind = readText(attributes, 'traceloop.span.kind')
    if (kind !== null) return readDecorated(source, kind)
    if (!isGenAi(source) && !isOldest(attributes)) return { kind: 'ignored', reason: 'not_llm' }
    return readSemconv(source, options, rulesOf(source.scope.name))
  },
}

/** The names before there were conventions. */
function isOldest(attributes: SpanSource['span']['attributes']): boolean {
  return (
    attributes.has('llm.request.type') ||
    attributes.has('llm.request.model') ||
    attributes.has('llm.prompts.0.role') ||
    attributes.has('llm.prompts.0.content')
  )
}

function readDecorated(source: SpanSource, kind: string) {
  const name = readText(source.span.attributes, 'traceloop.entity.name')
  return buildNode(source, {
    source: 'traceloop',
    kind: kinds[kind] ?? 'span',
    toolName: kind === 'tool' ? name : null,
  })
}

const frameworks = /langchain|llamaindex|crewai|haystack|openai_agents|agno/
/** Python's Bedrock and Google instrumentations pass the provider's numbers on; all others of Python add up. */
const rawScopes = /^@traceloop\/(?!.*(?:langchain|llamaindex))|\.(?:bedrock|google_generativeai|vertexai)\b/

function rulesOf(scope: string): SemconvRules {
  return {
    source: 'traceloop',
    layer: frameworks.test(scope) ? 'framework' : 'client',
    counting: rawScopes.test(scope) ? 'raw' : 'inclusive',
  }
}
