import type { Content, Finding, LlmCall, Message } from '@inferometer/core/call'
import { maskCall } from '@inferometer/core/scan/call-texts'
import type { MaskText } from '@inferometer/core/scan/mask-text'
import type { Config } from './config.ts'
import type { CallTexts } from './safety-policy.ts'
import type { ScanBeside } from './scan-beside.ts'

/** The choke point that every prompt, answer, tool argument and error message passes before it is kept. */
export interface ContentKeeper {
  /** Prompts are wanted, and texts of answers where `readsAnswers`. */
  readonly keeps: boolean
  readonly readsAnswers: boolean
  keepText(text: string | null): string | null
  /** What says how a call ended, which is a word of the provider; unless it sent a sentence in its place. */
  keepCode(code: string | null): string | null
  keep(input: readonly Message[] | null, output: string | null): Content
  /** The last word on a finished call, before it waits for its export: `record` gets it, now or when its texts were looked through. */
  settle(call: LlmCall, record: (call: LlmCall) => void): void
}

type Settings = Pick<Config, 'content' | 'redact' | 'safety'>

/** `beside` looks through what no `safety` does. */
export function createContentKeeper(
  { content, redact, safety }: Settings,
  beside: ScanBeside | null = null,
): ContentKeeper {
  const change = chooseChange(content, redact)
  if (safety !== null) {
    const { readsAnswers, masks, mask } = safety
    const find: Find = (texts, answer) => answer(safety.find(texts))
    return createLookingKeeper(
      { readsAnswers, mask: masks || content === 'redacted' ? mask : null, find },
      content,
      change,
    )
  }
  if (beside !== null)
    return createLookingKeeper({ readsAnswers: false, mask: null, find: chooseTexts(beside, content) }, content, change)
  const keepText = (text: string | null) => (text === null || change === null ? null : change(text))
  return {
    keeps: change !== null,
    readsAnswers: change !== null,
    keepText,
    keepCode: content === 'full' ? asItIs : keepCode,
    keep: (input, output) => changeContent({ input, output }, keepText),
    settle: (call, record) => record(call),
  }
}

type Find = (texts: CallTexts, answer: (found: readonly Finding[] | null) => void) => void

/** An answer that is not kept is not read for this alone. */
function chooseTexts({ find }: ScanBeside, policy: Config['content']): Find {
  if (policy !== 'off') return find
  return ({ content }, answer) =>
    find({ content: { input: content?.input ?? null, output: null }, toolCalls: [] }, answer)
}

interface Look {
  readonly readsAnswers: boolean
  /** Null: nothing is masked. */
  readonly mask: MaskText | null
  readonly find: Find
}

/** Texts are gathered as they are, looked through in the finished call, and masked or dropped there. */
function createLookingKeeper(
  { readsAnswers, mask, find }: Look,
  content: Config['content'],
  change: Change | null,
): ContentKeeper {
  // The mask stands in for a redactor that was not given.
  const kept = content === 'off' ? null : (change ?? (mask === null ? null : asItIs))
  const keepText = (text: string | null) => (text === null || kept === null ? null : kept(text))
  return {
    keeps: true,
    readsAnswers: readsAnswers || content !== 'off',
    keepText: (text) => text,
    keepCode: mask !== null || content === 'full' ? asItIs : keepCode,
    keep: (input, output) => ({ input, output }),
    settle(call, record) {
      // Before the answer comes, so that no text waits here.
      const changed = changeTexts(mask === null ? call : maskCall(call, mask), content, keepText)
      find({ content: call.content, toolCalls: call.toolCalls }, (found) =>
        record(found?.length ? { ...changed, findings: [...call.findings, ...found] } : changed),
      )
    },
  }
}

const asItIs = <Text extends string | null>(text: Text) => text

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
