/** Counts every call and span that comes in, at the moment its fate is known: received = recorded + duplicate + ignored + rejected. */

interface LabelledCounter {
  add(labelValues: readonly string[], amount: number): void
}

export interface TallyCounters {
  readonly received: LabelledCounter
  readonly recorded: LabelledCounter
  readonly duplicates: LabelledCounter
  readonly ignored: LabelledCounter
  readonly rejected: LabelledCounter
}

export interface Tally {
  recorded(source: string, count: number): void
  duplicate(source: string, count: number): void
  ignored(source: string, reasons: ReadonlyMap<string, number>): void
  rejected(source: string, reason: string, count: number): void
}

export function createTally(counters: TallyCounters): Tally {
  const add = (counter: LabelledCounter, labels: readonly [source: string, reason?: string], amount: number) => {
    if (amount === 0) return
    counters.received.add([labels[0]], amount)
    counter.add(
      labels.filter((label) => label !== undefined),
      amount,
    )
  }
  return {
    recorded: (source, count) => add(counters.recorded, [source], count),
    duplicate: (source, count) => add(counters.duplicates, [source], count),
    ignored: (source, reasons) => {
      for (const [reason, count] of reasons) add(counters.ignored, [source, reason], count)
    },
    rejected: (source, reason, count) => add(counters.rejected, [source, reason], count),
  }
}
