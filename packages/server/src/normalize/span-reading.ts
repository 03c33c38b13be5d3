import type { LlmCall } from '@inferometer/core/call'
import type { Resource, Scope, Span } from '@inferometer/core/otlp/model'

export interface SpanSource {
  readonly span: Span
  readonly scope: Scope
  readonly resource: Resource
}

/** Why a span is no model call of its own. Bounded: a metric label. */
export type IgnoreReason =
  /** No attribute of it says that a model was called. */
  | 'not_llm'
  /** An agent, tool, retrieval or workflow step: it may repeat the usage of the calls below it. */
  | 'not_leaf'
  /** Of an instrumentation whose way of counting is not known here: counting it could count wrong. */
  | 'unknown_dialect'

export type SpanReading =
  | { readonly kind: 'call'; readonly call: LlmCall }
  | { readonly kind: 'ignored'; readonly reason: IgnoreReason }
  | { readonly kind: 'invalid'; readonly message: string }

/** How one instrumentation writes model calls into spans. */
export interface Dialect {
  readonly name: string
  /** Decides by scope and attribute names, never by guess. */
  matches(source: SpanSource): boolean
  read(source: SpanSource): SpanReading
}
