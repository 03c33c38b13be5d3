/** Where the server forwards to: takes OTLP traces and logs, refuses now and then, and keeps which calls it said yes to. */
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { decodeLogs } from '@inferometer/core/otlp/logs'
import { decodeTraces } from '@inferometer/core/otlp/traces'

export interface Destination {
  readonly url: string
  /** How often each call was taken, by trace id and span id. */
  readonly traces: ReadonlyMap<string, number>
  readonly logs: ReadonlyMap<string, number>
  close(): Promise<void>
}

/** Every so many requests are answered with 503, so that kills also fall between a refusal and its repetition. */
const refusedEvery = 7

export async function openDestination(): Promise<Destination> {
  const traces = new Map<string, number>()
  const logs = new Map<string, number>()
  let requests = 0
  const server = createServer(async (request, response) => {
    // A sender that is killed in the middle of a request has not been answered.
    const body = await readBody(request).catch(() => null)
    if (body === null) return
    requests++
    if (requests % refusedEvery === 0) return void response.writeHead(503).end()
    if (request.url === '/v1/traces') count(traces, listSpans(body))
    else count(logs, listRecords(body))
    response.writeHead(200).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    traces,
    logs,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const body = Buffer.concat(chunks)
  return request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body
}

function count(taken: Map<string, number>, ids: readonly string[]): void {
  for (const id of ids) taken.set(id, (taken.get(id) ?? 0) + 1)
}

const listSpans = (body: Buffer): string[] =>
  decodeTraces(body).resourceSpans.flatMap(({ scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) => spans.map((span) => span.traceId + span.spanId)),
  )

const listRecords = (body: Buffer): string[] =>
  decodeLogs(body).resourceLogs.flatMap(({ scopeLogs }) =>
    scopeLogs.flatMap(({ logRecords }) => logRecords.map((record) => `${record.traceId}${record.spanId}`)),
  )
