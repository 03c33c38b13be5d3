/** Receives what the SDK sends in a probe, so that a call can be proved to arrive without touching the user's own numbers. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import { attribute } from '@inferometer/core/attributes'
import type { Span } from '@inferometer/core/otlp/model'
import { decodeTraces } from '@inferometer/core/otlp/traces'

export interface SeenCall {
  readonly model: string
  readonly inputTokens: number | null
  readonly outputTokens: number | null
}

export interface Collector {
  readonly url: string
  readonly seen: readonly SeenCall[]
  close(): Promise<void>
}

export async function startCollector(): Promise<Collector> {
  const seen: SeenCall[] = []
  const server = createServer(async (request, response) => {
    const body = await buffer(request)
    try {
      const plain = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body
      for (const { scopeSpans } of decodeTraces(plain).resourceSpans)
        for (const { spans } of scopeSpans) seen.push(...spans.map(readCall))
      response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end()
    } catch (error) {
      response.writeHead(400).end(String(error))
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function readCall({ attributes }: Span): SeenCall {
  const count = (name: string) => {
    const value = attributes.get(name)
    return typeof value === 'number' ? value : null
  }
  return {
    model: String(attributes.get(attribute.requestModel) ?? 'unknown'),
    inputTokens: count(attribute.inputTokens),
    outputTokens: count(attribute.outputTokens),
  }
}
