import { selfMetrics } from '@inferometer/core/metrics'
import type { Counter } from './counter.ts'
import type { Gauge } from './gauge.ts'
import type { Histogram } from './histogram.ts'
import type { Registry } from './registry.ts'

/** The server's own metrics, but for the two that the registry keeps of itself. Labels as in the catalogue. */
export interface SelfMetrics {
  readonly received: Counter
  readonly recorded: Counter
  readonly duplicates: Counter
  readonly ignored: Counter
  readonly rejected: Counter
  readonly forwarded: Counter
  readonly outboxDepth: Gauge
  readonly outboxLag: Gauge
  readonly forwardFailed: Counter
  readonly forwardPoisoned: Counter
  readonly storeCommit: Histogram
  readonly configReloads: Counter
  readonly detectorCalls: Counter
  readonly retentionDropped: Counter
  readonly budgetSpent: Gauge
  readonly budgetPace: Gauge
  readonly budgetLimit: Gauge
  readonly budgetExceeded: Gauge
}

export function createSelfMetrics(registry: Registry): SelfMetrics {
  return {
    received: registry.counter(selfMetrics.received),
    recorded: registry.counter(selfMetrics.recorded),
    duplicates: registry.counter(selfMetrics.duplicates),
    ignored: registry.counter(selfMetrics.ignored),
    rejected: registry.counter(selfMetrics.rejected),
    forwarded: registry.counter(selfMetrics.forwarded),
    outboxDepth: registry.gauge(selfMetrics.outboxDepth),
    outboxLag: registry.gauge(selfMetrics.outboxLag),
    forwardFailed: registry.counter(selfMetrics.forwardFailed),
    forwardPoisoned: registry.counter(selfMetrics.forwardPoisoned),
    storeCommit: registry.histogram(selfMetrics.storeCommit),
    configReloads: registry.counter(selfMetrics.configReloads),
    detectorCalls: registry.counter(selfMetrics.detectorCalls),
    retentionDropped: registry.counter(selfMetrics.retentionDropped),
    budgetSpent: registry.gauge(selfMetrics.budgetSpent),
    budgetPace: registry.gauge(selfMetrics.budgetPace),
    budgetLimit: registry.gauge(selfMetrics.budgetLimit),
    budgetExceeded: registry.gauge(selfMetrics.budgetExceeded),
  }
}
