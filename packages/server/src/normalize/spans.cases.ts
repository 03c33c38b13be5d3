/** Hand-written spans for the tests of the dialects. */
import type { LlmCall } from '@inferometer/core/call'
import type { AnyValue, Span, SpanEvent, TracesData } from '@inferometer/core/otlp/model'
import type { TraceNode } from '@inferometer/core/trace-node'
import { normalizeTraces, type TraceReadings } from './normalize.ts'

export type Names = Readonly<Record<string, AnyValue>>

export interface SpanChange extends Partial<Omit<Span, 'attributes' | 'events'>> {
  readonly scope?: string
  readonly version?: string
  readonly resource?: Names
  readonly events?: readonly SpanEvent[]
  readonly content?: boolean
}

export const startNano = 1_780_000_000_000_000_000n
const nanosPerMs = 1_000_000n

export function toAttributes(names: Names): ReadonlyMap<string, AnyValue> {
  return new Map(Object.entries(names))
}

export function toEvent(name: string, attributes: Names, afterMs = 0): SpanEvent {
  return { name, timeUnixNano: startNano + BigInt(afterMs) * nanosPerMs, attributes: toAttributes(attributes) }
}

export function toSpan(attributes: Names, fields: Partial<Omit<Span, 'attributes'>> = {}): Span {
  return {
    traceId: 'a'.repeat(32),
    spanId: 'b'.repeat(16),
    parentSpanId: '',
    traceState: '',
    name: 'a span',
    kind: 3,
    startTimeUnixNano: startNano,
    endTimeUnixNano: startNano + 750n * nanosPerMs,
    events: [],
    links: [],
    statusCode: 0,
    statusMessage: '',
    ...fields,
    attributes: toAttributes(attributes),
  }
}

export function toTraces(
  spans: readonly Span[],
  scope: { readonly name: string; readonly version?: string },
  resource: Names = { 'service.name': 'shop' },
): TracesData {
  return {
    resourceSpans: [
      {
        resource: { attributes: toAttributes(resource) },
        schemaUrl: '',
        scopeSpans: [
          {
            scope: { name: scope.name, version: scope.version ?? '1.0.0', attributes: new Map() },
            schemaUrl: '',
            spans,
          },
        ],
      },
    ],
  }
}

export function normalizeSpan(attributes: Names, change: SpanChange = {}): TraceReadings {
  const { scope = 'some.instrumentation', version = '1.0.0', resource, content = false, ...fields } = change
  const traces = toTraces([toSpan(attributes, fields)], { name: scope, version }, resource)
  return normalizeTraces(traces, { content })
}

export function readCall(attributes: Names, change: SpanChange = {}): LlmCall {
  const { spans, rejected, ignored } = normalizeSpan(attributes, change)
  const call = spans[0]?.reading?.call
  if (!call) throw new Error(`no call was read: ${JSON.stringify([rejected, [...ignored]])}`)
  return call
}

export function readNode(attributes: Names, change: SpanChange = {}): TraceNode {
  const { nodes, spans } = normalizeSpan(attributes, change)
  const [node] = nodes
  if (!node || spans[0]?.reading) throw new Error('the span was not read as a node')
  return node
}

/** A span and what of its call must come out. */
export interface CallCase {
  readonly what: string
  readonly attributes: Names
  readonly change?: SpanChange
  readonly call: object
}
