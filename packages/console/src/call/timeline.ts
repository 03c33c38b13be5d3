/** A call, and what stands around it in its trace, as bars on one axis of time. */
import { type Attempt, type Call, callPath, startMs } from '../calls/call.ts'
import { formatMs } from '../numbers.ts'

export type SegmentKind = 'wait' | 'failed' | 'first_token' | 'stream' | 'whole' | 'step'

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

/** A step of a trace that is no model call. */
export interface TraceNode {
  readonly span_id: string
  readonly parent_span_id: string | null
  readonly kind: string
  readonly name: string
  readonly started_at: string
  readonly duration_ms: number
  readonly status: string
  readonly tool_name: string | null
  readonly agent_name: string | null
}

/** Times of the segments are from the start of the call. */
export function listAttempts(call: Call): readonly TimelineRow[] {
  if (call.attempts.length === 0) return [toRow(call, 'request', splitLast(call, 0, call.latency_ms_total))]
  return call.attempts.flatMap((attempt, index) => {
    const isLast = index === call.attempts.length - 1
    const segments = isLast
      ? splitLast(call, attempt.start_ms, attempt.duration_ms)
      : [toFailed(attempt, attempt.start_ms)]
    const wait = attempt.wait_ms > 0 ? [toWait(attempt)] : []
    return [toRow(call, `attempt ${index + 1}`, [...wait, ...segments], attempt)]
  })
}

function toRow(call: Call, label: string, segments: readonly Segment[], attempt?: Attempt): TimelineRow {
  const [http, error] = attempt ? [attempt.http_status, attempt.error_type] : [call.http_status, call.error_type]
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
  ]
}

/** Parents before children, each by its start; what has lost its parent stands at the top. */
export function layOutTrace(calls: readonly Call[], nodes: readonly TraceNode[], current: string): Timeline {
  const spans = [...calls.map(fromCall), ...nodes.map(fromNode)].sort((one, other) => one.startMs - other.startMs)
  const ids = new Set(spans.map(({ id }) => id))
  const children = new Map<string | null, typeof spans>()
  for (const span of spans) {
    const parent = span.parent !== null && ids.has(span.parent) && span.parent !== span.id ? span.parent : null
    children.set(parent, [...(children.get(parent) ?? []), span])
  }
  const firstMs = Math.min(...spans.map((span) => span.startMs))
  const rows: TimelineRow[] = []
  const seen = new Set<string>()
  const add = (parent: string | null, depth: number) => {
    for (const span of children.get(parent) ?? []) {
      if (seen.has(span.id)) continue
      seen.add(span.id)
      rows.push({
        ...span.row,
        depth,
        isThis: span.id === current,
        segments: shift(span.row.segments, span.startMs - firstMs),
      })
      add(span.id, depth + 1)
    }
  }
  add(null, 0)
  const durationMs = Math.max(1, ...spans.map((span) => span.startMs + span.durationMs - firstMs))
  return { rows, durationMs }
}

const shift = (segments: readonly Segment[], byMs: number): readonly Segment[] =>
  segments.map((segment) => ({ ...segment, startMs: segment.startMs + byMs }))

function fromCall(call: Call) {
  const segments = listAttempts(call).flatMap((row) => row.segments)
  const row: TimelineRow = {
    id: call.span_id,
    label: call.model,
    detail: `${call.service_name} · ${formatMs(call.latency_ms_total)}`,
    depth: 0,
    segments,
    path: callPath(call),
    tone: call.status === 'success' ? 'good' : call.status === 'error' ? 'bad' : 'warn',
    isThis: false,
  }
  return {
    id: call.span_id,
    parent: call.parent_span_id,
    startMs: startMs(call),
    durationMs: call.latency_ms_total,
    row,
  }
}

function fromNode(node: TraceNode) {
  const start = Date.parse(node.started_at)
  const name = node.tool_name ?? node.agent_name ?? node.name
  const segment = { kind: 'step', startMs: 0, durationMs: node.duration_ms, title: `${node.kind} ${name}` } as const
  const row: TimelineRow = {
    id: node.span_id,
    label: name,
    detail: `${node.kind} · ${formatMs(node.duration_ms)}`,
    depth: 0,
    segments: [segment],
    path: null,
    tone: node.status === 'error' ? 'bad' : 'neutral',
    isThis: false,
  }
  return { id: node.span_id, parent: node.parent_span_id, startMs: start, durationMs: node.duration_ms, row }
}
