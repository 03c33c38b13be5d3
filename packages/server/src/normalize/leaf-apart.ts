import { findAbove, type Outcome, type Trace, withoutContent } from './leaf-trace.ts'

/**
 * Nothing to be weighed: one instrumentation, at the wire, and none of its calls above another. Nearly all traces are
 * of this kind, and taking them apart costs several times as much.
 */
export function areApart(trace: Trace): boolean {
  let emitter: string | null = null
  for (const [spanId, { seen }] of trace.entries) {
    emitter ??= seen.emitter
    if (seen.layer !== 'wire' || seen.perAttempt || seen.emitter !== emitter) return false
    if (trace.entries.size > 1 && findAbove(trace, spanId) !== null) return false
  }
  return true
}

export function countEach({ entries }: Trace, { counted }: Outcome): void {
  for (const entry of entries.values()) {
    if (entry.state !== 'held' && !entry.sentAgain) continue
    counted.push(entry.seen.call)
    entry.state = 'counted'
    entry.sentAgain = false
    entry.seen = withoutContent(entry.seen)
  }
}
