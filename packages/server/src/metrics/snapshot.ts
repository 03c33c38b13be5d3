import { MalformedBytes } from './byte-reader.ts'
import type { Family, Registry } from './registry.ts'
import { decodeSnapshot, encodeSnapshot, type SavedMetric } from './snapshot-format.ts'

/** What of a snapshot did not fit the metrics of today. */
export interface SnapshotProblem {
  readonly metric: string
  /**
   * `unknown` and `type_changed`: its series were left out.
   * `labels_changed`: kept; a label that is gone is summed over, a new one is empty, so totals stay right.
   * `buckets_changed`: kept; each bucket went whole to the one that holds its upper bound. Bounds that both have, count,
   * sum and native buckets stay exact.
   */
  readonly problem: 'unknown' | 'type_changed' | 'labels_changed' | 'buckets_changed'
}

export type RestoreResult =
  | { readonly ok: true; readonly series: number; readonly problems: readonly SnapshotProblem[] }
  /** Nothing was restored. */
  | { readonly ok: false; readonly why: string }

/**
 * Every counter and histogram of the registry, exactly. Gauges and exemplars are left out: they speak of the moment, and
 * so does a counter that is only shown (`registry.gauge`).
 */
export function takeSnapshot(registry: Registry): Uint8Array {
  return encodeSnapshot(registry.families().filter((family) => family.kind !== 'gauge'))
}

/** Adds what the snapshot holds to the registry, which has its metrics registered and, as a rule, nothing counted yet. */
export function restore(registry: Registry, snapshot: Uint8Array): RestoreResult {
  let saved: SavedMetric[]
  try {
    saved = decodeSnapshot(snapshot)
  } catch (error) {
    if (error instanceof MalformedBytes) return { ok: false, why: error.message }
    throw error
  }
  const byName = new Map(registry.families().map((family) => [family.definition.name, family]))
  const problems: SnapshotProblem[] = []
  let series = 0
  for (const metric of saved) {
    const problem = restoreMetric(byName.get(metric.name), metric)
    if (problem !== undefined) problems.push({ metric: metric.name, problem })
    if (problem !== 'unknown' && problem !== 'type_changed') series += metric.series.length
  }
  return { ok: true, series, problems }
}

function restoreMetric(family: Family | undefined, saved: SavedMetric): SnapshotProblem['problem'] | undefined {
  if (family === undefined) return 'unknown'
  const place = placeLabels(saved.labels, family.definition.labels)
  const labelsProblem = sameList(saved.labels, family.definition.labels) ? undefined : 'labels_changed'
  if (saved.kind === 'counter' && family.kind === 'counter' && saved.partsPerUnit === family.partsPerUnit) {
    for (const { labelValues, state } of saved.series) family.series(place(labelValues)).merge(state)
    return labelsProblem
  }
  if (saved.kind === 'histogram' && family.kind === 'histogram') {
    for (const { labelValues, state } of saved.series) family.series(place(labelValues)).merge(state)
    return labelsProblem ?? (sameList(saved.bounds, family.bounds) ? undefined : 'buckets_changed')
  }
  return 'type_changed'
}

/** Label values in today's order; that of a label the snapshot does not know is empty, which Prometheus reads as absent. */
function placeLabels(
  saved: readonly string[],
  today: readonly string[],
): (labelValues: readonly string[]) => readonly string[] {
  const positions = today.map((label) => saved.indexOf(label))
  return (labelValues) => positions.map((position) => labelValues[position] ?? '')
}

function sameList<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i])
}
