/** `inferometer demo`: made-up services ask a fake provider on this machine, watched by the SDK, shown by the server. */
import { type ChildProcess, fork } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Chosen } from './chosen.ts'
import { startFakeProvider } from './demo/fake-provider.ts'
import { type DemoService, services } from './demo/services.ts'
import { formatTotals, readTotals, subtractTotals, type Totals } from './demo/totals.ts'
import type { TrafficOrders } from './demo/traffic-process.ts'
import type { Environment } from './environment.ts'
import { createProgress } from './progress.ts'
import { askServer, findAddresses, type ServerAddresses } from './server-client.ts'

export interface DemoFlags {
  /** Seconds; until a signal when not given. */
  readonly duration?: number
  /** Calls per second. */
  readonly rate: number
  readonly seed: number
}

const shownEveryMs = 1_000
const childPatienceMs = 8_000
const serviceNames = new Set(services.map((service) => service.name))

export async function runDemo(chosen: Chosen, environment: Environment, flags: DemoFlags): Promise<number> {
  const server = await findAddresses(chosen)
  const readNow = () => readServerTotals(server, chosen.apiKey)
  const before = await readNow()
  if (before === null)
    throw new Error(
      `Cannot run the demo: no server answers at ${server.metrics}. Start one in another terminal: inferometer start`,
    )
  const stopped = stopOnSignal(flags.duration)
  const provider = await startFakeProvider({ seed: flags.seed, ledger: false })
  console.log(`${services.length} services call a fake provider, ${flags.rate} calls per second. Ctrl-C ends it.`)
  console.log(`Metrics: ${server.metrics}/metrics`)
  const children = services.map((service) =>
    startService(service, environment, {
      service: service.name,
      providerPort: provider.port,
      endpoint: server.otlpHttp,
      apiKey: chosen.apiKey ?? null,
      callsPerSecond: flags.rate * service.share,
      seed: flags.seed,
    }),
  )
  const progress = createProgress(process.stdout, environment)
  const started = performance.now()
  const show = async () => {
    const now = await readNow()
    progress.show(
      now === null
        ? `No answer from ${server.metrics} at the moment`
        : formatTotals(performance.now() - started, subtractTotals(now, before)),
    )
  }
  while (!stopped.aborted) {
    await sleep(shownEveryMs, null, { signal: stopped }).catch(() => null)
    await show()
  }
  await Promise.all(children.map(endService))
  await provider.close()
  await show()
  progress.end()
  return 0
}

async function readServerTotals(server: ServerAddresses, apiKey: string | undefined): Promise<Totals | null> {
  const answer = await askServer(`${server.metrics}/metrics`, apiKey)
  if (answer === null) return null
  if (answer.status !== 200)
    throw new Error(`Cannot run the demo: ${server.metrics}/metrics answered with status ${answer.status}`)
  return readTotals(String(answer.body), serviceNames)
}

function stopOnSignal(durationSeconds: number | undefined): AbortSignal {
  const stop = new AbortController()
  process.once('SIGINT', () => stop.abort())
  process.once('SIGTERM', () => stop.abort())
  if (durationSeconds !== undefined) setTimeout(() => stop.abort(), durationSeconds * 1_000).unref()
  return stop.signal
}

function startService(service: DemoService, { variables }: Environment, orders: TrafficOrders): ChildProcess {
  const script = fileURLToPath(new URL('./demo/traffic-process.js', import.meta.url))
  const child = fork(script, [JSON.stringify(orders)], {
    env: variables,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  child.once('exit', (code) => {
    if (code !== 0 && child.connected) console.error(`The service ${service.name} ended with exit code ${code}`)
  })
  return child
}

/** Lets go of the child, which then sends what it has and ends; one that does not is ended. */
async function endService(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  if (child.connected) child.disconnect()
  const patience = setTimeout(() => child.kill('SIGKILL'), childPatienceMs)
  await ended
  clearTimeout(patience)
}
