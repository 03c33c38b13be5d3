/** A call, and what stands around it in its trace, as bars on one axis of time. */
import { type Attempt, type Call, callPath } from '../calls/call.ts'
import { formatMs } from '../numbers.ts'

export type SegmentKind =
  | 'wait'
  | 'failed'
  | 'first_token'
  | 'stream'
  | 'stall'
  | 'whole'
  | 'agent'
  | 'tool'
  | 'retrieval'
  | 'step'

export interface Segment {
  readonly kind: SegmentKind
  readonly startMs: number
  readonly durationMs: number
  readonly title: string
}

export interface TimelineRow {
  readonly id: string
  readonly label: string
  readonly detail: string
  readonly depth: number
  readonly segments: readonly Segment[]
  /** The address of another call. */
  readonly path: string | null
  readonly tone: 'good' | 'bad' | 'warn' | 'neutral'
  readonly isThis: boolean
}

export interface Timeline {
  readonly rows: readonly TimelineRow[]
  readonly durationMs: number
}

/** What GET /v1/traces/{trace_id} answers: parents before children, each by its start. */
export interface Trace {
  readonly duration_ms: number
  readonly spans: readonly {
    readonly span_id: string
    readonly depth: number
    readonly name: string
    readonly kind: string
    readonly service_name: string
    readonly offset_ms: number
    readonly duration_ms: number
    readonly status: string
    readonly tool_name: string | null
    readonly agent_name: string | null
    readonly call: Call | null
  }[]
}

/** Times of the segments are from the start of the call. */
export function listAttempts(call: Call): readonly TimelineRow[] {
  if (call.attempts.length === 0) return [toRow('request', splitLast(call, 0, call.latency_ms_total), call)]
  return call.attempts.flatMap((attempt, index) => {
    const isLast = index === call.attempts.length - 1
    const segments = isLast
      ? splitLast(call, attempt.start_ms, attempt.duration_ms)
      : [toFailed(attempt, attempt.start_ms)]
    const wait = attempt.wait_ms > 0 ? [toWait(attempt)] : []
    return [toRow(`attempt ${index + 1}`, [...wait, ...segments], attempt)]
  })
}

function toRow(
  label: string,
  segments: readonly Segment[],
  { http_status: http, error_type: error }: Pick<Attempt, 'http_status' | 'error_type'>,
): TimelineRow {
  const status = http === null ? (error === null ? '' : 'no response') : `HTTP ${http}`
  const detail = [status, error?.replaceAll('_', ' ')].filter(Boolean).join(' · ')
  const isBad = error !== null && !(error === 'cancelled')
  return { id: label, label, detail, depth: 0, segments, path: null, tone: isBad ? 'bad' : 'good', isThis: true }
}

const toWait = ({ start_ms: start, wait_ms: wait }: Attempt): Segment => ({
  kind: 'wait',
  startMs: start - wait,
  durationMs: wait,
  title: `Waited ${formatMs(wait)} before the next attempt`,
})

const toFailed = (
  { duration_ms: durationMs, error_type: type, http_status: http }: Attempt,
  start: number,
): Segment => ({
  kind: 'failed',
  startMs: start,
  durationMs,
  title: `${(type ?? 'failed').replaceAll('_', ' ')}${http === null ? '' : `, HTTP ${http}`}, ${formatMs(durationMs)}`,
})

/** The attempt that ended the call: up to the first token, and the rest. */
function splitLast(call: Call, start: number, durationMs: number): readonly Segment[] {
  const { latency_ms_ttft: ttft, status } = call
  const kind = status === 'error' ? 'failed' : 'whole'
  if (ttft === null || ttft < start)
    return [{ kind, startMs: start, durationMs, title: `Took ${formatMs(durationMs)}` }]
  const rest = Math.max(0, start + durationMs - ttft)
  return [
    { kind: 'first_token', startMs: start, durationMs: ttft - start, title: `First token after ${formatMs(ttft)}` },
    { kind: 'stream', startMs: ttft, durationMs: rest, title: `Streamed for ${formatMs(rest)}` },
    ...call.stalls.map(toStall),
  ]
}

const toStall = ({ start_ms: startMs, duration_ms: durationMs }: Call['stalls'][number]): Segment => ({
  kind: 'stall',
  startMs,
  durationMs,
  title: `Stalled for ${formatMs(durationMs)}, ${formatMs(startMs)} after the start`,
})

const stepKinds: Readonly<Record<string, SegmentKind>> = {
  agent: 'agent',
  tool: 'tool',
  retrieval: 'retrieval',
  rerank: 'retrieval',
}
const kindOfStep = (kind: string): SegmentKind => stepKinds[kind] ?? 'step'

/** The steps and calls of a trace; a call has the segments of its attempts. */
export function layOutTrace(trace: Trace, currentSpanId: string): Timeline {
  const rows = trace.spans.map((span): TimelineRow => {
    const { call, offset_ms: offset, duration_ms: durationMs } = span
    const name = call?.model ?? span.tool_name ?? span.agent_name ?? span.name
    const step: Segment = {
      kind: kindOfStep(span.kind),
      startMs: 0,
      durationMs,
      title: `${span.kind} ${name}, ${formatMs(durationMs)}`,
    }
    const segments = call === null ? [step] : listAttempts(call).flatMap((row) => row.segments)
    return {
      id: span.span_id,
      label: name,
      detail: `${call === null ? span.kind : span.service_name} · ${formatMs(durationMs)}`,
      depth: span.depth,
      segments: segments.map((segment) => ({ ...segment, startMs: segment.startMs + offset })),
      path: call === null ? null : callPath(call),
      tone: span.status === 'error' ? 'bad' : 'neutral',
      isThis: span.span_id === currentSpanId,
    }
  })
  return { rows, durationMs: Math.max(1, trace.duration_ms) }
}
