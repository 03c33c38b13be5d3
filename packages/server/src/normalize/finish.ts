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
  for (const raw of reasons) {
    const word = findWord(raw)
    if (placeholders.has(word)) continue
    const finishReason = word === 'completed' && hasToolCalls ? 'tool_calls' : normalizeFinishReason(word)
    return { finishReason, finishReasonRaw: toBare(raw) }
  }
  return unknownFinish
}

const rememberedWords = 1_000
const longestRemembered = 64
const words = new Map<string, string>()

function findWord(reason: string): string {
  const known = words.get(reason)
  if (known !== undefined) return known
  const word = toWord(reason)
  if (reason.length <= longestRemembered && words.size < rememberedWords) words.set(reason, word)
  return word
}

/** Without what Python and JSON write around a text: `['stop']`, `("length",)`, `<FinishReason.STOP: 1>`. */
function toBare(reason: string): string {
  return /[\p{L}\d_][^"',:()[\]<>]*/u.exec(reason)?.[0].trim() ?? reason
}

/** `FinishReason.MAX_TOKENS`, `FINISH_REASON_MAX_TOKENS`, `max-tokens` and `maxTokens` are one word. */
function toWord(reason: string): string {
  const bare = toBare(reason)
  return bare
    .slice(bare.lastIndexOf('.') + 1)
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .replaceAll('-', '_')
    .toLowerCase()
    .replace(/^(?:finish|stop)_reason_(?!unspecified)/, '')
}
