import { getJson } from '../api.ts'
import { useAnswer } from '../use-answer.ts'
import { EmptyState } from './empty-state.tsx'

export interface About {
  readonly version: string
  /** What is kept of prompts and answers. */
  readonly content: 'off' | 'redacted' | 'full'
  readonly config_dir: string
  readonly ports: { readonly api: number; readonly otlp_http: number; readonly metrics: number }
  readonly forward: { readonly traces: string | null; readonly logs: string | null; readonly metrics: string | null }
}

/** What the server says of itself; null until it has. */
export function useAbout(): About | null {
  return useAnswer('about', (signal) => getJson<About>('/v1/about', signal)).data
}

interface HowToSendProps {
  readonly title: string
  /** What to do instead, or first. */
  readonly text: string
}

/** Where calls should be: the lines to type for this page to fill, with the ports of this server. */
export function HowToSend({ title, text }: HowToSendProps) {
  const ports = useAbout()?.ports ?? { api: 8002, otlp_http: 4318, metrics: 9464 }
  const host = location.hostname
  // 0 took any free one, which start has printed.
  const [api, otlp] = [ports.api || '<API port>', ports.otlp_http || '<OTLP port>']
  return (
    <EmptyState
      title={title}
      code={[
        '# Live traffic of made-up services, to look around:',
        'npx inferometer demo',
        '',
        '# Your own application, in Node:',
        `INFEROMETER_ENDPOINT=http://${host}:${otlp} node --import @inferometer/sdk/register app.js`,
        '',
        '# Any OpenTelemetry instrumentation:',
        `OTEL_EXPORTER_OTLP_ENDPOINT=http://${host}:${otlp}`,
        '',
        '# One call, from anything:',
        `curl http://${host}:${api}/v1/metrics/record -H 'content-type: application/json' -d '{`,
        '  "model":"my-model", "provider":"my-provider", "service_name":"my-service", "status":"success",',
        '  "prompt_tokens":150, "completion_tokens":80, "latency_ms_total":900 }\'',
      ].join('\n')}
    >
      {text}
    </EmptyState>
  )
}
