/** What the instrument asks of a policy. `createSafety` of the entry `safety` makes one: the scanner and its patterns are loaded by those who use them. */
import type { Finding, LlmCall, Message } from '@inferometer/core/call'
import type { MaskText } from '@inferometer/core/scan/mask-text'
import type { BlockedError } from './blocked-error.ts'

/** What is looked through of a call. */
export type CallTexts = Pick<LlmCall, 'content' | 'toolCalls'>

export interface Safety {
  /** Some prompts are not to leave. */
  readonly blocks: boolean
  /** Answers are looked through, so they must be read. */
  readonly readsAnswers: boolean
  /** Everything that is recorded is to be masked. */
  readonly masks: boolean
  readonly mask: MaskText
  /** Null: it may leave. */
  check(prompt: readonly Message[]): BlockedError | null
  find(call: CallTexts): readonly Finding[]
}

export function isSafety(value: unknown): value is Safety {
  return typeof value === 'object' && value !== null && 'check' in value && 'find' in value && 'mask' in value
}
