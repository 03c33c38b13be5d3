import '../call/call-page.css'
import { type ReactNode, useEffect, useMemo } from 'react'
import { ApiError, getJson } from '../api.ts'
import { CallFacts } from '../call/call-facts.tsx'
import { CallIds, CopyButton } from '../call/call-ids.tsx'
import { Conversation } from '../call/conversation.tsx'
import { type CostAnswer, CostSum } from '../call/cost-sum.tsx'
import { layOutTrace, listAttempts, type Trace } from '../call/timeline.ts'
import { describeVerdict } from '../call/verdict.ts'
import { Waterfall, WaterfallLegend } from '../call/waterfall.tsx'
import { type Call, startMs } from '../calls/call.ts'
import { formatTime } from '../numbers.ts'
import { EmptyState } from '../parts/empty-state.tsx'
import { ErrorState } from '../parts/error-state.tsx'
import { Link } from '../parts/link.tsx'
import { go, linkTo } from '../url.ts'
import { type Answer, useAnswer } from '../use-answer.ts'

/** One call: what became of it, where the time and the money went, and what was said. */
export default function CallPage({ params }: { readonly params: Readonly<Record<string, string>> }) {
  const path = `/v1/calls/${encodeURIComponent(params.trace ?? '')}/${encodeURIComponent(params.span ?? '')}`
  const { data: call, error, retry } = useAnswer(path, (signal) => getJson<Call>(path, signal))
  const cost = useAnswer(`${path}/cost`, (signal) => getJson<CostAnswer>(`${path}/cost`, signal))
  useEffect(() => {
    const onKey = ({ key, target }: KeyboardEvent) => {
      const isElsewhere = target instanceof HTMLElement && target.closest('dialog, input, textarea, .popover') !== null
      if (key === 'Escape' && !isElsewhere) go(linkTo('/calls'))
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [])
  if (error instanceof ApiError && error.status === 404)
    return (
      <EmptyState title="No such call is stored" action={<Link href={linkTo('/calls')}>All calls</Link>}>
        It was never recorded, or retention has dropped its day.
      </EmptyState>
    )
  if (error !== null) return <ErrorState what="This call" error={error} onRetry={retry} />
  // What stands below the sum would be pushed down by it.
  const isWaiting = call === null || (cost.data === null && cost.error === null)
  return isWaiting ? null : <CallDetail call={call} cost={cost} />
}

function CallDetail({ call, cost }: { readonly call: Call; readonly cost: Answer<CostAnswer> }) {
  const verdict = describeVerdict(call)
  const attempts = useMemo(() => ({ rows: listAttempts(call), durationMs: Math.max(1, call.latency_ms_total) }), [call])
  return (
    <article className="call">
      <header className="call-head">
        <p>
          <Link href={linkTo('/calls')}>Calls</Link> <span className="faint">/</span> {call.service_name}{' '}
          <span className="faint">→</span> {call.model} <span className="faint">at {formatTime(startMs(call))}</span>
        </p>
        <h1 className={`verdict ${verdict.tone}`}>{verdict.text}</h1>
      </header>
      <Section title="Where the time went" className="wide">
        <Waterfall {...attempts} caption="Attempts of this call" />
        <WaterfallLegend rows={attempts.rows} />
      </Section>
      <div className="call-columns">
        <div>
          {call.status !== 'success' && (
            <Section title="Error">
              <ErrorText call={call} />
            </Section>
          )}
          <Section title="What was said">
            <Conversation call={call} />
          </Section>
          <Section title="Findings">
            <Findings call={call} />
          </Section>
          <TraceSection call={call} />
        </div>
        <div>
          <Section title="Cost">
            <CostSum call={call} answer={cost} />
          </Section>
          <Section title="Numbers">
            <CallFacts call={call} />
          </Section>
          <Section title="Ids">
            <CallIds call={call} />
          </Section>
        </div>
      </div>
      <RawJson call={call} />
    </article>
  )
}

interface SectionProps {
  readonly title: string
  readonly className?: string
  readonly children: ReactNode
}

function Section({ title, className = '', children }: SectionProps) {
  return (
    <section className={`card ${className}`} aria-label={title}>
      <h2>{title}</h2>
      {children}
    </section>
  )
}

function ErrorText({ call }: { readonly call: Call }) {
  return (
    <>
      <p>
        <span className="mark bad">{call.error_type ?? call.status}</span>{' '}
        {call.error_code !== null && <code>{call.error_code}</code>}{' '}
        {call.http_status !== null && `HTTP ${call.http_status}`}
      </p>
      {call.error_message === null ? (
        <p className="hint">
          The provider's message may quote the prompt, so it follows the content policy. None is kept.
        </p>
      ) : (
        <pre className="code">{call.error_message}</pre>
      )}
    </>
  )
}

function Findings({ call: { findings } }: { readonly call: Call }) {
  if (findings.length === 0)
    return (
      <p className="hint">
        None. The SDK scans on Node by itself; other senders' content is scanned here, kept or not.
      </p>
    )
  return (
    <ul className="findings">
      {findings.map(({ type, pattern, start, end }) => (
        <li key={`${type} ${pattern} ${start} ${end}`}>
          <span className={`mark ${type === 'injection' ? 'bad' : 'warn'}`}>{pattern}</span>
          <span className="faint">
            {type === 'pii' ? 'personal data' : 'injection attempt'}
            {end > start ? `, characters ${start} to ${end}` : ', reported by the sender'}
          </span>
        </li>
      ))}
    </ul>
  )
}

/** The other calls and steps of the trace; nothing where this one is alone in it. */
function TraceSection({ call }: { readonly call: Call }) {
  const path = `/v1/traces/${call.trace_id}`
  const { data, error, retry } = useAnswer(path, (signal) => getJson<Trace>(path, signal))
  const timeline = useMemo(() => (data === null ? null : layOutTrace(data, call.span_id)), [data, call.span_id])
  if (error !== null) return <ErrorState what="The trace" error={error} onRetry={retry} />
  if (timeline === null || timeline.rows.length < 2) return null
  return (
    <Section title="Its trace">
      <Waterfall {...timeline} caption="Calls and steps of the trace" />
      <WaterfallLegend rows={timeline.rows} />
    </Section>
  )
}

function RawJson({ call }: { readonly call: Call }) {
  const text = JSON.stringify(call, null, 2)
  return (
    <details className="card raw">
      <summary>Raw JSON</summary>
      <CopyButton text={text} what="JSON" />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre className="code" tabIndex={0}>
        {text}
      </pre>
    </details>
  )
}
