/** `server.json` in the data directory: which process serves it, and where. Written at start, removed at stop. */
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readProcessIdentity } from './process-identity.ts'

export interface ServerState {
  readonly pid: number
  /** See process-identity.ts. */
  readonly identity: string | null
  readonly startedAt: string
  /** What listens where: name → base address. */
  readonly addresses: Readonly<Record<string, string>>
}

function stateFilePath(dataDir: string): string {
  return join(dataDir, 'server.json')
}

export async function writeState(dataDir: string, state: ServerState): Promise<void> {
  await mkdir(dataDir, { recursive: true })
  const path = stateFilePath(dataDir)
  const unfinished = `${path}.${state.pid}`
  await writeFile(unfinished, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 })
  await rename(unfinished, path)
}

export async function removeState(dataDir: string): Promise<void> {
  await rm(stateFilePath(dataDir), { force: true })
}

/** The server that serves this folder now. Null when there is none: no file, or the file of a process that is gone. */
export async function findServer(dataDir: string): Promise<ServerState | null> {
  const text = await readFile(stateFilePath(dataDir), 'utf8').catch(() => null)
  const state = text === null ? null : parseState(text)
  if (state === null) return null
  const identity = await readProcessIdentity(state.pid)
  return identity !== null && identity === state.identity ? state : null
}

function parseState(text: string): ServerState | null {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // A half-written file cannot happen (rename), an edited one can: it proves nothing about any process.
    return null
  }
  if (typeof value !== 'object' || value === null) return null
  const state = value as Partial<ServerState>
  if (!Number.isInteger(state.pid) || typeof state.addresses !== 'object' || state.addresses === null) return null
  return state as ServerState
}
