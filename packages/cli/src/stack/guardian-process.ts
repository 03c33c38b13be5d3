/** See guardian.ts. Its parent's end closes the channel between them, however the parent ended. */
import { setTimeout as sleep } from 'node:timers/promises'
import { readProcessIdentity } from '../process-identity.ts'
import type { GuardianOrder } from './guardian.ts'

const endsWithinMs = 10_000
const pollMs = 100

/** Process → its identity, so that nobody else's is ended. */
const guarded = new Map<number, Promise<string | null>>()

process.on('message', ({ kind, pid }: GuardianOrder) => {
  if (kind === 'add') guarded.set(pid, readProcessIdentity(pid))
  else guarded.delete(pid)
})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)
process.once('disconnect', async () => {
  for (const pid of guarded.keys()) await signalGroup(pid, 'SIGTERM')
  const deadline = performance.now() + endsWithinMs
  while (performance.now() < deadline && (await countLeft()) > 0) await sleep(pollMs)
  for (const pid of guarded.keys()) await signalGroup(pid, 'SIGKILL')
  process.exit(0)
})

async function isThere(pid: number): Promise<boolean> {
  const identity = await guarded.get(pid)
  return identity !== undefined && identity !== null && (await readProcessIdentity(pid)) === identity
}

async function countLeft(): Promise<number> {
  const there = await Promise.all([...guarded.keys()].map(isThere))
  return there.filter(Boolean).length
}

async function signalGroup(pid: number, signal: NodeJS.Signals): Promise<void> {
  if (!(await isThere(pid))) return
  try {
    process.kill(-pid, signal)
  } catch {
    // Ended since we looked.
    guarded.delete(pid)
  }
}
