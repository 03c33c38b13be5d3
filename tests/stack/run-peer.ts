/** Runs one of the real programs that tools/build-peers.mjs builds, on ports that stay the same across a restart. */
import { type ChildProcess, spawn } from 'node:child_process'
import { findPeer } from '../../tools/peers/list.mjs'
import { end } from '../harness/prometheus.ts'
import { waitUntil } from '../harness/wait-until.ts'

/** Only to tell a start from a hang. */
const readyWithinMs = 60_000

export interface PeerOptions {
  readonly binary: string
  readonly args: readonly string[]
  /** Answers with this status, 200 where not said otherwise, when it takes requests. */
  readonly readyUrl: string
  readonly readyStatus?: number
}

export interface Peer {
  start(): Promise<void>
  stop(signal?: NodeJS.Signals): Promise<void>
  readonly pid: () => number | undefined
}

/** Says what is left out when a program was not built. */
export function hasPeers(binaries: readonly string[], what: string): boolean {
  const missing = binaries.filter((binary) => findPeer(binary) === undefined)
  if (missing.length > 0)
    console.log(`left out: ${what}, because ${missing.join(' and ')} is not built (npm run test:stack)`)
  return missing.length === 0
}

export function createPeer({ binary, args, readyUrl, readyStatus = 200 }: PeerOptions): Peer {
  const path = findPeer(binary)
  if (path === undefined) throw new Error(`BUG: ${binary} is not built`)
  let child: ChildProcess | null = null
  let log = ''
  return {
    pid: () => child?.pid,
    async start() {
      const started = spawn(path, args, { stdio: ['ignore', 'pipe', 'pipe'] })
      child = started
      for (const stream of [started.stdout, started.stderr])
        stream.setEncoding('utf8').on('data', (text: string) => {
          log = (log + text).slice(-4_000)
        })
      const isReady = async () => {
        if (started.exitCode !== null || started.signalCode !== null) throw new Error(`it ended: ${log}`)
        return (await fetch(readyUrl)).status === readyStatus
      }
      await waitUntil(`${binary} is ready`, isReady, readyWithinMs)
    },
    async stop(signal) {
      if (child) await end(child, signal)
    },
  }
}
