import { useKnownValues } from '../known-values.ts'
import { EmptyState } from './empty-state.tsx'

/** Until the first call was recorded: what to type for it, with this server's own address. */
export function FirstCall() {
  const { service, isKnown } = useKnownValues()
  if (!isKnown || service.length > 0) return null
  return (
    <div className="first-call">
      <EmptyState title="No call was recorded yet" code={`inferometer demo\ncurl -X POST ${record()}`}>
        Two ways to see one: live traffic of made-up services, or a call of your own. In an application add{' '}
        <code>import '@inferometer/sdk/register'</code> before everything else.
      </EmptyState>
    </div>
  )
}

function record(): string {
  const call = {
    model: 'my-model',
    provider: 'my-provider',
    service_name: 'my-service',
    prompt_tokens: 1_000,
    completion_tokens: 200,
    latency_ms_total: 820,
    status: 'success',
  }
  const { protocol, hostname } = location
  return `${protocol}//${hostname}:8002/v1/metrics/record -H 'content-type: application/json' -d '${JSON.stringify(call)}'`
}
