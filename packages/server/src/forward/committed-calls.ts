import type { LlmCall } from '@inferometer/core/call'

export interface CommittedCall {
  readonly seq: number
  readonly call: LlmCall
}

/** The committed calls, as the store keeps them. */
export interface CommittedCalls {
  /** Every call with a greater seq, ascending, in batches, until 'stop'. */
  readAfter(seq: number, onBatch: (batch: readonly CommittedCall[]) => Promise<'stop' | undefined>): Promise<void>
  state(): { readonly lastSeq: number }
}
