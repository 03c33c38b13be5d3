import type { LlmCall } from '@inferometer/core/call'

/** Something that was committed and is handed over: a call, or a node of a trace. */
export interface Committed<T> {
  readonly seq: number
  readonly call: T
}

export type CommittedCall = Committed<LlmCall>

/** What is committed, in its order, as the store keeps it. */
export interface CommittedItems<T> {
  /** Everything with a greater seq, ascending, in batches, until 'stop'. */
  readAfter(seq: number, onBatch: (batch: readonly Committed<T>[]) => Promise<'stop' | undefined>): Promise<void>
  state(): { readonly lastSeq: number }
}

export type CommittedCalls = CommittedItems<LlmCall>

/** What an outbox must know of an item, whatever it is. */
export interface Forwardable {
  readonly traceId: string
  readonly spanId: string
  readonly startTimeUs: number
}

export interface Measures<T> {
  readonly durationMs: (item: T) => number
  /** Characters of its texts, which make the difference in size. */
  readonly textChars: (item: T) => number
}
