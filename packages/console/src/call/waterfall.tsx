import { formatMs } from '../numbers.ts'
import { Link } from '../parts/link.tsx'
import { linkTo } from '../url.ts'
import type { Segment, Timeline, TimelineRow } from './timeline.ts'

interface WaterfallProps extends Timeline {
  readonly caption: string
}

/** Bars on one axis, as browsers draw the requests of a page. */
export function Waterfall({ rows, durationMs, caption }: WaterfallProps) {
  const ticks = [0, 0.25, 0.5, 0.75, 1]
  return (
    <figure className="waterfall" aria-label={caption}>
      <div className="waterfall-axis" aria-hidden="true">
        {ticks.map((share) => (
          <span key={share} style={{ left: `${share * 100}%` }} className={share === 1 ? 'end' : undefined}>
            {share === 0 ? '0' : formatMs(durationMs * share)}
          </span>
        ))}
      </div>
      <ol>
        {rows.map((row) => (
          <Row key={row.id} row={row} durationMs={durationMs} />
        ))}
      </ol>
    </figure>
  )
}

const indentPx = 12
const deepest = 8

function Row({ row, durationMs }: { readonly row: TimelineRow; readonly durationMs: number }) {
  const { label, detail, depth, segments, path, tone, isThis } = row
  return (
    <li className={isThis ? 'waterfall-row this' : 'waterfall-row'}>
      <span className="waterfall-label" style={{ paddingLeft: Math.min(depth, deepest) * indentPx }}>
        {path === null || isThis ? <span className="cut">{label}</span> : <Link href={linkTo(path)}>{label}</Link>}
        <span className={`cut ${tone === 'bad' ? 'bad' : 'faint'}`}>{detail}</span>
      </span>
      <span className="waterfall-track">
        {segments.map((segment) => (
          <Bar key={`${segment.kind} ${segment.startMs}`} segment={segment} durationMs={durationMs} />
        ))}
      </span>
    </li>
  )
}

function Bar({ segment, durationMs }: { readonly segment: Segment; readonly durationMs: number }) {
  const left = (segment.startMs / durationMs) * 100
  const width = (segment.durationMs / durationMs) * 100
  return (
    <span
      className={`waterfall-bar ${segment.kind}`}
      title={segment.title}
      style={{ left: `${left}%`, width: `max(2px, ${width}%)` }}
    >
      <span className="hidden-text">{segment.title}</span>
    </span>
  )
}

const legend = [
  ['wait', 'waiting'],
  ['failed', 'failed'],
  ['first_token', 'to the first token'],
  ['stream', 'stream'],
  ['stall', 'stall'],
  ['whole', 'not a stream'],
  ['agent', 'agent'],
  ['tool', 'tool'],
  ['retrieval', 'retrieval'],
  ['step', 'other step'],
] as const

/** Of the kinds that are there. */
export function WaterfallLegend({ rows }: Pick<Timeline, 'rows'>) {
  const kinds = new Set(rows.flatMap(({ segments }) => segments.map(({ kind }) => kind)))
  return (
    <ul className="waterfall-legend">
      {legend
        .filter(([kind]) => kinds.has(kind))
        .map(([kind, word]) => (
          <li key={kind}>
            <span className={`waterfall-bar ${kind}`} aria-hidden="true" /> {word}
          </li>
        ))}
    </ul>
  )
}
