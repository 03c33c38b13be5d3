/**
 * Spans by the OpenTelemetry GenAI conventions, plain, from v1.27 to semantic-conventions-genai: the dialect of every
 * instrumentation that is not known by a scope or attributes of its own. Usage is inclusive by the convention.
 */
import { attribute } from '@inferometer/core/attributes'
import type { Attributes, SpanEvent } from '@inferometer/core/otlp/model'
import { isDetailsEvent } from '../gen-ai-events.ts'
import { readSemconv } from '../semconv.ts'
import type { Dialect, SpanSource } from '../span-reading.ts'

export const genAi: Dialect = {
  name: 'gen_ai',
  scope: null,
  matches: (source) => isGenAi(source) || namesAny(source.span.attributes) || findDetails(source) !== undefined,
  read: (source, options) =>
    readSemconv(withDetails(source), options, { source: 'gen_ai', layer: 'client', counting: 'inclusive' }),
}

/** Names that the conventions require of every span of theirs, in any generation. */
export function isGenAi({ span: { attributes } }: SpanSource): boolean {
  return attributes.has(attribute.operation) || attributes.has('gen_ai.system') || attributes.has(attribute.provider)
}

/** Emitters that leave these out name at least what the span is of. A conversation, an agent or a user may be baggage on any span. */
const telling = [attribute.requestModel, attribute.responseModel, 'gen_ai.tool.name'] as const

function namesAny(attributes: Attributes): boolean {
  return telling.some((name) => attributes.has(name))
}

function findDetails({ span: { events } }: SpanSource): SpanEvent | undefined {
  return events.length === 0 ? undefined : events.find(({ name }) => isDetailsEvent(name))
}

/** What an event of the span says, where the span itself does not. */
function withDetails(source: SpanSource): SpanSource {
  const details = findDetails(source)
  if (details === undefined) return source
  const attributes = new Map([...details.attributes, ...source.span.attributes])
  return { ...source, span: { ...source.span, attributes } }
}
