/**
 * The texts of a call: what is looked through in them, and the one place where what was found is taken out of them, in the SDK
 * and in the server alike.
 */
import type { Finding, LlmCall } from '../call.ts'
import type { TraceNode } from '../trace-node.ts'
import type { MaskText } from './mask-text.ts'
import { leavePlaceholders } from './placeholders.ts'

export type ScanText = (text: string) => readonly Finding[]

/** Which texts of a call: what goes to the model, what comes from it. */
export const scanSides = ['prompts', 'answers', 'both'] as const
export type ScanSide = (typeof scanSides)[number]

interface Part {
  readonly text: string
  /** Null: not of a conversation. */
  readonly role: string | null
  readonly side: ScanSide
}

type Texts = Pick<LlmCall, 'content' | 'toolCalls'>

/**
 * What the texts of a call contain. Offsets are in its texts, each scanned by itself, as if joined by one line end: input messages
 * in order, output, arguments of tool calls. The application's own instructions (system, developer) are no injection, whatever
 * they say; nor is a placeholder personal data.
 */
export function scanTexts(texts: Texts, scan: ScanText, sides: ScanSide = 'both'): readonly Finding[] {
  const findings: Finding[] = []
  let offset = 0
  for (const { text, role, side } of listParts(texts)) {
    const found = sides === 'both' || sides === side ? leavePlaceholders(text, scan(text)) : []
    for (const finding of found)
      if (finding.kind === 'pii' || !ownRoles.has(role))
        findings.push({ ...finding, start: finding.start + offset, end: finding.end + offset })
    offset += text.length + 1
  }
  return findings
}

const ownRoles: ReadonlySet<string | null> = new Set(['system', 'developer'])

function listParts({ content, toolCalls }: Texts): readonly Part[] {
  const input = (content?.input ?? []).map(({ text, role }): Part => ({ text, role, side: 'prompts' }))
  const output = content?.output ?? null
  const others = [output, ...toolCalls.map((toolCall) => toolCall.arguments)]
  return [...input, ...others.flatMap((text): Part[] => (text === null ? [] : [{ text, role: null, side: 'answers' }]))]
}

/**
 * The call with every text masked that a person wrote or may be quoted in: content, tool arguments, errors, and what the application
 * calls its users, sessions and tags. Names that prices and metrics are looked up by stay: models, providers, services, tools.
 */
export function maskCall(call: LlmCall, mask: MaskText): LlmCall {
  const { content } = call
  return {
    ...maskErrors(call, mask),
    content: content && {
      input: content.input?.map(({ role, text }) => ({ role, text: mask(text) })) ?? null,
      output: maskOrNull(content.output, mask),
    },
    toolCalls: call.toolCalls.map((toolCall) => ({ ...toolCall, arguments: maskOrNull(toolCall.arguments, mask) })),
    userId: maskOrNull(call.userId, mask),
    sessionId: maskOrNull(call.sessionId, mask),
    tags: call.tags.map(mask),
  }
}

/** Only what says how it ended: providers and client libraries may put anything there. */
export function maskErrors(call: LlmCall, mask: MaskText): LlmCall {
  if (call.errorCode === null && call.errorMessage === null && call.finishReasonRaw === null) return call
  return {
    ...call,
    errorCode: maskOrNull(call.errorCode, mask),
    errorMessage: maskOrNull(call.errorMessage, mask),
    finishReasonRaw: maskOrNull(call.finishReasonRaw, mask),
  }
}

/** Names of steps are the application's, and some frameworks put a question there. */
export function maskNode(node: TraceNode, mask: MaskText): TraceNode {
  const name = mask(node.name)
  const toolName = maskOrNull(node.toolName, mask)
  const agentName = maskOrNull(node.agentName, mask)
  const isSame = name === node.name && toolName === node.toolName && agentName === node.agentName
  return isSame ? node : { ...node, name, toolName, agentName }
}

function maskOrNull(text: string | null, mask: MaskText): string | null {
  return text === null ? null : mask(text)
}
