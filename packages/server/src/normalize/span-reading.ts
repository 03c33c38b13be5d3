import type { LlmCall } from '@inferometer/core/call'
import type { Resource, Scope, Span } from '@inferometer/core/otlp/model'
import type { TraceNode } from '@inferometer/core/trace-node'

export interface SpanSource {
  readonly span: Span
  readonly scope: Scope
  readonly resource: Resource
}

export interface ReadOptions {
  /** Read messages, answers and tool arguments. Off, only numbers, names and ids are read. */
  readonly content: boolean
}

/** Why a span is neither a model call nor a step of one. Bounded: a metric label. */
export type IgnoreReason =
  /** No attribute of it says that a model was called. */
  | 'not_llm'
  /** An agent, tool, retrieval or workflow step: it may repeat the usage of the calls below it. */
  | 'not_leaf'

/**
 * From where an instrumentation sees a call, nearest to the wire first.
 * wire: the HTTP request. client: one method of a provider's client library. framework: a library that calls models through
 * clients that others may instrument, too. server: the other side, a gateway or the model's own server.
 */
export type Layer = 'wire' | 'client' | 'framework' | 'server'

export interface CallReading {
  readonly kind: 'call'
  readonly call: LlmCall
  readonly layer: Layer
  /** The instrumentation makes one span per attempt: a failed one that another follows is an attempt of that one. */
  readonly perAttempt: boolean
}

export type SpanReading =
  | CallReading
  | { readonly kind: 'node'; readonly node: TraceNode }
  | { readonly kind: 'ignored'; readonly reason: IgnoreReason }
  | { readonly kind: 'invalid'; readonly message: string }

/** How one instrumentation writes model calls into spans. */
export interface Dialect {
  readonly name: string
  /** Its instrumentation scopes. Spans of these are its own, whatever else they carry. Null: known by attributes alone. */
  readonly scope: RegExp | null
  /** Whether a span of no known scope is written in it: decided by the presence of attributes, never by guess. */
  matches(source: SpanSource): boolean
  read(source: SpanSource, options: ReadOptions): SpanReading
}
