/** Makes the texts of a call fit where they are to be attributes. */
import type { Content, LlmCall } from '@inferometer/core/call'

export interface FittedCall {
  readonly call: LlmCall
  /** The prompts or answers that are too large to be attributes, whole; null when all fit. */
  readonly spilled: Content | null
}

/** The call whose prompts, answers, error message and lists each take at most about so many bytes as an attribute. */
export function fitTexts(call: LlmCall, attributeBytes: number): FittedCall {
  const { content, errorMessage, toolCalls, findings } = call
  if (content === null && errorMessage === null && toolCalls.length === 0 && findings.length === 0)
    return { call, spilled: null }
  const { kept, spilled } = content === null ? { kept: null, spilled: null } : splitContent(content, attributeBytes)
  return {
    call: {
      ...call,
      content: kept,
      errorMessage: errorMessage === null ? null : cutText(errorMessage, attributeBytes),
      toolCalls: fitToolCalls(toolCalls, attributeBytes),
      findings: fitList(findings, attributeBytes),
    },
    spilled,
  }
}

/** What the message shape of the conventions adds to each text. */
const messageBytes = 60

function splitContent({ input, output }: Content, attributeBytes: number) {
  const inputFits = (input?.length ?? 0) * messageBytes + jsonBytes(input) <= attributeBytes
  const outputFits = messageBytes + jsonBytes(output) <= attributeBytes
  return {
    kept: toContent(inputFits ? input : null, outputFits ? output : null),
    spilled: toContent(inputFits ? null : input, outputFits ? null : output),
  }
}

function toContent(input: Content['input'], output: Content['output']): Content | null {
  return input === null && output === null ? null : { input, output }
}

/** Arguments go first: what was called is worth more than with what. */
function fitToolCalls(toolCalls: LlmCall['toolCalls'], attributeBytes: number): LlmCall['toolCalls'] {
  if (jsonBytes(toolCalls) <= attributeBytes) return toolCalls
  return fitList(
    toolCalls.map((tool) => ({ ...tool, arguments: null })),
    attributeBytes,
  )
}

/** The first items that fit. Half a JSON text would be no JSON. */
function fitList<T>(items: readonly T[], attributeBytes: number): readonly T[] {
  let bytes = 2
  const end = items.findIndex((item) => {
    bytes += jsonBytes(item) + 1
    return bytes > attributeBytes
  })
  return end === -1 ? items : items.slice(0, end)
}

function jsonBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value))
}

const ellipsis = '…'

function cutText(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) return text
  const [first = ''] = chunkText(text, bytes - Buffer.byteLength(ellipsis))
  return first + ellipsis
}

/** Consecutive pieces of at most so many bytes of UTF-8, no character cut. */
export function* chunkText(text: string, bytes: number): Generator<string> {
  // A UTF-16 code unit takes at most three bytes.
  const chars = Math.max(2, Math.floor(bytes / 3))
  for (let start = 0; start < text.length; ) {
    let end = Math.min(start + chars, text.length)
    const last = text.charCodeAt(end - 1)
    if (end < text.length && last >= 0xd800 && last <= 0xdbff) end -= 1
    yield text.slice(start, end)
    start = end
  }
}
