/** Spans of any dialect → calls and nodes. Every span gets one reading. */
import type { Span, TracesData } from '@inferometer/core/otlp/model'
import type { TraceNode } from '@inferometer/core/trace-node'
import { checkBounds, checkNodeBounds } from './call-bounds.ts'
import { findDialect } from './dialects.ts'
import type { CallReading, IgnoreReason, ReadOptions, SpanReading, SpanSource } from './span-reading.ts'

/** A span's place in its trace, and the call that was read from it, if one was: what `createLeafSelector` decides by. */
export interface SeenSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string | null
  readonly reading: SeenCall | null
}

export interface SeenCall extends CallReading {
  /** Name of the instrumentation scope. */
  readonly emitter: string
  /** Log events may still say what the span does not (event-join.ts). */
  readonly awaitsEvents: boolean
}

export interface RejectedReading {
  readonly reason: 'attribute_too_large' | 'invalid_span'
  readonly message: string
}

export interface TraceReadings {
  /** Every span of the batch but the rejected ones. */
  readonly spans: readonly SeenSpan[]
  /** Steps of traces that are no calls of their own. */
  readonly nodes: readonly TraceNode[]
  /** Spans that are no calls, nodes among them. */
  readonly ignored: ReadonlyMap<IgnoreReason, number>
  readonly rejected: readonly RejectedReading[]
}

export function normalizeTraces(
  { resourceSpans }: TracesData,
  options: ReadOptions = { content: false },
): TraceReadings {
  const nodes: TraceNode[] = []
  const spans: SeenSpan[] = []
  const ignored = new Map<IgnoreReason, number>()
  const rejected: RejectedReading[] = []
  for (const { resource, scopeSpans } of resourceSpans)
    for (const { scope, spans: sent } of scopeSpans)
      for (const span of sent) {
        const reading = readSpan({ span, scope, resource }, options)
        const problem = findProblem(reading)
        if (problem !== null) {
          rejected.push({ reason: problem.reason, message: `span ${span.spanId}: ${problem.message}` })
          continue
        }
        spans.push(toSeenSpan(span, reading, scope.name))
        if (reading.kind === 'node') nodes.push(reading.node)
        const reason = whyNoCall(reading)
        if (reason !== null) ignored.set(reason, (ignored.get(reason) ?? 0) + 1)
      }
  return { spans, nodes, ignored, rejected }
}

function whyNoCall(reading: SpanReading): IgnoreReason | null {
  if (reading.kind === 'ignored') return reading.reason
  return reading.kind === 'node' ? 'not_leaf' : null
}

function findProblem(reading: SpanReading): RejectedReading | null {
  switch (reading.kind) {
    case 'call':
      return checkBounds(reading.call)
    case 'node':
      return checkNodeBounds(reading.node)
    case 'invalid':
      return { reason: 'invalid_span', message: reading.message }
    case 'ignored':
      return null
  }
}

function readSpan(source: SpanSource, options: ReadOptions): SpanReading {
  return findDialect(source)?.read(source, options) ?? { kind: 'ignored', reason: 'not_llm' }
}

function toSeenSpan({ traceId, spanId, parentSpanId }: Span, reading: SpanReading, emitter: string): SeenSpan {
  return {
    traceId,
    spanId,
    parentSpanId: parentSpanId === '' ? null : parentSpanId,
    reading: reading.kind === 'call' ? toSeenCall(reading, emitter) : null,
  }
}

function toSeenCall({ kind, call, layer, perAttempt }: CallReading, emitter: string): SeenCall {
  return { kind, call, layer, perAttempt, emitter, awaitsEvents: false }
}
