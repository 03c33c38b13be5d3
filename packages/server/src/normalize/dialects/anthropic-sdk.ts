/**
 * Spans that `@anthropic-ai/sdk` (0.134 and later) writes itself: one per API call with all its retries. Usage is inclusive;
 * the finish reason is `anthropic.message.stop_reason`. Methods without an operation (count_tokens, sessions) call no model.
 */
import { attribute } from '@inferometer/core/attributes'
import { buildNode } from '../build-reading.ts'
import { readSemconv } from '../semconv.ts'
import type { Dialect } from '../span-reading.ts'

const name = 'anthropic-sdk'

export const anthropicSdk: Dialect = {
  name,
  scope: /^com\.anthropic\.sdk\b/,
  matches: () => false,
  read(source, options) {
    if (!source.span.attributes.has(attribute.operation)) return buildNode(source, { source: name, kind: 'span' })
    return readSemconv(source, options, { source: name, layer: 'client', counting: 'inclusive' })
  },
}
