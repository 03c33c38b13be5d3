/**
 * `TraceNode`: a step of a trace that is no model call itself: an agent, a tool, a retrieval, or a span that wraps model calls
 * and may repeat their usage. Nodes give a trace its shape; nothing of them is ever counted or priced.
 */
import type { CallStatus, ErrorType } from './call.ts'

/** `wrapper`: stands around model calls (`ai.generateText`, a gateway's raw request). `step`: one turn of an agent. `span`: none of the others. */
export const nodeKinds = [
  'agent',
  'tool',
  'workflow',
  'chain',
  'task',
  'step',
  'retrieval',
  'rerank',
  'guardrail',
  'evaluator',
  'prompt',
  'memory',
  'wrapper',
  'span',
] as const
export type NodeKind = (typeof nodeKinds)[number]

export interface NodeLink {
  readonly traceId: string
  readonly spanId: string
}

export interface TraceNode {
  /** 32 lower-case hex digits. */
  readonly traceId: string
  /** 16 lower-case hex digits. */
  readonly spanId: string
  readonly parentSpanId: string | null
  readonly serviceName: string
  readonly kind: NodeKind
  /** The span's name, as sent. */
  readonly name: string
  /** Integer microseconds since the Unix epoch. */
  readonly startTimeUs: number
  readonly durationMs: number
  readonly status: CallStatus
  readonly errorType: ErrorType | null
  /** Of a tool node. */
  readonly toolName: string | null
  readonly toolCallId: string | null
  /** The agent that the step belongs to. */
  readonly agentName: string | null
  /** Spans of this trace or of others that it is linked to. */
  readonly links: readonly NodeLink[]
  /** The dialect of the instrumentation that sent the span. */
  readonly source: string
}
