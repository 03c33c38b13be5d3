/** The one place where prompts, answers and what may quote them are dropped or masked, before anything is stored, counted or sent on. */
import type { LlmCall } from '@inferometer/core/call'
import { maskCall, maskErrors, maskNode } from '@inferometer/core/scan/call-texts'
import type { MaskText } from '@inferometer/core/scan/mask-text'
import type { TraceNode } from '@inferometer/core/trace-node'
import type { ContentPolicy } from './config.ts'

export interface ContentGuard {
  readonly policy: ContentPolicy
  /** The call with what its texts contain added to its findings. */
  scanCall(call: LlmCall): LlmCall
  /** The text with personal data masked. */
  readonly mask: MaskText
}

/** The call with its findings, and with its texts as the policy wants them. What the sender found is not looked for again. */
export function applyContentPolicy(call: LlmCall, guard: ContentGuard): LlmCall {
  const scanned = hasText(call) && call.findings.length === 0 ? guard.scanCall(call) : call
  switch (guard.policy) {
    case 'full':
      return scanned
    case 'redacted':
      return maskCall(scanned, guard.mask)
    case 'off':
      return maskErrors(hasText(scanned) ? dropTexts(scanned) : scanned, guard.mask)
  }
}

/** A step of a trace has names only, and these are no content; but whoever lets them speak may say anything in them. */
export function applyToNode(node: TraceNode, { policy, mask }: Pick<ContentGuard, 'policy' | 'mask'>): TraceNode {
  return policy === 'full' ? node : maskNode(node, mask)
}

function hasText({ content, errorMessage, toolCalls }: LlmCall): boolean {
  return content !== null || errorMessage !== null || toolCalls.some((tool) => tool.arguments !== null)
}

function dropTexts(call: LlmCall): LlmCall {
  const toolCalls = call.toolCalls.map((tool) => ({ ...tool, arguments: null }))
  return { ...call, content: null, errorMessage: null, toolCalls }
}
