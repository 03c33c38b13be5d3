/** Calls whose messages are a list of events in one attribute: Pydantic AI's first format, and Logfire's reading of OpenAI's Agents SDK. */
import { readJson, readText } from './attribute-values.ts'
import { buildCall, toContent } from './build-reading.ts'
import { readEventList } from './gen-ai-events.ts'
import { readCallFacts, readSemconv, readStep, type SemconvRules } from './semconv.ts'
import type { ReadOptions, SpanReading, SpanSource } from './span-reading.ts'

export function readSemconvWithEvents(source: SpanSource, options: ReadOptions, rules: SemconvRules): SpanReading {
  const { attributes } = source.span
  const step = readStep(source.span)
  if (step.kind === 'node' || !attributes.has('events')) return readSemconv(source, options, rules)
  const facts = readCallFacts(source, options, { rules, operation: step.operation })
  const events = readEventList(readJson(attributes, 'events'), options)
  return buildCall(source, {
    ...facts,
    responseId: facts.responseId ?? readText(attributes, 'response_id'),
    finishReasons: [...(facts.finishReasons ?? []), ...events.finishReasons],
    toolCalls: facts.toolCalls?.length ? facts.toolCalls : events.toolCalls,
    content: facts.content ?? toContent(events.input, events.output),
  })
}
