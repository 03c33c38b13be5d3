import type { LlmCall } from '@inferometer/core/call'
import { normalizeFinishReason } from '@inferometer/core/wire/finish-reason'

export type Finish = Pick<LlmCall, 'finishReason' | 'finishReasonRaw'>

const unknownFinish: Finish = { finishReason: null, finishReasonRaw: null }

/** Words that emitters write when the provider gave no reason. */
const placeholders = new Set(['', 'unknown', 'none', 'null', 'undefined', 'unspecified', 'finish_reason_unspecified'])

/** The reason of the first choice. `STOP`, `tool-calls` and `FinishReason.STOP` are spellings of the same words. */
export function toFinish(reasons: readonly string[]): Finish {
  const raw = reasons.find((reason) => !placeholders.has(toWord(reason)))
  return raw === undefined ? unknownFinish : { finishReason: normalizeFinishReason(toWord(raw)), finishReasonRaw: raw }
}

function toWord(reason: string): string {
  const plain = reason.replaceAll('"', '').trim()
  return plain
    .slice(plain.lastIndexOf('.') + 1)
    .replaceAll('-', '_')
    .toLowerCase()
}
