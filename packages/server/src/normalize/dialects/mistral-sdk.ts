/**
 * Spans that `@mistralai/mistralai` (2.x) writes itself. A conversation is one request of operation `invoke_agent` that carries
 * the usage; what it answered becomes child spans of operation `chat` that were never requests.
 */
import { attribute } from '@inferometer/core/attributes'
import { readText } from '../attribute-values.ts'
import { buildCall, buildNode } from '../build-reading.ts'
import { readCallFacts, readSemconv } from '../semconv.ts'
import type { Dialect } from '../span-reading.ts'

const rules = { source: 'mistral-sdk', layer: 'client', counting: 'inclusive' } as const

export const mistralSdk: Dialect = {
  name: rules.source,
  scope: /^mistralai_sdk_tracer$/,
  matches: () => false,
  read(source, options) {
    const { attributes } = source.span
    const isRequest = attributes.has('url.full') || attributes.has('http.request.method')
    const operation = readText(attributes, attribute.operation)
    if (operation === null) return buildNode(source, { source: rules.source, kind: 'span' })
    if (operation === 'chat' && !isRequest && !attributes.has(attribute.inputTokens))
      return buildNode(source, { source: rules.source, kind: 'step' })
    if (operation === 'invoke_agent' && isRequest && attributes.has(attribute.inputTokens))
      return buildCall(source, readCallFacts(source, options, { rules, operation: 'chat' }))
    return readSemconv(source, options, rules)
  },
}
