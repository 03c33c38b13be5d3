import type { LlmCall } from '@inferometer/core/call'
import { toSpanName } from '@inferometer/core/call-span'
import type { TraceNode } from '@inferometer/core/trace-node'
import { ErrorAnswer, type RestApp } from '../api.ts'
import { Refusal } from '../errors.ts'
import { toCallView, toIsoMicroseconds } from './call-view.ts'
import { TraceId, TracesAnswer, TracesQuery, TraceView } from './trace-schema.ts'
import { type Branch, type TraceItem, toTree } from './trace-tree.ts'

interface TraceSummary {
  readonly traceId: string
  readonly lastSeq: number
  readonly startTimeUs: number
  readonly durationMs: number
  readonly calls: number
  readonly failedCalls: number
  readonly services: readonly string[]
  readonly models: readonly string[]
  readonly inputTokens: number | null
  readonly outputTokens: number | null
  readonly costNanoUsd: number | null
}

/** What is asked of the store. */
export interface TraceSource {
  getTrace(traceId: string): Promise<{ readonly calls: readonly LlmCall[]; readonly nodes: readonly TraceNode[] }>
  recentTraces(request: {
    readonly limit: number
    readonly before?: number | undefined
    readonly serviceName?: string | undefined
  }): Promise<readonly TraceSummary[]>
}

const tags = ['traces']
const defaultLimit = 50
const nanoUsdPerMicro = 1_000
const usPerMs = 1_000

/** GET /v1/traces and GET /v1/traces/{trace_id}. */
export function addTraceRoutes(app: RestApp, store: TraceSource): void {
  app.get(
    '/v1/traces',
    {
      schema: {
        tags,
        summary: 'The traces whose calls were recorded last, newest first',
        querystring: TracesQuery,
        response: { 200: TracesAnswer, 400: ErrorAnswer },
      },
    },
    async ({ query }) => {
      const { limit = defaultLimit, before, service_name: serviceName } = query
      const found = await store.recentTraces({ limit, before, serviceName })
      const last = found.at(-1)
      return {
        traces: found.map(toSummaryView),
        next_before: found.length < limit || !last ? null : last.lastSeq,
      }
    },
  )
  app.get(
    '/v1/traces/:trace_id',
    {
      schema: {
        tags,
        summary: 'The calls and nodes of one trace as a tree',
        params: TraceId,
        response: { 200: TraceView, 400: ErrorAnswer, 404: ErrorAnswer },
      },
    },
    async ({ params }) => {
      const traceId = params.trace_id.toLowerCase()
      const { calls, nodes } = await store.getTrace(traceId)
      if (calls.length + nodes.length === 0)
        throw new Refusal('not_found', 'nothing of a trace with this id was recorded')
      return toTraceView(traceId, toTree(calls, nodes))
    },
  )
}

function toSummaryView(trace: TraceSummary) {
  return {
    trace_id: trace.traceId,
    started_at: toIsoMicroseconds(trace.startTimeUs),
    duration_ms: trace.durationMs,
    calls: trace.calls,
    failed_calls: trace.failedCalls,
    services: [...trace.services],
    models: [...trace.models],
    prompt_tokens: trace.inputTokens,
    completion_tokens: trace.outputTokens,
    cost_usd_micro: trace.costNanoUsd === null ? null : trace.costNanoUsd / nanoUsdPerMicro,
  }
}

interface Line {
  readonly item: TraceItem
  readonly depth: number
}

function toTraceView(traceId: string, roots: readonly Branch[]): TraceView {
  const lines = listLines(roots)
  let startUs = Number.POSITIVE_INFINITY
  let endUs = 0
  for (const { item } of lines) {
    const { startTimeUs } = item.call ?? item.node
    startUs = Math.min(startUs, startTimeUs)
    endUs = Math.max(endUs, startTimeUs + durationOf(item) * usPerMs)
  }
  return {
    trace_id: traceId,
    started_at: toIsoMicroseconds(startUs),
    duration_ms: (endUs - startUs) / usPerMs,
    spans: lines.map((line) => toSpanView(line, startUs)),
  }
}

/** Without recursion: a trace may be as deep as its sender likes. */
function listLines(roots: readonly Branch[]): readonly Line[] {
  const lines: Line[] = []
  const open = roots.map((branch) => ({ branch, depth: 0 })).reverse()
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { branch, depth } = next
    lines.push({ item: branch.item, depth })
    open.push(...branch.children.map((child) => ({ branch: child, depth: depth + 1 })).reverse())
  }
  return lines
}

const durationOf = ({ call, node }: TraceItem): number => (call === null ? node.durationMs : call.latencyMs)

function toSpanView({ item, depth }: Line, startUs: number): TraceView['spans'][number] {
  const { call, node } = item
  const span = call ?? node
  return {
    span_id: span.spanId,
    parent_span_id: span.parentSpanId,
    depth,
    name: call === null ? node.name : toSpanName(call),
    kind: call === null ? node.kind : 'call',
    service_name: span.serviceName,
    started_at: toIsoMicroseconds(span.startTimeUs),
    offset_ms: (span.startTimeUs - startUs) / usPerMs,
    duration_ms: durationOf(item),
    status: span.status,
    error_type: span.errorType,
    tool_name: node?.toolName ?? null,
    tool_call_id: node?.toolCallId ?? null,
    agent_name: node?.agentName ?? null,
    links: (node?.links ?? []).map((link) => ({ trace_id: link.traceId, span_id: link.spanId })),
    source: span.source,
    call: call === null ? null : toCallView(call, null),
  }
}
