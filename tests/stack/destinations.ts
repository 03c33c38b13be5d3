/** Real destinations of traces and logs, and how they are asked for what arrived. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findFreePort } from '../harness/prometheus.ts'
import { createPeer, type Peer } from './run-peer.ts'

export interface FoundSpan {
  readonly spanId: string
  readonly service: string
  readonly tags: Readonly<Record<string, unknown>>
}

export interface TraceStore extends Peer {
  readonly endpoint: string
  findSpans(traceId: string): Promise<FoundSpan[]>
}

export interface LogStore extends Peer {
  readonly endpoint: string
  /** Fields of each log line of the trace. */
  findLines(traceId: string): Promise<Readonly<Record<string, string>>[]>
}

/** Jaeger with its store on disk. */
export async function createJaeger(folder: string): Promise<TraceStore> {
  await mkdir(folder, { recursive: true })
  const [otlp, http, grpc] = [await findFreePort(), await findFreePort(), await findFreePort()]
  const config = {
    service: {
      extensions: ['jaeger_storage', 'jaeger_query'],
      pipelines: { traces: { receivers: ['otlp'], exporters: ['jaeger_storage_exporter'] } },
      telemetry: { metrics: { level: 'none' }, logs: { level: 'error' } },
    },
    extensions: {
      jaeger_query: {
        storage: { traces: 'disk' },
        http: { endpoint: `127.0.0.1:${http}` },
        grpc: { endpoint: `127.0.0.1:${grpc}` },
      },
      jaeger_storage: {
        backends: {
          disk: {
            badger: { directories: { keys: join(folder, 'keys'), values: join(folder, 'values') }, ephemeral: false },
          },
        },
      },
    },
    receivers: { otlp: { protocols: { http: { endpoint: `127.0.0.1:${otlp}` } } } },
    exporters: { jaeger_storage_exporter: { trace_storage: 'disk' } },
  }
  // JSON is YAML.
  const path = join(folder, 'config.yaml')
  await writeFile(path, JSON.stringify(config))
  const peer = createPeer({
    binary: 'jaeger',
    args: ['--config', path],
    readyUrl: `http://127.0.0.1:${http}/api/services`,
  })
  return {
    ...peer,
    endpoint: `http://127.0.0.1:${otlp}/v1/traces`,
    findSpans: (traceId) => findSpans(`http://127.0.0.1:${http}`, traceId),
  }
}

interface JaegerTrace {
  readonly spans: readonly {
    readonly spanID: string
    readonly processID: string
    readonly tags: readonly { readonly key: string; readonly value: unknown }[]
  }[]
  readonly processes: Readonly<Record<string, { readonly serviceName: string }>>
}

async function findSpans(base: string, traceId: string): Promise<FoundSpan[]> {
  const answer = await fetch(`${base}/api/traces/${traceId}`)
  if (answer.status === 404) return []
  const { data }: { data: JaegerTrace[] } = await answer.json()
  return data.flatMap(({ spans, processes }) =>
    spans.map(({ spanID, processID, tags }) => ({
      spanId: spanID,
      service: processes[processID]?.serviceName ?? '',
      tags: Object.fromEntries(tags.map(({ key, value }) => [key, value])),
    })),
  )
}

export async function createVictoriaLogs(folder: string): Promise<LogStore> {
  const address = `127.0.0.1:${await findFreePort()}`
  const peer = createPeer({
    binary: 'victoria-logs',
    args: [`-storageDataPath=${folder}`, `-httpListenAddr=${address}`, '-loggerLevel=ERROR', '-retentionPeriod=365d'],
    readyUrl: `http://${address}/health`,
  })
  return {
    ...peer,
    endpoint: `http://${address}/insert/opentelemetry/v1/logs`,
    async findLines(traceId) {
      const body = new URLSearchParams({ query: `trace_id:="${traceId}"` })
      const answer = await fetch(`http://${address}/select/logsql/query`, { method: 'POST', body })
      if (!answer.ok) throw new Error(await answer.text())
      const lines = (await answer.text()).split('\n').filter((line) => line !== '')
      return lines.map((line): Record<string, string> => JSON.parse(line))
    },
  }
}
