/** The one place where prompts, answers and what may quote them are dropped or masked, before anything is stored, counted or sent on. */
import type { Content, Finding, LlmCall } from '@inferometer/core/call'
import { redact } from '@inferometer/core/scan/redact'
import type { ContentPolicy } from './config.ts'

export type ScanText = (text: string) => readonly Finding[]

/**
 * The call with the findings of its prompt and with its content as the policy wants it. Findings that the sender made
 * stay; offsets are those within a message. `scan` is called for texts that are there, so a call without content costs nothing.
 */
export function applyContentPolicy(call: LlmCall, policy: ContentPolicy, scan: ScanText): LlmCall {
  const { content, errorMessage, toolCalls } = call
  const hasArguments = toolCalls.some((tool) => tool.arguments !== null)
  if (content === null && errorMessage === null && !hasArguments) return call
  const isScanned = call.findings.length > 0 || content?.input == null
  const findings = isScanned ? call.findings : content.input.flatMap(({ text }) => scan(text))
  if (policy === 'full') return findings === call.findings ? call : { ...call, findings }
  const mask = (text: string) => (policy === 'off' ? null : redact(text, scan(text)))
  return {
    ...call,
    findings,
    content: content && policy !== 'off' ? maskContent(content, mask) : null,
    errorMessage: errorMessage === null ? null : mask(errorMessage),
    toolCalls: hasArguments
      ? toolCalls.map((tool) => ({ ...tool, arguments: tool.arguments === null ? null : mask(tool.arguments) }))
      : toolCalls,
  }
}

function maskContent({ input, output }: Content, mask: (text: string) => string | null): Content {
  return {
    input: input?.map(({ role, text }) => ({ role, text: mask(text) ?? '' })) ?? null,
    output: output === null ? null : mask(output),
  }
}
