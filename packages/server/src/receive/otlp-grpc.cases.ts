/** Clients of the gRPC port: the real one, and one that sends what the real one never would. */
import { connect as connectHttp2, type IncomingHttpHeaders } from 'node:http2'
import {
  Client,
  type ClientOptions,
  credentials,
  status as grpcStatus,
  Metadata,
  type ServiceError,
} from '@grpc/grpc-js'
import { afterEach } from 'vitest'
import type { App } from '../app.ts'

const traceService = 'trace.v1.TraceService'
export const gzip: ClientOptions = { 'grpc.default_compression_algorithm': 2 }

const clients: Client[] = []
afterEach(() => {
  for (const client of clients.splice(0)) client.close()
})

export function portOf(app: App): number {
  const [address] = app.otlpGrpc.addresses()
  if (address === undefined) throw new Error('BUG: the app does not listen')
  return address.port
}

/** Closed after the test. */
export function connect(port: number, options: ClientOptions = {}): Client {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), options)
  clients.push(client)
  return client
}

interface Sending {
  readonly service?: string
  readonly headers?: Record<string, string>
  readonly timeoutMs?: number
}

interface Answer {
  readonly code: number
  readonly body: Buffer | undefined
  readonly error: ServiceError | null
}

export function send(
  client: Client,
  body: Buffer,
  { service = traceService, headers = {}, timeoutMs = 10_000 }: Sending = {},
) {
  const metadata = new Metadata()
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value)
  return new Promise<Answer>((resolve) => {
    client.makeUnaryRequest(
      `/opentelemetry.proto.collector.${service}/Export`,
      (bytes: Buffer) => bytes,
      (bytes: Buffer) => bytes,
      body,
      metadata,
      { deadline: Date.now() + timeoutMs },
      (error, answer) => resolve({ code: error?.code ?? grpcStatus.OK, body: answer, error }),
    )
  })
}

/** The server may hang up on a client like this one. */
const ignoreReset = () => undefined

/** What no gRPC client would send. */
export function openStream(app: App, headers: Record<string, string>) {
  const session = connectHttp2(`http://127.0.0.1:${portOf(app)}`)
  session.on('error', ignoreReset)
  const stream = session.request({
    ':method': 'POST',
    ':path': `/opentelemetry.proto.collector.${traceService}/Export`,
    'content-type': 'application/grpc',
    te: 'trailers',
    ...headers,
  })
  stream.on('error', ignoreReset)
  return { session, stream }
}

export async function sendRaw(app: App, { headers, frame }: { headers: Record<string, string>; frame: Buffer }) {
  const { session, stream } = openStream(app, headers)
  const answer = new Promise<IncomingHttpHeaders>((resolve) => stream.once('response', resolve))
  stream.end(frame)
  const answered = await answer
  session.destroy()
  return answered
}

export function toFrame(body: Buffer, compressedFlag: number): Buffer {
  const head = Buffer.from([compressedFlag, 0, 0, 0, 0])
  head.writeUInt32BE(body.length, 1)
  return Buffer.concat([head, body])
}
