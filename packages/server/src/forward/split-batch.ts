import type { LlmCall } from '@inferometer/core/call'
import type { Committed } from './committed-calls.ts'
export interface BatchLimits {
  readonly calls: number
  /** Estimated, before compression. */
  readonly bytes: number
}

/** Loki and Tempo take 4 MB in one message between their own parts; a character of text may become three bytes. */
export const defaultBatch: BatchLimits = { calls: 512, bytes: 1024 * 1024 }

/** What a call takes on the wire besides its texts: about forty attributes. */
const bareCallBytes = 1_500

/** Consecutive parts of at most so many items and bytes; one that is larger by itself is a part of its own. */
export function* splitBatch<T>(
  batch: readonly Committed<T>[],
  limits: BatchLimits,
  textChars: (item: T) => number,
): Generator<readonly Committed<T>[]> {
  let start = 0
  let bytes = 0
  for (const [index, { call }] of batch.entries()) {
    const itemBytes = bareCallBytes + textChars(call)
    const isFull = index - start >= limits.calls || bytes + itemBytes > limits.bytes
    if (isFull && index > start) {
      yield batch.slice(start, index)
      start = index
      bytes = 0
    }
    bytes += itemBytes
  }
  if (start < batch.length) yield batch.slice(start)
}

export function countTextChars({ content, errorMessage, toolCalls, findings }: LlmCall): number {
  let chars = (errorMessage?.length ?? 0) + (content?.output?.length ?? 0) + findings.length * 80
  for (const { text } of content?.input ?? []) chars += text.length
  for (const tool of toolCalls) chars += tool.name.length + (tool.arguments?.length ?? 0)
  return chars
}
