import { readRetryAfterMs } from '../attempts.ts'
import type { Config } from '../config.ts'
import { judgeStatus, type Transport } from './retry.ts'

const timeoutMs = 10_000

/** For runtimes without Node's http. `fetch` must be the original one, so that no export is watched. */
export function createFetchTransport(fetch: typeof globalThis.fetch, config: Config): Transport {
  return async (body) => {
    try {
      const response = await fetch(config.endpoint, {
        method: 'POST',
        headers: { ...config.headers, 'content-type': 'application/x-protobuf', ...(config.gzip ? gzipHeader : {}) },
        body: config.gzip ? await compress(body) : new Uint8Array(body),
        signal: AbortSignal.timeout(timeoutMs),
      })
      await response.arrayBuffer()
      return judgeStatus(
        response.status,
        readRetryAfterMs((name) => response.headers.get(name), Date.now()),
      )
    } catch {
      return { kind: 'retry', reason: 'unreachable', retryAfterMs: null }
    }
  }
}

const gzipHeader = { 'content-encoding': 'gzip' }

async function compress(body: Uint8Array): Promise<ArrayBuffer> {
  const stream = new Response(new Uint8Array(body)).body?.pipeThrough(new CompressionStream('gzip'))
  return new Response(stream).arrayBuffer()
}
