/** Microsoft.Extensions.AI (.NET) and the Agent Framework on top of it: the plain conventions around any provider's client. */
import { readSemconv } from '../semconv.ts'
import type { Dialect } from '../span-reading.ts'

const rules = { source: 'microsoft-extensions-ai', layer: 'framework', counting: 'inclusive' } as const

export const microsoftExtensionsAi: Dialect = {
  name: rules.source,
  scope: /^(?:Experimental\.)?Microsoft\.(?:Extensions\.AI|Agents\.AI)/,
  matches: () => false,
  read: (source, options) => readSemconv(source, options, rules),
}
