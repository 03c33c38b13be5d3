import type { ReactNode } from 'react'
import { type Call, startMs, whyNoTtft } from '../calls/call.ts'
import { formatCount, formatMs, formatShare } from '../numbers.ts'
import { Moment, Unknown } from '../parts/value.tsx'

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
      <Fact name="Stalls">{describeStalls(call)}</Fact>
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
      <Fact name="User">{or(call.user_id, 'None was given')}</Fact>
      <Fact name="Session">{or(call.session_id, 'None was given')}</Fact>
      <Fact name="Tags">{or(call.tags.join(', ') || null, 'None were given')}</Fact>
      <Fact name="Seen by">{call.source}</Fact>
    </dl>
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
