/** What is counted of every recorded call: the registry, and in the tally those that a restart counts again. */
import type { Totals } from './ledger.ts'
import { createCallMetrics } from './metrics/call-metrics.ts'
import type { Registry } from './metrics/registry.ts'
import { restore, takeSnapshot } from './metrics/snapshot.ts'
import type { Tally } from './self/tally.ts'

export interface TotalsSetup {
  readonly registry: Registry
  readonly tally: Tally
  readonly now: () => number
}

export function createTotals({ registry, tally, now }: TotalsSetup): Totals {
  const callMetrics = createCallMetrics(registry, now)
  return {
    count: (call) => callMetrics.record(call),
    countRecovered(call) {
      callMetrics.record(call)
      tally.recorded('recovered', 1)
    },
    take: () => takeSnapshot(registry),
    restore: (snapshot) => restore(registry, snapshot),
  }
}
