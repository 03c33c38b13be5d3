/** Connects the forward stage with the store and the registry. */
import { constants } from 'node:fs'
import { access, mkdir } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { FastifyBaseLogger } from 'fastify'
import type { ServerConfig } from './config.ts'
import { type Destinations, type Forwarder, openForwarder } from './forward/forwarder.ts'
import { completeEndpoint } from './forward-config.ts'
import { listSamples } from './metrics/list-samples.ts'
import type { Registry } from './metrics/registry.ts'
import type { SelfMetrics } from './metrics/self-metrics.ts'
import type { CallStore } from './store/store.ts'

export interface ForwardingSetup {
  readonly config: ServerConfig
  readonly store: Pick<CallStore, 'readAfter' | 'readNodesAfter' | 'state'>
  readonly registry: Registry
  readonly self: SelfMetrics
  readonly logger: FastifyBaseLogger
  readonly version: string
  readonly now: () => number
}

/** Throws `Cannot start: …` when the folder of the cursors cannot be used, before anything else is open. */
export async function checkForwarding(config: ServerConfig): Promise<ServerConfig> {
  if (Object.keys(config.forward).length === 0) return config
  const dir = findDir(config)
  try {
    await mkdir(dir, { recursive: true })
    await access(dir, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (error) {
    throw new Error(
      `Cannot start: forwarding needs the folder ${dir}: ${error instanceof Error ? error.message : error}`,
    )
  }
  return config
}

const findDir = ({ dataDir }: ServerConfig): string => join(dataDir, 'forward')

/** Starts to forward what is committed. Call it when everything that was committed before is counted. */
export async function openForwarding(setup: ForwardingSetup): Promise<Forwarder> {
  const { config, store, registry, self, logger, version, now } = setup
  const forwarder = await openForwarder({
    destinations: toDestinations(config.forward),
    calls: store,
    nodes: {
      readAfter: (seq, onBatch) =>
        store.readNodesAfter(seq, (batch) => onBatch(batch.map((stored) => ({ seq: stored.seq, call: stored.node })))),
      state: () => ({ lastSeq: store.state().lastNodeSeq }),
    },
    listSamples: () => listSamples(registry.collect()),
    // What a scrape would add.
    labels: [
      ['job', 'inferometer'],
      ['instance', config.metricsPort === 0 ? hostname() : `${hostname()}:${config.metricsPort}`],
    ],
    dir: findDir(config),
    version,
    counters: self,
    logger,
    now,
  })
  registry.onCollect(() => {
    for (const { name, pendingCalls, lagSeconds } of forwarder.state()) {
      self.outboxDepth.set([name], pendingCalls)
      self.outboxLag.set([name], lagSeconds)
    }
  })
  return forwarder
}

function toDestinations({ traces, logs, remoteWrite }: ServerConfig['forward']): Destinations {
  return {
    ...(traces && { traces: { ...traces, endpoint: completeEndpoint(traces.endpoint, '/v1/traces') } }),
    ...(logs && { logs: { ...logs, endpoint: completeEndpoint(logs.endpoint, '/v1/logs') } }),
    ...(remoteWrite && { remoteWrite }),
  }
}

/** For the health answer. */
export function describeForwarding(forwarder: Forwarder) {
  return {
    destinations: forwarder.state().map(({ name, pendingCalls, lagSeconds, problem }) => ({
      name,
      pending_calls: pendingCalls,
      lag_seconds: lagSeconds,
      problem,
    })),
  }
}
