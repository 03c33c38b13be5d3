import type { Content, LlmCall, Message } from '@inferometer/core/call'
import { maskCall } from '@inferometer/core/scan/call-texts'
import type { Config } from './config.ts'
import type { Safety } from './safety-policy.ts'

/** The choke point that every prompt, answer, tool argument and error message passes before it is kept. */
export interface ContentKeeper {
  /** Prompts are wanted, and texts of answers where `readsAnswers`. */
  readonly keeps: boolean
  readonly readsAnswers: boolean
  keepText(text: string | null): string | null
  /** What says how a call ended, which is a word of the provider; unless it sent a sentence in its place. */
  keepCode(code: string | null): string | null
  keep(input: readonly Message[] | null, output: string | null): Content
  /** The last word on a finished call, before it waits anywhere. */
  settle(call: LlmCall): LlmCall
}

type Settings = Pick<Config, 'content' | 'redact' | 'safety'>

export function createContentKeeper({ content, redact, safety }: Settings): ContentKeeper {
  const change = chooseChange(content, redact)
  if (safety !== null) return createGuardedKeeper(safety, content, change)
  const keepText = (text: string | null) => (text === null || change === null ? null : change(text))
  return {
    keeps: change !== null,
    readsAnswers: change !== null,
    keepText,
    keepCode: content === 'full' ? asItIs : keepCode,
    keep: (input, output) => changeContent({ input, output }, keepText),
    settle: (call) => call,
  }
}

/** Texts are gathered as they are, looked through in the finished call, and masked or dropped there. */
function createGuardedKeeper(safety: Safety, content: Config['content'], change: Change | null): ContentKeeper {
  const masks = safety.masks || content === 'redacted'
  // The mask stands in for a redactor that was not given.
  const keepText =
    content === 'off' ? () => null : (text: string | null) => (text === null || change === null ? text : change(text))
  return {
    keeps: true,
    readsAnswers: safety.readsAnswers || content !== 'off',
    keepText: (text) => text,
    keepCode: masks || content === 'full' ? asItIs : keepCode,
    keep: (input, output) => ({ input, output }),
    settle(call) {
      const found = safety.find(call)
      const findings = found.length === 0 ? call.findings : [...call.findings, ...found]
      return { ...changeTexts(masks ? maskCall(call, safety.mask) : call, content, keepText), findings }
    },
  }
}

const asItIs = (text: string | null) => text

/** As all known providers write them; a number of a person or a card has more digits in a row. */
const codePattern = /^[\w.:#/-]{1,100}$/
const longNumber = /\d{6}/

function keepCode(code: string | null): string | null {
  return code !== null && codePattern.test(code) && !longNumber.test(code) ? code : null
}

type KeepText = (text: string | null) => string | null

function changeTexts(call: LlmCall, policy: Config['content'], keepText: KeepText): LlmCall {
  const { content, toolCalls } = call
  return {
    ...call,
    content: policy === 'off' || content === null ? null : changeContent(content, keepText),
    toolCalls: toolCalls.map((toolCall) => ({ ...toolCall, arguments: keepText(toolCall.arguments) })),
    errorMessage: keepText(call.errorMessage),
  }
}

function changeContent({ input, output }: Content, keepText: KeepText): Content {
  const kept = input?.map(({ role, text }) => ({ role, text: keepText(text) ?? '' })) ?? null
  return { input: kept, output: keepText(output) }
}

type Change = (text: string) => string | null

/** Null: nothing is kept. */
function chooseChange(content: Config['content'], redact: Config['redact']): Change | null {
  if (content === 'full') return (text) => text
  if (content === 'off' || redact === null) return null
  return (text) => {
    try {
      const redacted: unknown = redact(text)
      return typeof redacted === 'string' ? redacted : null
    } catch {
      // A redactor that fails has not looked at all of it.
      return null
    }
  }
}
