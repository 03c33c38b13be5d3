/** A client that keeps one connection and says whether it was used again. */
import { Agent, request } from 'node:http'
import { decodeStatus, decodeStatusJson, type RpcStatus } from '@inferometer/core/otlp/response'
import { afterEach } from 'vitest'

export const protobufType = 'application/x-protobuf'
export const jsonType = 'application/json'

export interface Sent {
  readonly path?: string
  readonly type?: string | null
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array | string
}

export interface Answer {
  readonly status: number
  /** Without parameters. */
  readonly type: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Buffer
  /** It came over the connection of the answer before. */
  readonly isReused: boolean
}

const agents: Agent[] = []
afterEach(() => {
  for (const agent of agents.splice(0)) agent.destroy()
})

export function openClient(url: string): (sent: Sent) => Promise<Answer> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  agents.push(agent)
  return ({ path = '/v1/traces', type = protobufType, headers = {}, body = '' }) =>
    new Promise((resolve, reject) => {
      const length = String(Buffer.byteLength(body))
      const contentType = type === null ? {} : { 'content-type': type }
      const sent = request(`${url}${path}`, {
        agent,
        method: 'POST',
        headers: { 'content-length': length, ...contentType, ...headers },
      })
      sent.on('error', reject)
      sent.on('response', (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            type: response.headers['content-type']?.split(';')[0] ?? '',
            headers: response.headers,
            body: Buffer.concat(chunks),
            isReused: sent.reusedSocket,
          }),
        )
      })
      sent.end(body)
    })
}

/** The google.rpc.Status of an answer, in the encoding its type says. Throws when it is none. */
export function statusOf({ type, body }: Answer): RpcStatus {
  return type === jsonType ? decodeStatusJson(body.toString()) : decodeStatus(body)
}
