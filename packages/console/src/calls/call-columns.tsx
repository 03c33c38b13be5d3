/** The columns of the table of calls: each is named as on a call, and sorted by the server. */
import type { ReactNode } from 'react'
import { formatCount, formatMs, formatTime, formatUsd, formatUsdExactly, formatUtc, unknownMark } from '../numbers.ts'
import { Unknown } from '../parts/value.tsx'
import { type Call, costUsd, startMs, whyNoCost, whyNoTtft } from './call.ts'

export interface CallColumn {
  readonly id: string
  readonly title: string
  /** In pixels, until somebody drags its edge. */
  readonly width: number
  readonly align?: 'right'
  /** Shown until somebody chooses. */
  readonly isUsual?: boolean
  readonly isSorted?: boolean
  readonly cell: (call: Call, scale: Scale) => ReactNode
}

export interface Scale {
  /** The longest call on screen: what a whole bar is. */
  readonly latencyMs: number
}

const text = (value: string | null, why = 'Not known'): ReactNode => (value === null ? <Unknown why={why} /> : value)
const count = (value: number | null, why: string): ReactNode =>
  value === null ? <Unknown why={why} /> : formatCount(value)

const noUsage = 'The provider sent no token usage'

export const callColumns: readonly CallColumn[] = [
  {
    id: 'started_at',
    title: 'Time',
    width: 132,
    isUsual: true,
    isSorted: true,
    cell: (call) => (
      <time dateTime={call.started_at} title={formatUtc(startMs(call))}>
        {formatTime(startMs(call))}
      </time>
    ),
  },
  {
    id: 'service_name',
    title: 'Service',
    width: 100,
    isUsual: true,
    isSorted: true,
    cell: (call) => call.service_name,
  },
  { id: 'model', title: 'Model', width: 130, isUsual: true, isSorted: true, cell: (call) => call.model },
  {
    id: 'status',
    title: 'Status',
    width: 100,
    isUsual: true,
    isSorted: true,
    cell: (call) => <StatusMark call={call} />,
  },
  {
    id: 'latency_ms_total',
    title: 'Latency',
    width: 122,
    isUsual: true,
    isSorted: true,
    cell: (call, scale) => <LatencyBar call={call} scale={scale} />,
  },
  {
    id: 'prompt_tokens',
    title: 'Tokens in',
    width: 76,
    align: 'right',
    isUsual: true,
    isSorted: true,
    cell: (call) => count(call.prompt_tokens, noUsage),
  },
  {
    id: 'completion_tokens',
    title: 'Tokens out',
    width: 86,
    align: 'right',
    isUsual: true,
    isSorted: true,
    cell: (call) => count(call.completion_tokens, noUsage),
  },
  {
    id: 'cost_usd_micro',
    title: 'Cost',
    width: 98,
    align: 'right',
    isUsual: true,
    isSorted: true,
    cell: (call) => <CostCell call={call} />,
  },
  {
    id: 'retry_count',
    title: 'Retries',
    width: 62,
    align: 'right',
    isUsual: true,
    isSorted: true,
    cell: ({ retry_count: retries }) => <span className={retries > 0 ? 'warn' : 'faint'}>{formatCount(retries)}</span>,
  },
  {
    id: 'finish_reason',
    title: 'Finish',
    width: 84,
    isUsual: true,
    isSorted: true,
    cell: (call) => text(call.finish_reason, 'The provider gave none'),
  },
  {
    id: 'findings',
    title: 'Findings',
    width: 70,
    isUsual: true,
    isSorted: true,
    cell: (call) => <FindingMarks call={call} />,
  },
  { id: 'provider', title: 'Provider', width: 112, isSorted: true, cell: (call) => call.provider },
  { id: 'operation', title: 'Operation', width: 112, isSorted: true, cell: (call) => call.operation },
  {
    id: 'error_type',
    title: 'Error type',
    width: 112,
    isSorted: true,
    cell: (call) => text(call.error_type, 'No error'),
  },
  {
    id: 'http_status',
    title: 'HTTP status',
    width: 96,
    align: 'right',
    isSorted: true,
    cell: (call) => text(call.http_status === null ? null : String(call.http_status), 'No response was seen'),
  },
  {
    id: 'latency_ms_ttft',
    title: 'First token',
    width: 96,
    align: 'right',
    isSorted: true,
    cell: (call) =>
      call.latency_ms_ttft === null ? <Unknown why={whyNoTtft(call)} /> : formatMs(call.latency_ms_ttft),
  },
  {
    id: 'cached_tokens',
    title: 'Cached',
    width: 88,
    align: 'right',
    isSorted: true,
    cell: (call) => count(call.cached_tokens, 'The provider says nothing of a cache'),
  },
  {
    id: 'reasoning_tokens',
    title: 'Reasoning',
    width: 92,
    align: 'right',
    isSorted: true,
    cell: (call) => count(call.reasoning_tokens, 'The provider says nothing of reasoning'),
  },
  { id: 'user_id', title: 'User', width: 120, isSorted: true, cell: (call) => text(call.user_id, 'None was given') },
  {
    id: 'session_id',
    title: 'Session',
    width: 120,
    isSorted: true,
    cell: (call) => text(call.session_id, 'None was given'),
  },
  { id: 'tags', title: 'Tags', width: 120, cell: (call) => text(call.tags.join(', ') || null, 'None was given') },
  { id: 'trace_id', title: 'Trace', width: 120, cell: (call) => <code>{call.trace_id}</code> },
  { id: 'source', title: 'Seen by', width: 120, cell: (call) => call.source },
]

