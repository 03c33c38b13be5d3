/** When the first piece of an answer came, by the attributes and events in use for it. Times are those of the client that wrote the span. */
import type { Attributes, Span } from '@inferometer/core/otlp/model'
import { readNumber } from './attribute-values.ts'

const msPerSecond = 1_000
const nanosPerMs = 1e6

/** In seconds, all of them: the names with `server` are written by clients, too. */
const secondsNames = [
  'gen_ai.response.time_to_first_chunk',
  'gen_ai.client.operation.time_to_first_chunk',
  'gen_ai.response.time_to_first_token',
  'gen_ai.server.time_to_first_token',
  'gen_ai.latency.time_to_first_token',
] as const

const chunkEvents = new Set([
  'gen_ai.content.completion.chunk',
  'llm.content.completion.chunk',
  'First Token Stream Event',
])

/** Milliseconds from the span's start; null when nothing says it. */
export function readFirstChunkMs(span: Span): number | null {
  return readSecondsAsMs(span.attributes) ?? readChunkEventMs(span)
}

function readSecondsAsMs(attributes: Attributes): number | null {
  const seconds = readNumber(attributes, ...secondsNames)
  // OpenLIT writes 0 where it measured nothing.
  return seconds === null || seconds === 0 ? null : seconds * msPerSecond
}

function readChunkEventMs({ events, startTimeUnixNano }: Span): number | null {
  let first: bigint | null = null
  for (const { name, timeUnixNano } of events)
    if (chunkEvents.has(name) && (first === null || timeUnixNano < first)) first = timeUnixNano
  return first === null || first < startTimeUnixNano ? null : Number(first - startTimeUnixNano) / nanosPerMs
}
