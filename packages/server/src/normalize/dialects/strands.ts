/**
 * Strands Agents. It writes its own name where the provider's belongs, and the time to the first byte in milliseconds under the
 * name that has seconds. Usage is the provider's own; cycles of its event loop are steps.
 */
import { readNumber, readText } from '../attribute-values.ts'
import { buildCall, buildNode } from '../build-reading.ts'
import { readCallFacts, readStep } from '../semconv.ts'
import type { Dialect } from '../span-reading.ts'

const rules = { source: 'strands', layer: 'framework', counting: 'raw' } as const

export const strands: Dialect = {
  name: rules.source,
  scope: /^strands\b/,
  matches: ({ span }) => readText(span.attributes, 'gen_ai.system', 'gen_ai.provider.name') === 'strands-agents',
  read(source, options) {
    const { attributes } = source.span
    if (attributes.has('event_loop.cycle_id') && !attributes.has('gen_ai.operation.name'))
      return buildNode(source, { source: rules.source, kind: 'step' })
    const step = readStep(source.span)
    const isCycle = readText(attributes, 'gen_ai.operation.name') === 'execute_event_loop_cycle'
    if (step.kind === 'node') return buildNode(source, { source: rules.source, kind: isCycle ? 'step' : step.node })
    const facts = readCallFacts(source, options, { rules, operation: step.operation })
    return buildCall(source, { ...facts, ttftMs: readNumber(attributes, 'gen_ai.server.time_to_first_token') })
  },
}
