/** `inferometer stop` */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Chosen } from './chosen.ts'
import { readProcessIdentity } from './process-identity.ts'
import { findServer } from './state-file.ts'

const patienceMs = 30_000

/** Signals only the very process that wrote the state file: a number that was given to another process since is left alone. */
export async function stop({ dataDir }: Chosen): Promise<number> {
  const server = await findServer(dataDir)
  if (server === null) {
    console.log(`No server is running on ${dataDir}`)
    return 0
  }
  process.kill(server.pid, 'SIGTERM')
  const deadline = Date.now() + patienceMs
  while ((await readProcessIdentity(server.pid)) === server.identity) {
    if (Date.now() > deadline)
      throw new Error(`Cannot stop the server: process ${server.pid} has not ended in ${patienceMs / 1_000} seconds`)
    await sleep(50)
  }
  console.log(`Stopped the server (process ${server.pid})`)
  return 0
}