export function StatusMark({ call }: { readonly call: Call }) {
  const [word, tone] =
    call.status === 'success'
      ? (['success', 'good'] as const)
      : call.status === 'error'
        ? ([call.error_type ?? 'error', 'bad'] as const)
        : (['cancelled', 'warn'] as const)
  return (
    <span className={`status ${tone}`} title={call.http_status === null ? undefined : `HTTP ${call.http_status}`}>
      {word}
    </span>
  )
}

/** The whole bar is the latency, its dark part the wait for the first token. */
function LatencyBar({ call, scale }: { readonly call: Call; readonly scale: Scale }) {
  const { latency_ms_total: total, latency_ms_ttft: ttft } = call
  const share = scale.latencyMs === 0 ? 0 : Math.min(1, total / scale.latencyMs)
  const title = ttft === null ? formatMs(total) : `${formatMs(total)}, first token after ${formatMs(ttft)}`
  return (
    <span className="latency" title={title}>
      <span className="latency-text">{formatMs(total)}</span>
      <span className="latency-track" aria-hidden="true">
        <span className={`latency-bar ${call.status}`} style={{ width: `${share * 100}%` }}>
          {ttft !== null && <span style={{ width: `${total === 0 ? 0 : (ttft / total) * 100}%` }} />}
        </span>
      </span>
    </span>
  )
}

/** Shorter than the column; the title has all that is known. */
const leastShownUsd = 0.00001

function CostCell({ call }: { readonly call: Call }) {
  const usd = costUsd(call)
  if (usd === null) return <Unknown why={whyNoCost(call)} />
  return (
    <span title={formatUsdExactly(usd)}>
      {usd > 0 && usd < leastShownUsd ? `<${formatUsd(leastShownUsd)}` : formatUsd(usd)}
      {call.usage_source === 'estimated' && (
        <span className="estimate" title="Tokens were counted locally: the provider sent none">
          ≈
        </span>
      )}
    </span>
  )
}

function FindingMarks({ call }: { readonly call: Call }) {
  if (call.findings.length === 0) return <span className="faint">{unknownMark}</span>
  const counts = new Map<string, { type: string; count: number }>()
  for (const { type, pattern } of call.findings)
    counts.set(pattern, { type, count: (counts.get(pattern)?.count ?? 0) + 1 })
  return (
    <span className="finding-marks">
      {[...counts].map(([pattern, { type, count: times }]) => (
        <span key={pattern} className={`mark ${type === 'injection' ? 'bad' : 'warn'}`}>
          {pattern}
          {times > 1 && ` ×${times}`}
        </span>
      ))}
    </span>
  )
}
