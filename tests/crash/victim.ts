/** A server in a process of its own on ports and a folder that stay the same, so that it can be killed and started again. */
import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { sourceArguments } from '../../packages/server/src/store/duckdb/start-worker.ts'
import { end, findFreePort } from '../harness/prometheus.ts'
import { waitUntil } from '../harness/wait-until.ts'

/** Only to tell a start from a hang. */
const startMsAtMost = 60_000
const program = fileURLToPath(new URL('./server-process.ts', import.meta.url))

export interface Victim {
  readonly api: string
  readonly otlpHttp: string
  /** host:port */
  readonly otlpGrpc: string
  readonly metrics: string
  /** Resolves when it takes requests, with the milliseconds that took. */
  start(): Promise<number>
  /** Ends it as a power cut would end it. */
  kill(): Promise<void>
  /** Ends it as an operator does. */
  stop(): Promise<void>
}

/** `forwardTo` takes traces and logs; without it nothing is forwarded. */
export async function createVictim(dataDir: string, forwardTo?: string): Promise<Victim> {
  const [apiPort, otlpHttpPort, otlpGrpcPort, metricsPort] = await Promise.all([0, 1, 2, 3].map(() => findFreePort()))
  const ports = { apiPort, otlpHttpPort, otlpGrpcPort, metricsPort }
  const forward = forwardTo === undefined ? {} : { traces: { endpoint: forwardTo }, logs: { endpoint: forwardTo } }
  const settings = { dataDir, configDir: dataDir, logLevel: 'error', ...ports, forward }
  let child: ChildProcess | null = null
  let errors = ''
  return {
    api: `http://127.0.0.1:${apiPort}`,
    otlpHttp: `http://127.0.0.1:${otlpHttpPort}`,
    otlpGrpc: `127.0.0.1:${otlpGrpcPort}`,
    metrics: `http://127.0.0.1:${metricsPort}`,
    async start() {
      const startedMs = performance.now()
      let out = ''
      errors = ''
      const started = spawn(process.execPath, [...sourceArguments, program, JSON.stringify(settings)])
      child = started
      started.stdout.on('data', (data) => {
        out += data
      })
      started.stderr.on('data', (data) => {
        errors += data
      })
      await waitUntil(
        'the server is ready',
        async () => {
          if (started.exitCode !== null || started.signalCode !== null) throw new Error(`it ended: ${errors}`)
          return out.includes('ready')
        },
        startMsAtMost,
      )
      return performance.now() - startedMs
    },
    async kill() {
      if (child) await end(child, 'SIGKILL')
      if (errors !== '') throw new Error(`The server wrote errors before it was killed: ${errors}`)
    },
    async stop() {
      if (child) await end(child)
    },
  }
}
