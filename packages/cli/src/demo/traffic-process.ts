/**
 * One made-up service: a process of its own, as in life, watched by the SDK. Started by the demo with its orders as the
 * only argument (JSON); ends when its parent lets go of it.
 */
import './local-hosts.ts'
import { setTimeout as sleep } from 'node:timers/promises'
import { runWithContext, start } from '@inferometer/sdk'
import { nextGapMs, planCall } from './plan-call.ts'
import { createRandom, hashText } from './random.ts'
import { services } from './services.ts'

/** What the demo tells a service. */
export interface TrafficOrders {
  readonly service: string
  readonly providerPort: number
  /** OTLP/HTTP address of the server. */
  readonly endpoint: string
  readonly apiKey: string | null
  readonly callsPerSecond: number
  readonly seed: number
}

const mostInFlight = 50
/** How long calls at work may take when the demo ends. */
const finishMs = 3_000

async function run(orders: TrafficOrders): Promise<void> {
  const service = services.find((candidate) => candidate.name === orders.service) ?? services[0]
  const watching = start({
    serviceName: service.name,
    endpoint: orders.endpoint,
    flushIntervalMs: 500,
    spoolDir: false,
    ...(orders.apiKey === null ? {} : { apiKey: orders.apiKey }),
  })
  // Only now: the clients take hold of `fetch` when they are loaded.
  const { createClients } = await import('./clients.ts')
  const clients = createClients(orders.providerPort)
  const random = createRandom(orders.seed ^ hashText(service.name))
  const stopped = new AbortController()
  // Ctrl-C reaches every process of the terminal; only the parent decides when to end.
  process.on('SIGINT', () => undefined)
  process.once('disconnect', () => stopped.abort())
  // It may have let go while the clients were loading.
  if (!process.connected) stopped.abort()
  const started = performance.now()
  let inFlight = 0
  while (!stopped.signal.aborted) {
    await sleep(nextGapMs(random, orders.callsPerSecond), null, { signal: stopped.signal }).catch(() => null)
    const call = planCall(service, random, performance.now() - started)
    if (stopped.signal.aborted || inFlight >= mostInFlight) continue
    inFlight++
    const { userId, sessionId, tags } = call
    runWithContext({ userId, sessionId, tags }, () => clients[call.kind.client](call))
      // A failed call is part of the play: the SDK has seen it, and so will the dashboards.
      .catch(() => undefined)
      .finally(() => {
        inFlight--
      })
  }
  const deadline = performance.now() + finishMs
  while (inFlight > 0 && performance.now() < deadline) await sleep(50)
  await watching.shutdown()
  process.exit(0)
}

const orders: TrafficOrders = JSON.parse(process.argv[2] ?? '{}')
await run(orders)
