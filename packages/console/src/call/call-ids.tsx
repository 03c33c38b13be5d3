import { useState } from 'react'
import type { Call } from '../calls/call.ts'
import { useAbout } from '../parts/how-to-send.tsx'
import { Icon } from '../parts/icon.tsx'

const saidMs = 1_500

/** What names the call elsewhere, to be copied, and the way to where it was forwarded. */
export function CallIds({ call }: { readonly call: Call }) {
  const forward = useAbout()?.forward
  const ids = [
    ['Trace', call.trace_id],
    ['Span', call.span_id],
    ['Parent span', call.parent_span_id],
    ['Response', call.response_id],
    ['Request', call.request_id],
  ] as const
  return (
    <>
      <dl className="ids">
        {ids.map(([name, id]) =>
          id === null || id === '' ? null : (
            <div key={name}>
              <dt>{name}</dt>
              <dd>
                <code className="cut">{id}</code>
                <CopyButton text={id} what={`${name} id`} />
              </dd>
            </div>
          ),
        )}
      </dl>
      {forward && <Elsewhere call={call} traces={forward.traces} logs={forward.logs} />}
    </>
  )
}

interface ElsewhereProps {
  readonly call: Call
  readonly traces: string | null
  readonly logs: string | null
}

/** Tempo and Loki have no pages of their own; what they are asked for is what Grafana's Explore takes. */
function Elsewhere({ call, traces, logs }: ElsewhereProps) {
  if (traces === null && logs === null)
    return (
      <p className="hint">
        Calls are not forwarded. With --forward-traces and --forward-logs they go to Tempo and Loki.
      </p>
    )
  return (
    <ul className="elsewhere">
      {traces !== null && (
        <li>
          <a href={tempoAddress(traces, call.trace_id)} target="_blank" rel="noreferrer">
            Trace in Tempo
          </a>
          <span className="faint"> forwarded to {traces}</span>
        </li>
      )}
      {logs !== null && (
        <li>
          <a href={lokiAddress(logs, call)} target="_blank" rel="noreferrer">
            Log lines in Loki
          </a>
          <span className="faint"> forwarded to {logs}</span>
        </li>
      )}
    </ul>
  )
}

const tempoPort = '3200'

/** OTLP goes in at a port of its own; the trace is asked for at Tempo's. */
function tempoAddress(endpoint: string, traceId: string): string {
  const url = new URL(endpoint)
  url.port = tempoPort
  return `${url.origin}/api/traces/${traceId}`
}

function lokiAddress(endpoint: string, { trace_id: traceId, service_name: service }: Call): string {
  const query = `{service_name=${JSON.stringify(service)}} | trace_id=${JSON.stringify(traceId)}`
  return `${new URL(endpoint).origin}/loki/api/v1/query_range?query=${encodeURIComponent(query)}`
}

export function CopyButton({ text, what }: { readonly text: string; readonly what: string }) {
  const [isCopied, setCopied] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    setCopied(true)
    setTimeout(() => setCopied(false), saidMs)
  }
  return (
    <button type="button" className="icon-button" aria-label={`Copy ${what}`} title={`Copy ${what}`} onClick={copy}>
      <Icon name={isCopied ? 'check' : 'copy'} size={14} />
    </button>
  )
}
