/** Asks a running server. One process only may open the store, so commands go through its API. */
import type { Chosen } from './program.ts'
import { findServer } from './state-file.ts'

/** Where the API should be: where flags or variables say, else where the state file says, else the default. */
export async function findApi(chosen: Chosen): Promise<string> {
  const { host = '127.0.0.1', apiPort } = chosen
  if (apiPort !== undefined || chosen.host !== undefined) return `http://${formatHost(host)}:${apiPort ?? 8002}`
  const server = await findServer(chosen.dataDir)
  return server?.addresses.api ?? 'http://127.0.0.1:8002'
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

function parseOrText(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
