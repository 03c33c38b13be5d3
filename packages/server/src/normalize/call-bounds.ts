import type { LlmCall } from '@inferometer/core/call'
import { maxTokens } from '@inferometer/core/call-limits'
import type { TraceNode } from '@inferometer/core/trace-node'

const nameChars = 1_024
const earliestUs = Date.UTC(2000, 0, 1) * 1_000
const latestUs = Date.UTC(2100, 0, 1) * 1_000

const names = [
  'serviceName',
  'provider',
  'requestModel',
  'responseModel',
  'errorCode',
  'finishReasonRaw',
  'responseId',
  'requestId',
  'userId',
  'sessionId',
  'priceVersion',
] as const satisfies readonly (keyof LlmCall)[]
const counts = ['inputTokens', 'outputTokens', 'cacheReadTokens', 'cacheWriteTokens', 'reasoningTokens'] as const

export type BoundsProblem = { readonly reason: 'attribute_too_large' | 'invalid_span'; readonly message: string }

/** What of a call is beyond any honest sender. The same bounds as those of the REST schema. */
export function checkBounds(call: LlmCall): BoundsProblem | null {
  for (const name of names) {
    const length = call[name]?.length ?? 0
    if (length > nameChars)
      return { reason: 'attribute_too_large', message: `${name} has ${length} characters of at most ${nameChars}` }
  }
  for (const tag of call.tags)
    if (tag.length > nameChars)
      return { reason: 'attribute_too_large', message: `a tag has ${tag.length} characters of at most ${nameChars}` }
  for (const name of counts) {
    const count = call[name] ?? 0
    if (count > maxTokens)
      return { reason: 'invalid_span', message: `${name} is ${count}, which is above ${maxTokens}` }
  }
  return checkStart(call.startTimeUs)
}

const nodeNames = ['serviceName', 'name', 'toolName', 'toolCallId', 'agentName'] as const satisfies (keyof TraceNode)[]

/** The same for a step of a trace. */
export function checkNodeBounds(node: TraceNode): BoundsProblem | null {
  for (const name of nodeNames) {
    const length = node[name]?.length ?? 0
    if (length > nameChars)
      return { reason: 'attribute_too_large', message: `${name} has ${length} characters of at most ${nameChars}` }
  }
  return checkStart(node.startTimeUs)
}

function checkStart(startTimeUs: number): BoundsProblem | null {
  if (startTimeUs >= earliestUs && startTimeUs < latestUs) return null
  return { reason: 'invalid_span', message: 'its start does not lie between the years 2000 and 2100' }
}
