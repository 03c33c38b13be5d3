/** The one place where prompts, answers and what may quote them are dropped or masked, before anything is stored, counted or sent on. */
import type { LlmCall } from '@inferometer/core/call'
import type { ContentPolicy } from './config.ts'

export interface ContentGuard {
  readonly policy: ContentPolicy
  /** The call with what its texts contain added to its findings. */
  scanCall(call: LlmCall): LlmCall
  /** The call with personal data masked in every text. */
  redactCall(call: LlmCall): LlmCall
}

/** The call with its findings, and with its texts as the policy wants them. What the sender found is not looked for again. */
export function applyContentPolicy(call: LlmCall, guard: ContentGuard): LlmCall {
  if (!hasText(call)) return call
  const scanned = call.findings.length > 0 ? call : guard.scanCall(call)
  switch (guard.policy) {
    case 'full':
      return scanned
    case 'redacted':
      return guard.redactCall(scanned)
    case 'off':
      return dropTexts(scanned)
  }
}

function hasText({ content, errorMessage, toolCalls }: LlmCall): boolean {
  return content !== null || errorMessage !== null || toolCalls.some((tool) => tool.arguments !== null)
}

function dropTexts(call: LlmCall): LlmCall {
  const toolCalls = call.toolCalls.map((tool) => ({ ...tool, arguments: null }))
  return { ...call, content: null, errorMessage: null, toolCalls }
}
