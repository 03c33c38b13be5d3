/**
 * OpenAI's Agents SDK as Logfire writes it. Model calls follow the conventions, with their messages in one list of events; the SDK's
 * other spans are told apart by Logfire's template alone. OpenInference, OpenLLMetry and OpenLIT write the same SDK in dialects of their own.
 */
import type { NodeKind } from '@inferometer/core/trace-node'
import { readText } from '../attribute-values.ts'
import { buildNode } from '../build-reading.ts'
import { readSemconvWithEvents } from '../semconv-events.ts'
import type { Dialect } from '../span-reading.ts'
import { isGenAi } from './gen-ai.ts'

const rules = { source: 'openai-agents', layer: 'framework', counting: 'inclusive' } as const

const kinds: readonly (readonly [RegExp, NodeKind])[] = [
  [/^agent run/i, 'agent'],
  [/^function/i, 'tool'],
  [/^handoff/i, 'step'],
  [/^guardrail/i, 'guardrail'],
  [/^openai agents trace/i, 'workflow'],
]

export const openAiAgents: Dialect = {
  name: rules.source,
  scope: /^logfire\.openai_agents\b/,
  matches: () => false,
  read(source, options) {
    if (isGenAi(source)) return readSemconvWithEvents(source, options, rules)
    const { attributes, name } = source.span
    const template = readText(attributes, 'logfire.msg_template') ?? name
    const kind = kinds.find(([pattern]) => pattern.test(template))?.[1] ?? 'span'
    const said = readText(attributes, 'name')
    return buildNode(source, {
      source: rules.source,
      kind,
      toolName: kind === 'tool' ? said : null,
      agentName: kind === 'agent' ? said : null,
    })
  },
}
