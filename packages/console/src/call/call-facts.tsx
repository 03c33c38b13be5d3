import type { ReactNode } from 'react'
import { type Call, startMs, whyNoTtft } from '../calls/call.ts'
import { formatCount, formatMs, formatShare } from '../numbers.ts'
import { Link } from '../parts/link.tsx'
import { Moment, Unknown } from '../parts/value.tsx'
import { linkTo } from '../url.ts'

const noUsage = 'The provider sent no token usage'

/** The numbers of a call, each with its unit or the reason why there is none. */
export function CallFacts({ call }: { readonly call: Call }) {
  const cachedShare =
    call.cached_tokens !== null && call.prompt_tokens
      ? ` (${formatShare(call.cached_tokens / call.prompt_tokens)} cached)`
      : ''
  return (
    <dl className="facts">
      <Fact name="Started">
        <Moment ms={startMs(call)} />
      </Fact>
      <Fact name="Service">{call.service_name}</Fact>
      <Fact name="Provider">{call.provider}</Fact>
      <Fact name="Model asked for">{or(call.request_model, 'The sender named none')}</Fact>
      <Fact name="Model that answered">{or(call.response_model, 'The answer named none')}</Fact>
      <Fact name="Operation">{call.operation}</Fact>
      <Fact name="Latency">{formatMs(call.latency_ms_total)}</Fact>
      <Fact name="First token">
        {call.latency_ms_ttft === null ? <Unknown why={whyNoTtft(call)} /> : formatMs(call.latency_ms_ttft)}
      </Fact>
      <Fact name="Stalls">
        {describeStalls(call)}
        <StallList call={call} />
      </Fact>
      <Fact name="Tokens in">
        {count(call.prompt_tokens)}
        <span className="faint">{cachedShare}</span>
      </Fact>
      <Fact name="Tokens out">
        {count(call.completion_tokens)}
        {call.reasoning_tokens !== null && (
          <span className="faint"> ({formatCount(call.reasoning_tokens)} reasoning)</span>
        )}
      </Fact>
      <Fact name="Usage">{usageWords[call.usage_source] ?? call.usage_source}</Fact>
      <Fact name="Finish reason">
        {or(call.finish_reason, 'The provider gave none')}
        {call.finish_reason_raw !== null && call.finish_reason_raw !== call.finish_reason && (
          <span className="faint"> ({call.finish_reason_raw})</span>
        )}
      </Fact>
      <Provenance call={call} />
    </dl>
  )
}

/** Who asked, and what saw it. */
function Provenance({ call }: { readonly call: Call }) {
  return (
    <>
      <Fact name="User">
        <CallsWith field="user_id" values={[call.user_id]} />
      </Fact>
      <Fact name="Session">
        <CallsWith field="session_id" values={[call.session_id]} />
      </Fact>
      <Fact name="Tags">
        <CallsWith field="tag" values={call.tags} />
      </Fact>
      <Fact name="Seen by">
        <CallsWith field="source" values={[call.source]} />
      </Fact>
    </>
  )
}

/** Each leads to the calls that have it too. */
function CallsWith({ field, values }: { readonly field: string; readonly values: readonly (string | null)[] }) {
  const known = values.filter((value) => value !== null)
  if (known.length === 0) return <Unknown why="None was given" />
  return (
    <ul className="fact-links">
      {[...new Set(known)].map((value) => (
        <li key={value}>
          <Link href={linkTo('/calls', { [field]: value })}>{value}</Link>
        </li>
      ))}
    </ul>
  )
}

/** Where in the stream each was, as far as that was kept. */
function StallList({ call: { stalls, stall_count: count } }: { readonly call: Call }) {
  if (stalls.length === 0) return null
  const others = (count ?? 0) - stalls.length
  return (
    <ul className="stall-list faint">
      {stalls.map(({ start_ms: start, duration_ms: duration }) => (
        <li key={start}>
          {formatMs(duration)} at {formatMs(start)}
        </li>
      ))}
      {others > 0 && <li>and {formatCount(others)} later</li>}
    </ul>
  )
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

const or = (value: string | null, why: string): ReactNode => (value === null ? <Unknown why={why} /> : value)
const count = (value: number | null): ReactNode => (value === null ? <Unknown why={noUsage} /> : formatCount(value))

const usageWords: Readonly<Record<string, string>> = {
  provider: 'from the provider',
  estimated: '≈ counted locally: the provider sent none',
  missing: 'not known',
}

function describeStalls({ streaming, stall_count: stalls, stall_ms: ms }: Call): ReactNode {
  if (stalls === null) return <Unknown why={streaming ? 'The stream was not watched' : 'Not a stream'} />
  return stalls === 0 ? 'none' : `${formatCount(stalls)}, ${formatMs(ms)} lost`
}
