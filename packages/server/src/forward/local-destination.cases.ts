/** A real HTTP server that takes what is forwarded, answers as it is told, and keeps what it took. */
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import type { LlmCall } from '@inferometer/core/call'
import { fromSpan } from '@inferometer/core/call-span'
import { decodeLogs } from '@inferometer/core/otlp/logs'
import type { LogRecord } from '@inferometer/core/otlp/model'
import { decodeTraces } from '@inferometer/core/otlp/traces'

export interface TakenRequest {
  readonly path: string
  readonly headers: IncomingMessage['headers']
  /** Decompressed. */
  readonly body: Buffer
  readonly atMs: number
}

export interface Reply {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array | string
}

export interface LocalDestination {
  readonly url: string
  readonly port: number
  /** Every request, in order, also those that were refused. */
  readonly requests: TakenRequest[]
  /** Those that were answered with 200. */
  readonly taken: TakenRequest[]
  reply: (request: TakenRequest) => Reply | Promise<Reply>
  close(): Promise<void>
}

export const takeAll = (): Reply => ({ status: 200 })

export async function openDestination(port = 0): Promise<LocalDestination> {
  const requests: TakenRequest[] = []
  const taken: TakenRequest[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const raw = Buffer.concat(chunks)
    const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw
    const seen = { path: request.url ?? '', headers: request.headers, body, atMs: performance.now() }
    requests.push(seen)
    const { status, headers = {}, body: answer = '' } = await destination.reply(seen)
    if (status === 200) taken.push(seen)
    response.writeHead(status, headers).end(answer)
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  // A server that listens on a port has an address of this kind.
  const address = server.address() as AddressInfo
  const destination: LocalDestination = {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    requests,
    taken,
    reply: takeAll,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return destination
}

/** The calls of trace requests, as another Inferometer would read them. */
export function readCalls(requests: readonly TakenRequest[]): LlmCall[] {
  return requests.flatMap(({ body }) =>
    decodeTraces(body).resourceSpans.flatMap(({ resource, scopeSpans }) =>
      scopeSpans.flatMap(({ spans }) =>
        spans.map((span) => {
          const result = fromSpan(span, resource)
          if (!result.ok) throw new Error(`${result.field} ${result.reason}`)
          return result.call
        }),
      ),
    ),
  )
}

export interface ReadRecord extends LogRecord {
  readonly serviceName: unknown
}

export function readRecords(requests: readonly TakenRequest[]): ReadRecord[] {
  return requests.flatMap(({ body }) =>
    decodeLogs(body).resourceLogs.flatMap(({ resource, scopeLogs }) =>
      scopeLogs.flatMap(({ logRecords }) =>
        logRecords.map((record) => ({ ...record, serviceName: resource.attributes.get('service.name') })),
      ),
    ),
  )
}
