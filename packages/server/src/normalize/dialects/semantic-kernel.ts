/**
 * Semantic Kernel, Python and .NET. Operations are `chat.completions` and its like, the finish reason stands in the singular,
 * messages come as log records.
 */
import { readSemconv } from '../semconv.ts'
import type { Dialect } from '../span-reading.ts'

const rules = { source: 'semantic-kernel', layer: 'framework', counting: 'inclusive' } as const

export const semanticKernel: Dialect = {
  name: rules.source,
  scope: /semantic_?kernel/i,
  matches: ({ span }) => span.attributes.has('sk.available_functions'),
  read: (source, options) => readSemconv(source, options, rules),
}
