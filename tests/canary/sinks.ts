/** Everywhere that a text may end up: what each holds, as bytes. */
import { readdir, readFile } from 'node:fs/promises'
import http from 'node:http'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { close, listen } from './call-canaries.ts'

export type Sinks = Map<string, Uint8Array[]>

/** A destination that traces, logs and metrics are forwarded to. Snappy as it is sent has texts as they are. */
export interface Destination {
  readonly url: string
  readonly received: Sinks
  close(): Promise<void>
}

export async function startDestination(): Promise<Destination> {
  const received: Sinks = new Map()
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks)
      const name = `forwarded to ${request.url}`
      received.set(name, [
        ...(received.get(name) ?? []),
        request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body,
      ])
      response.writeHead(200).end()
    })
  })
  const url = await listen(server)
  return { url, received, close: () => close(server) }
}

export async function readFolder(folder: string): Promise<Sinks> {
  const sinks: Sinks = new Map()
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    sinks.set(`file ${path.slice(folder.length + 1)}`, [await readFile(path)])
  }
  return sinks
}

const jsonHeaders = { 'content-type': 'application/json' }

interface Ask {
  readonly path: string
  readonly body?: unknown
  readonly accept?: string
}

const pages: readonly Ask[] = [
  { path: '/v1/calls?limit=1000&content=true' },
  { path: '/v1/traces?limit=200' },
  { path: '/v1/export?format=csv' },
  { path: '/v1/export?format=parquet' },
  { path: '/v1/metrics/health' },
  { path: '/v1/pipeline' },
  { path: '/v1/alerts' },
  { path: '/v1/annotations' },
  { path: '/v1/about' },
  {
    path: '/v1/query',
    body: { measures: ['calls'], group_by: ['model', 'user_id', 'session_id', 'tag', 'error_type'], since: '7d' },
  },
  { path: '/v1/panels/query', body: { dashboard: 'llm-error-retry-dashboard', since: '24h' } },
  { path: '/v1/panels/query', body: { dashboard: 'llm-security-safety-dashboard', since: '24h' } },
]

/** What the API or the console's port answers to everything that can be asked about calls. */
export async function askAll(
  base: string,
  name: string,
): Promise<{ readonly sinks: Sinks; readonly calls: readonly CallAnswer[] }> {
  const sinks: Sinks = new Map()
  for (const ask of pages) sinks.set(`${name} ${ask.path}`, [await askOne(base, ask)])
  const { calls } = JSON.parse(String(Buffer.from((await askOne(base, pages[0] as Ask)).buffer)))
  const one: Uint8Array[] = []
  for (const { trace_id, span_id } of calls) one.push(await askOne(base, { path: `/v1/calls/${trace_id}/${span_id}` }))
  const traces: Uint8Array[] = []
  const { traces: listed } = JSON.parse(Buffer.from(await askOne(base, { path: '/v1/traces?limit=200' })).toString())
  for (const { trace_id } of listed) traces.push(await askOne(base, { path: `/v1/traces/${trace_id}` }))
  sinks.set(`${name} /v1/calls/{trace_id}/{span_id}`, one)
  sinks.set(`${name} /v1/traces/{trace_id}`, traces)
  return { sinks, calls }
}

export interface CallAnswer {
  readonly service_name: string
  readonly source: string
  readonly content?: unknown
}

async function askOne(base: string, { path, body, accept }: Ask): Promise<Uint8Array> {
  const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body), headers: jsonHeaders }
  const response = await fetch(base + path, accept === undefined ? init : { ...init, headers: { accept } })
  const bytes = new Uint8Array(await response.arrayBuffer())
  if (response.status !== 200) throw new Error(`${path} answered ${response.status}: ${Buffer.from(bytes).toString()}`)
  return bytes
}

const exposures = [
  'text/plain',
  'application/openmetrics-text',
  'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited',
]

export async function scrapeAll(base: string): Promise<Sinks> {
  const sinks: Sinks = new Map()
  for (const accept of exposures) sinks.set(`/metrics as ${accept}`, [await askOne(base, { path: '/metrics', accept })])
  return sinks
}
