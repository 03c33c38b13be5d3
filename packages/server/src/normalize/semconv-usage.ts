/** Usage in `gen_ai.usage.*` attributes of any generation, and in the older names that emitters still write beside or instead of them. */
import { attribute } from '@inferometer/core/attributes'
import type { Attributes } from '@inferometer/core/otlp/model'
import { readUsageBody } from './answer-body.ts'
import { countIn, readCount, readJson } from './attribute-values.ts'
import { findProvider } from './find-provider.ts'
import { readProvider, readRequestModel } from './semconv-model.ts'
import { type Counting, noUsage, providerCounting, type RawUsage, toUsage, type Usage } from './usage.ts'

export interface UsageRules {
  readonly counting: Counting
  /** The emitter writes 0 where it knows no count. */
  readonly zeroIsUnknown?: boolean
}

export function readSemconvUsage(attributes: Attributes, rules: UsageRules): Usage {
  const raw = readRawUsage(attributes)
  if (raw.input === null && raw.output === null) return readWholeUsage(attributes)
  const isPlaceholder = rules.zeroIsUnknown === true && !raw.input && !raw.output
  return toUsage(isPlaceholder ? { ...raw, input: null, output: null } : raw, rules.counting)
}

/** Usage as one value, mostly what the provider answered, and counted as the provider counts. */
function readWholeUsage(attributes: Attributes): Usage {
  const body = readUsageBody(readJson(attributes, 'gen_ai.usage', 'llm.usage', 'usage'))
  if (body === null) return noUsage
  const model = readRequestModel(attributes)
  return toUsage(body, providerCounting(findProvider(readProvider(attributes), attributes, model), model))
}

/** One name per number, the newest first: a span that carries several generations is not added up. */
function readRawUsage(attributes: Attributes): RawUsage {
  return {
    input: readCount(attributes, ...inputNames),
    output: readCount(attributes, ...outputNames),
    total: readCount(attributes, 'gen_ai.usage.total_tokens', 'llm.usage.total_tokens'),
    cacheRead: readCount(attributes, ...cacheReadNames) ?? readDetail(attributes, inputDetails, cacheReadKeys),
    cacheWrite: readCount(attributes, ...cacheWriteNames) ?? readDetail(attributes, inputDetails, cacheWriteKeys),
    reasoning: readCount(attributes, ...reasoningNames) ?? readDetail(attributes, outputDetails, reasoningKeys),
  }
}

/** Details as one map or its JSON text, in the shape of OpenAI or of LangChain. */
function readDetail(attributes: Attributes, names: readonly string[], keys: readonly string[]): number | null {
  return names.some((name) => attributes.has(name)) ? countIn(readJson(attributes, ...names), ...keys) : null
}

const inputDetails = [
  'gen_ai.usage.input_tokens_details',
  'gen_ai.usage.prompt_tokens_details',
  'gen_ai.usage.input_token_details',
] as const
const outputDetails = [
  'gen_ai.usage.output_tokens_details',
  'gen_ai.usage.completion_tokens_details',
  'gen_ai.usage.output_token_details',
] as const
const cacheReadKeys = ['cached_tokens', 'cache_read', 'cache_read_tokens'] as const
const cacheWriteKeys = ['cache_creation', 'cache_write', 'cache_write_tokens', 'cache_creation_tokens'] as const
const reasoningKeys = ['reasoning_tokens', 'reasoning'] as const

/** Those of the response are of Semantic Kernel's and Microsoft.Extensions.AI's first versions. */
const inputNames = [
  attribute.inputTokens,
  'gen_ai.usage.prompt_tokens',
  'llm.usage.prompt_tokens',
  'gen_ai.response.prompt_tokens',
  'gen_ai.response.input_tokens',
] as const
const outputNames = [
  attribute.outputTokens,
  'gen_ai.usage.completion_tokens',
  'llm.usage.completion_tokens',
  'gen_ai.response.completion_tokens',
  'gen_ai.response.output_tokens',
] as const

const cacheReadNames = [
  attribute.cacheReadTokens,
  'gen_ai.usage.cache_read_input_tokens',
  'gen_ai.usage.details.cache_read_tokens',
  'gen_ai.usage.details.cache_read_input_tokens',
  'gen_ai.usage.prompt_tokens_details.cached_tokens',
  'gen_ai.usage.prompt_tokens_details.cache_read',
  'gen_ai.usage.cached_tokens',
  'gen_ai.usage.cached_input_tokens',
  'gen_ai.usage.input_tokens.cached',
  'gen_ai.usage.input_tokens_details.cached_tokens',
  'gen_ai.usage.details.cached_tokens',
  'gen_ai.usage.details.cached_content_tokens',
] as const
const cacheWriteNames = [
  'gen_ai.usage.cache_write.input_tokens',
  attribute.cacheWriteTokens,
  'gen_ai.usage.cache_creation_input_tokens',
  'gen_ai.usage.cache_write_input_tokens',
  'gen_ai.usage.details.cache_write_tokens',
  'gen_ai.usage.details.cache_creation_input_tokens',
  'gen_ai.usage.prompt_tokens_details.cache_creation_tokens',
  'gen_ai.usage.prompt_tokens_details.cache_write',
  'gen_ai.usage.input_tokens.cache_write',
] as const
const reasoningNames = [
  attribute.reasoningTokens,
  'gen_ai.usage.reasoning_tokens',
  'gen_ai.usage.reasoning_output_tokens',
  'gen_ai.usage.details.reasoning_tokens',
  'gen_ai.usage.details.thoughts_tokens',
  'gen_ai.usage.output_tokens.reasoning',
  'gen_ai.usage.output_tokens_details.reasoning_tokens',
  'gen_ai.usage.experimental.reasoning_tokens',
  'gen_ai.usage.completion_tokens_details.reasoning_tokens',
  'gen_ai.usage.completion_tokens_details.reasoning',
  'llm.usage.reasoning_tokens',
  'ai.usage.outputTokenDetails.reasoningTokens',
] as const
