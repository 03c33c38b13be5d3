/**
 * Token counts as emitters write them → totals with their subsets. The same attribute means the total in one emitter and the
 * uncached rest in another: the dialect says which, and arithmetic overrules it where the numbers can only mean one thing.
 */
import type { LlmCall } from '@inferometer/core/call'

export interface RawUsage {
  readonly input: number | null
  readonly output: number | null
  /** The total as sent, if any. */
  readonly total?: number | null
  readonly cacheRead: number | null
  readonly cacheWrite: number | null
  readonly reasoning: number | null
}

export interface Counting {
  /** Cached tokens are counted beside the input, not in it. */
  readonly cacheOutside: boolean
  /** Reasoning tokens are counted beside the output, not in it. */
  readonly reasoningOutside: boolean
}

export const inclusive: Counting = { cacheOutside: false, reasoningOutside: false }

/** How a provider itself counts, for emitters that pass its numbers on as they are. */
export function providerCounting(provider: string, model: string | null): Counting {
  const isClaude = model !== null && /claude/i.test(model)
  const isGoogle = provider.startsWith('gcp.')
  return {
    cacheOutside: provider === 'anthropic' || provider === 'aws.bedrock' || (isGoogle && isClaude),
    reasoningOutside: (isGoogle && !isClaude) || provider === 'x_ai',
  }
}

export type Usage = Pick<
  LlmCall,
  'inputTokens' | 'outputTokens' | 'cacheReadTokens' | 'cacheWriteTokens' | 'reasoningTokens' | 'usageSource'
>

export const noUsage: Usage = {
  inputTokens: null,
  outputTokens: null,
  cacheReadTokens: null,
  cacheWriteTokens: null,
  reasoningTokens: null,
  usageSource: 'missing',
}

export function toUsage(raw: RawUsage, counting: Counting): Usage {
  if (raw.input === null && raw.output === null) return noUsage
  const inputTokens = readInput(raw, counting)
  return {
    inputTokens,
    outputTokens: readOutput(raw, inputTokens, counting),
    cacheReadTokens: raw.cacheRead,
    cacheWriteTokens: raw.cacheWrite,
    reasoningTokens: raw.reasoning,
    usageSource: 'provider',
  }
}

function readInput({ input, output, total, cacheRead, cacheWrite }: RawUsage, counting: Counting): number | null {
  if (input === null) return null
  const cache = (cacheRead ?? 0) + (cacheWrite ?? 0)
  const rest = total === null || total === undefined || output === null ? null : total - output
  // The provider's total has cached tokens of which the emitter has no attribute.
  if (counting.cacheOutside && rest !== null && rest > input + cache) return rest
  const isOutside = counting.cacheOutside || cache > input || (cache > 0 && rest === input + cache)
  return isOutside ? input + cache : input
}

/** Emitters of Google's numbers leave its thoughts out of the output and say nothing of them; its total has them. */
function readHiddenOutput(
  output: number,
  { input, total, reasoning }: { readonly [Part in 'input' | 'total' | 'reasoning']: number | null },
  { reasoningOutside }: Counting,
): number {
  if (!reasoningOutside || reasoning === 0 || input === null || total === null) return output
  return Math.max(output, total - input)
}

function readOutput({ output, total, reasoning }: RawUsage, input: number | null, counting: Counting): number | null {
  if (output === null) return null
  if (reasoning === null || reasoning === 0)
    return readHiddenOutput(output, { input, total: total ?? null, reasoning }, counting)
  if (reasoning > output) return output + reasoning
  const rest = total === null || total === undefined || input === null ? null : total - input
  if (rest === output) return output
  return rest === output + reasoning || counting.reasoningOutside ? output + reasoning : output
}
