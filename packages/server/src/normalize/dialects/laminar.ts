/**
 * Laminar (lmnr). `lmnr.span.type` says what a span is; model calls carry the GenAI names with Traceloop's older ones for the
 * cache. A cached answer was no model call. Its processor also decorates spans of other instrumentations, which their scopes claim first.
 */
import type { NodeKind } from '@inferometer/core/trace-node'
import { readJson, readText, readTexts } from '../attribute-values.ts'
import { buildCall, buildNode, toContent } from '../build-reading.ts'
import { readMessages } from '../messages.ts'
import { readCallFacts, readStep } from '../semconv.ts'
import type { Dialect } from '../span-reading.ts'

const rules = { source: 'laminar', layer: 'framework', counting: 'inclusive' } as const

const kinds: Readonly<Record<string, NodeKind>> = {
  TOOL: 'tool',
  EVALUATOR: 'evaluator',
  HUMAN_EVALUATOR: 'evaluator',
  EVALUATION: 'evaluator',
  CACHED: 'wrapper',
}

export const laminar: Dialect = {
  name: 'laminar',
  scope: /^@?lmnr\b/,
  matches: ({ span }) => span.attributes.has('lmnr.span.type'),
  read(source, options) {
    const { attributes } = source.span
    const type = readText(attributes, 'lmnr.span.type') ?? 'DEFAULT'
    if (type !== 'LLM') return buildNode(source, { source: 'laminar', kind: kinds[type] ?? 'span' })
    const step = readStep(source.span)
    const operation = step.kind === 'call' ? step.operation : 'chat'
    const facts = readCallFacts(source, options, { rules, operation })
    const own = options.content
      ? toContent(
          readMessages(readJson(attributes, 'lmnr.span.input'), 'user'),
          readMessages(readJson(attributes, 'lmnr.span.output'), 'assistant'),
        )
      : null
    return buildCall(source, {
      ...facts,
      content: facts.content ?? own,
      tags: readTexts(attributes, 'lmnr.association.properties.tags'),
    })
  },
}
