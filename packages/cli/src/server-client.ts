/** Asks a running server. One process only may open the store, so commands go through its API. */
import type { Chosen } from './chosen.ts'
import { findServer } from './state-file.ts'

/** Base addresses of a server, without a trailing slash. */
export interface ServerAddresses {
  readonly api: string
  readonly metrics: string
  readonly otlpHttp: string
}

/** Where the server is: where flags or variables say, else where its state file says, else where servers are by default. */
export async function findAddresses(chosen: Chosen): Promise<ServerAddresses> {
  const found = (await findServer(chosen.dataDir))?.addresses ?? {}
  const host = formatHost(chosen.host ?? '127.0.0.1')
  const scheme = chosen.tlsCert === undefined ? 'http' : 'https'
  const choose = (given: number | undefined, fromState: string | undefined, byDefault: number) =>
    given === undefined && chosen.host === undefined && fromState !== undefined
      ? fromState
      : `${scheme}://${host}:${given ?? byDefault}`
  return {
    api: choose(chosen.apiPort, found.api, 8002),
    metrics: choose(chosen.metricsPort, found.metrics, 9464),
    otlpHttp: choose(chosen.otlpHttpPort, found.otlpHttp, 4318),
  }
}

export function formatHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}

export interface ServerAnswer {
  readonly status: number
  readonly body: unknown
}

const timeoutMs = 5_000

/** Null: nothing answers there. */
export async function askServer(url: string, apiKey: string | undefined): Promise<ServerAnswer | null> {
  const headers: Record<string, string> = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }
  try {
    const response = await fetch(url, { headers, signal: AbortSignal.timeout(timeoutMs) })
    const text = await response.text()
    return { status: response.status, body: parseOrText(text) }
  } catch {
    return null
  }
}

/** Longer than any question over the whole store takes. */
const questionTimeoutMs = 600_000

/** Asks with a body. Null: nothing answers there. */
export async function postServer(url: string, body: unknown, apiKey: string | undefined): Promise<ServerAnswer | null> {
  const key: Record<string, string> = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }
  const headers = { ...key, 'content-type': 'application/json' }
  try {
    const signal = AbortSignal.timeout(questionTimeoutMs)
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body), signal })
    return { status: response.status, body: parseOrText(await response.text()) }
  } catch {
    return null
  }
}

function parseOrText(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
