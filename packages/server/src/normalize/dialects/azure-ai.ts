/**
 * Azure AI Inference, Projects and Agents clients. Numbers come as text; messages are span events with JSON in
 * `gen_ai.event.content`. A run of a hosted agent is the only span of its model calls and carries their usage.
 */
import { attribute } from '@inferometer/core/attributes'
import { readText } from '../attribute-values.ts'
import { buildCall } from '../build-reading.ts'
import { readCallFacts, readSemconv } from '../semconv.ts'
import type { Dialect } from '../span-reading.ts'

const rules = { source: 'azure-ai', layer: 'client', counting: 'inclusive' } as const

const hostedRuns = new Set(['start_thread_run', 'process_thread_run'])

export const azureAi: Dialect = {
  name: rules.source,
  scope: /^azure\.ai\b|^Azure\.AI\b|^@azure\/ai/,
  matches: ({ span: { attributes } }) =>
    (attributes.has('az.namespace') || attributes.has('azure.resource_provider.namespace')) &&
    (attributes.has(attribute.operation) || attributes.has('gen_ai.system')),
  read(source, options) {
    const { attributes } = source.span
    const operation = readText(attributes, attribute.operation)
    if (operation !== null && hostedRuns.has(operation) && attributes.has(attribute.inputTokens))
      return buildCall(source, readCallFacts(source, options, { rules, operation: 'chat' }))
    return readSemconv(source, options, rules)
  },
}
