/** Spans of any dialect → calls and nodes. Every span gets one reading. */
import type { LlmCall } from '@inferometer/core/call'
import type { Span, TracesData } from '@inferometer/core/otlp/model'
import type { TraceNode } from '@inferometer/core/trace-node'
import { checkBounds } from './call-bounds.ts'
import { findDialect } from './dialects.ts'
import type { CallReading, IgnoreReason, ReadOptions, SpanReading, SpanSource } from './span-reading.ts'

export interface NormalizedTraces {
  readonly calls: readonly LlmCall[]
  /** Spans that are no calls of their own, nodes among them. */
  readonly ignored: ReadonlyMap<IgnoreReason, number>
  readonly rejected: readonly { readonly reason: 'attribute_too_large' | 'invalid_span'; readonly message: string }[]
}

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
}

export interface TraceReadings extends NormalizedTraces {
  readonly nodes: readonly TraceNode[]
  /** Every span of the batch but the rejected ones. */
  readonly spans: readonly SeenSpan[]
}

export function normalizeTraces(
  { resourceSpans }: TracesData,
  options: ReadOptions = { content: false },
): TraceReadings {
  const calls: LlmCall[] = []
  const nodes: TraceNode[] = []
  const spans: SeenSpan[] = []
  const ignored = new Map<IgnoreReason, number>()
  const rejected: { reason: 'attribute_too_large' | 'invalid_span'; message: string }[] = []
  for (const { resource, scopeSpans } of resourceSpans)
    for (const { scope, spans: sent } of scopeSpans)
      for (const span of sent) {
        const reading = readSpan({ span, scope, resource }, options)
        const problem = reading.kind === 'call' ? checkBounds(reading.call) : null
        if (reading.kind === 'invalid') {
          rejected.push({ reason: 'invalid_span', message: `span ${span.spanId}: ${reading.message}` })
          continue
        }
        if (problem) {
          rejected.push({ reason: problem.reason, message: `span ${span.spanId}: ${problem.message}` })
          continue
        }
        spans.push(toSeenSpan(span, reading, scope.name))
        if (reading.kind === 'call') calls.push(reading.call)
        else if (reading.kind === 'node') nodes.push(reading.node)
        if (reading.kind !== 'call') {
          const reason = reading.kind === 'node' ? 'not_leaf' : reading.reason
          ignored.set(reason, (ignored.get(reason) ?? 0) + 1)
        }
      }
  return { calls, nodes, spans, ignored, rejected }
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
  return { kind, call, layer, perAttempt, emitter }
}
