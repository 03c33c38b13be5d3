import type { JsonObject } from './json.ts'
import { toCount, toObject } from './json.ts'

/** Input and output are totals; cacheRead and cacheWrite are in input, reasoning is in output. Null: not sent. */
export interface TokenUsage {
  readonly input: number | null
  readonly output: number | null
  readonly cacheRead: number | null
  readonly cacheWrite: number | null
  readonly reasoning: number | null
}

export const noUsage: TokenUsage = { input: null, output: null, cacheRead: null, cacheWrite: null, reasoning: null }

/** Sum of what is known. Null when the first is not: parts without their base are no total. */
function addTo(base: number | null, ...parts: readonly (number | null)[]): number | null {
  return base === null ? null : parts.reduce<number>((sum, part) => sum + (part ?? 0), base)
}

function firstCount(...values: readonly unknown[]): number | null {
  for (const value of values) {
    const count = toCount(value)
    if (count !== null) return count
  }
  return null
}

/**
 * OpenAI's shape and its relatives. Where the total shows that reasoning (xAI) or audio (Mistral Voxtral) tokens stand beside the
 * main count and not inside it, they are added.
 */
export function readOpenaiUsage(usage: JsonObject): TokenUsage {
  const promptDetails = toObject(usage.prompt_tokens_details) ?? toObject(usage.prompt_token_details)
  const outputDetails = toObject(usage.completion_tokens_details) ?? toObject(usage.completion_token_details)
  const prompt = toCount(usage.prompt_tokens)
  const completion = toCount(usage.completion_tokens)
  const total = toCount(usage.total_tokens)
  const reasoning = firstCount(outputDetails?.reasoning_tokens, usage.reasoning_tokens)
  const audio = firstCount(promptDetails?.audio_tokens)
  const beside = total === null || prompt === null || completion === null ? 0 : total - prompt - completion
  return {
    input: beside > 0 && beside === audio ? addTo(prompt, audio) : prompt,
    output: beside > 0 && beside === reasoning ? addTo(completion, reasoning) : completion,
    cacheRead: firstCount(
      promptDetails?.cached_tokens,
      usage.prompt_cache_hit_tokens,
      usage.num_cached_tokens,
      usage.cached_tokens,
    ),
    cacheWrite: firstCount(promptDetails?.cache_write_tokens, promptDetails?.cache_creation_input_tokens),
    reasoning,
  }
}

/** Embeddings have no output; some servers send 0 for it, some only the total. */
export function readOpenaiEmbeddingUsage(usage: JsonObject): TokenUsage {
  return { ...noUsage, input: firstCount(usage.prompt_tokens, usage.total_tokens) }
}

export function readResponsesUsage(usage: JsonObject): TokenUsage {
  const inputDetails = toObject(usage.input_tokens_details)
  return {
    input: toCount(usage.input_tokens),
    output: toCount(usage.output_tokens),
    cacheRead: firstCount(inputDetails?.cached_tokens),
    cacheWrite: firstCount(inputDetails?.cache_write_tokens),
    reasoning: toCount(toObject(usage.output_tokens_details)?.reasoning_tokens),
  }
}

/** `iterations` (compaction, advisor, fallback) is not added: the top level is what the API calls the usage. */
export function readAnthropicUsage(usage: JsonObject): TokenUsage {
  const cacheRead = toCount(usage.cache_read_input_tokens)
  const cacheWrite = toCount(usage.cache_creation_input_tokens)
  return {
    input: addTo(toCount(usage.input_tokens), cacheRead, cacheWrite),
    output: toCount(usage.output_tokens),
    cacheRead,
    cacheWrite,
    reasoning: toCount(toObject(usage.output_tokens_details)?.thinking_tokens),
  }
}

export function readGeminiUsage(usage: JsonObject): TokenUsage {
  const thoughts = toCount(usage.thoughtsTokenCount)
  const candidates = toCount(usage.candidatesTokenCount)
  return {
    input: addTo(toCount(usage.promptTokenCount), toCount(usage.toolUsePromptTokenCount)),
    output: candidates === null ? thoughts : addTo(candidates, thoughts),
    cacheRead: toCount(usage.cachedContentTokenCount),
    cacheWrite: null,
    reasoning: thoughts,
  }
}

export function readInteractionUsage(usage: JsonObject): TokenUsage {
  const thoughts = toCount(usage.total_thought_tokens)
  const output = toCount(usage.total_output_tokens)
  return {
    input: addTo(toCount(usage.total_input_tokens), toCount(usage.total_tool_use_tokens)),
    output: output === null ? thoughts : addTo(output, thoughts),
    cacheRead: toCount(usage.total_cached_tokens),
    cacheWrite: null,
    reasoning: thoughts,
  }
}

/** Converse says `cacheReadInputTokens`; Nova's own body and the invocation metrics say `…TokenCount`. */
export function readConverseUsage(usage: JsonObject): TokenUsage {
  const cacheRead = firstCount(usage.cacheReadInputTokens, usage.cacheReadInputTokenCount)
  const cacheWrite = firstCount(usage.cacheWriteInputTokens, usage.cacheWriteInputTokenCount)
  return {
    input: addTo(firstCount(usage.inputTokens, usage.inputTokenCount), cacheRead, cacheWrite),
    output: firstCount(usage.outputTokens, usage.outputTokenCount),
    cacheRead,
    cacheWrite,
    reasoning: null,
  }
}

/** What was used, not what is billed; old answers only say what is billed. */
export function readCohereUsage(usage: JsonObject): TokenUsage {
  const used = toObject(usage.tokens) ?? toObject(usage.billed_units)
  if (used === null) return noUsage
  const images = firstCount(used.image_tokens, toObject(usage.billed_units)?.image_tokens)
  const input = toCount(used.input_tokens)
  return {
    ...noUsage,
    input: input === null ? images : addTo(input, images),
    output: toCount(used.output_tokens),
    cacheRead: toCount(usage.cached_tokens),
    reasoning: toCount(used.reasoning_tokens),
  }
}

/** The prompt's count is absent when the prompt was cached. */
export function readOllamaUsage(usage: JsonObject): TokenUsage {
  return { ...noUsage, input: toCount(usage.prompt_eval_count), output: toCount(usage.eval_count) }
}

export function fillUsage(usage: TokenUsage, fallback: TokenUsage): TokenUsage {
  return {
    input: usage.input ?? fallback.input,
    output: usage.output ?? fallback.output,
    cacheRead: usage.cacheRead ?? fallback.cacheRead,
    cacheWrite: usage.cacheWrite ?? fallback.cacheWrite,
    reasoning: usage.reasoning ?? fallback.reasoning,
  }
}
