/** Spans of any dialect → calls. The dialects are asked in order; the first that knows a span reads it. */
import type { LlmCall } from '@inferometer/core/call'
import type { TracesData } from '@inferometer/core/otlp/model'
import { checkBounds } from './call-bounds.ts'
import { genAi } from './gen-ai.ts'
import { inferometer } from './inferometer.ts'
import type { Dialect, IgnoreReason, SpanReading, SpanSource } from './span-reading.ts'

export interface NormalizedTraces {
  readonly calls: readonly LlmCall[]
  readonly ignored: ReadonlyMap<IgnoreReason, number>
  readonly rejected: readonly { readonly reason: 'attribute_too_large' | 'invalid_span'; readonly message: string }[]
}

const dialects: readonly Dialect[] = [inferometer, genAi]

export function normalizeTraces({ resourceSpans }: TracesData): NormalizedTraces {
  const calls: LlmCall[] = []
  const ignored = new Map<IgnoreReason, number>()
  const rejected: { reason: 'attribute_too_large' | 'invalid_span'; message: string }[] = []
  for (const { resource, scopeSpans } of resourceSpans)
    for (const { scope, spans } of scopeSpans)
      for (const span of spans) {
        const reading = readSpan({ span, scope, resource })
        const problem = reading.kind === 'call' ? checkBounds(reading.call) : null
        if (reading.kind === 'ignored') ignored.set(reading.reason, (ignored.get(reading.reason) ?? 0) + 1)
        else if (reading.kind === 'invalid')
          rejected.push({ reason: 'invalid_span', message: `span ${span.spanId}: ${reading.message}` })
        else if (problem) rejected.push({ reason: problem.reason, message: `span ${span.spanId}: ${problem.message}` })
        else calls.push(reading.call)
      }
  return { calls, ignored, rejected }
}

function readSpan(source: SpanSource): SpanReading {
  const dialect = dialects.find(({ matches }) => matches(source))
  return dialect?.read(source) ?? { kind: 'ignored', reason: 'not_llm' }
}
