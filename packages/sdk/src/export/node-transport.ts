import http from 'node:http'
import https from 'node:https'
import { promisify } from 'node:util'
import zlib from 'node:zlib'
import { readRetryAfterMs } from '../attempts.ts'
import { startTimer } from '../clock.ts'
import type { Config } from '../config.ts'
import { judgeStatus, type SendResult, type Transport } from './retry.ts'

const timeoutMs = 10_000
const gzip = promisify(zlib.gzip)

export interface NodeTransport {
  readonly send: Transport
  close(): void
}

/** Sockets are unref'd: an export under way never keeps the process alive. */
export function createNodeTransport(config: Config): NodeTransport {
  const url = new URL(config.endpoint)
  const client = url.protocol === 'https:' ? https : http
  const agent = new client.Agent({ keepAlive: true, maxSockets: 1 })
  const post = (body: Uint8Array) =>
    new Promise<SendResult>((resolve) => {
      const unreachable = () => resolve({ kind: 'retry', reason: 'unreachable', retryAfterMs: null })
      const headers = {
        ...config.headers,
        'content-type': 'application/x-protobuf',
        'content-length': String(body.byteLength),
        ...(config.gzip ? { 'content-encoding': 'gzip' } : {}),
      }
      const request = client.request(url, { method: 'POST', agent, headers }, (response) => {
        response.resume()
        const retryAfterMs = readRetryAfterMs((name) => first(response.headers[name]), Date.now())
        response.on('close', () => {
          stopTimer()
          if (response.complete) resolve(judgeStatus(response.statusCode ?? 0, retryAfterMs))
          else unreachable()
        })
      })
      const stopTimer = startTimer(timeoutMs, () => request.destroy())
      request.on('socket', (socket) => socket.unref())
      request.on('error', () => {
        stopTimer()
        unreachable()
      })
      request.end(body)
    })
  return {
    send: async (body) => post(config.gzip ? await gzip(body, { level: 1 }) : body),
    close: () => agent.destroy(),
  }
}

function first(value: string | string[] | undefined): string | null {
  return (Array.isArray(value) ? value[0] : value) ?? null
}
