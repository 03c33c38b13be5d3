import type { LlmCall } from '@inferometer/core/call'
import { normalizeFinishReason } from '@inferometer/core/wire/finish-reason'

export type Finish = Pick<LlmCall, 'finishReason' | 'finishReasonRaw'>

const unknownFinish: Finish = { finishReason: null, finishReasonRaw: null }

/** Words that emitters write when the provider gave no reason. */
const placeholders = new Set(['', 'unknown', 'none', 'null', 'undefined', 'unspecified', 'finish_reason_unspecified'])

/**
 * The reason of the first choice. `STOP`, `tool-calls` and `FinishReason.STOP` are spellings of the same words. `completed` is a
 * status of OpenAI's Responses, which have no reason: with tool calls, these are why it stopped.
 */
export function toFinish(reasons: readonly string[], hasToolCalls: boolean): Finish {
  const raw = reasons.find((reason) => !placeholders.has(toWord(reason)))
  if (raw === undefined) return unknownFinish
  const word = toWord(raw)
  const finishReason = word === 'completed' && hasToolCalls ? 'tool_calls' : normalizeFinishReason(word)
  return { finishReason, finishReasonRaw: raw }
}

function toWord(reason: string): string {
  const plain = reason.replaceAll('"', '').trim()
  return plain
    .slice(plain.lastIndexOf('.') + 1)
    .replaceAll('-', '_')
    .toLowerCase()
}
