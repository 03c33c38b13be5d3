/**
 * Spans by the OpenTelemetry GenAI conventions, plain, from v1.27 to semantic-conventions-genai: the dialect of every
 * instrumentation that is not known by a scope or attributes of its own. Usage is inclusive by the convention.
 */
import { attribute } from '@inferometer/core/attributes'
import { readSemconv } from '../semconv.ts'
import type { Dialect, SpanSource } from '../span-reading.ts'

export const genAi: Dialect = {
  name: 'gen_ai',
  scope: null,
  matches: isGenAi,
  read: (source, options) => readSemconv(source, options, { source: 'gen_ai', layer: 'client', counting: 'inclusive' }),
}

/** Names that the conventions require of every span of theirs, in any generation. */
export function isGenAi({ span: { attributes } }: SpanSource): boolean {
  return attributes.has(attribute.operation) || attributes.has('gen_ai.system') || attributes.has(attribute.provider)
}
