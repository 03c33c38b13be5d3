/**
 * Usage of the AI SDK's inner spans, v4 to v6. Up to v5 it is what the provider's package passed on: exclusive of the cache for
 * Anthropic and Bedrock, exclusive of thoughts for Google and of reasoning for xAI's chat, and mostly without details; since v6
 * it is inclusive. The provider's own numbers are in `ai.response.providerMetadata`, and win where they are whole.
 */
import type { Attributes } from '@inferometer/core/otlp/model'
import { readUsageBody } from '../answer-body.ts'
import { countIn, isObject, type JsonObject, readCount, readJson, readText } from '../attribute-values.ts'
import { toProviderName } from '../provider-name.ts'
import { type Counting, inclusive, providerCounting, type RawUsage, toUsage, type Usage } from '../usage.ts'

/** Providers of the SDK whose name says more than who answered: `openai.chat`, `google.vertex.chat`, `vertex.anthropic.messages`. */
const sdkProviders: readonly (readonly [RegExp, string])[] = [
  [/^google\.vertex|^vertex\b|^google-vertex/, 'gcp.vertex_ai'],
  [/^google\.generative-ai|^google$/, 'gcp.gemini'],
  [/^azure\b|^azure-openai/, 'azure.ai.openai'],
  [/^amazon-bedrock|^bedrock\b/, 'aws.bedrock'],
]

/** `openai.responses` → `openai`. Custom providers have any name. */
export function toSdkProvider(said: string): string {
  const lower = said.toLowerCase()
  const known = sdkProviders.find(([pattern]) => pattern.test(lower))?.[1]
  return known ?? lower.split('.')[0] ?? lower
}

export function readVercelUsage(attributes: Attributes, said: string): Usage {
  const provider = toProviderName(toSdkProvider(said)) ?? ''
  const isInclusive = hasDetails(attributes) || sdkMajor(attributes) >= firstInclusive
  const plain = readPlain(attributes)
  if (isInclusive && plain.reasoning !== null) return toUsage(plain, inclusive)
  const metadata = readJson(attributes, 'ai.response.providerMetadata')
  const own = isObject(metadata) ? readOwnUsage(metadata) : null
  const model = readText(attributes, 'ai.model.id')
  if (own !== null && !isInclusive) {
    const whole = readUsageBody(own.usage)
    if (whole !== null) return toUsage(withDetails(whole, plain), providerCounting(provider, model))
  }
  return toUsage(
    own === null ? plain : withDetails(plain, own),
    isInclusive ? inclusive : countingOf(said, provider, model),
  )
}

const firstInclusive = 6

function hasDetails(attributes: Attributes): boolean {
  return (
    attributes.has('ai.usage.inputTokenDetails.noCacheTokens') ||
    attributes.has('ai.usage.outputTokenDetails.textTokens')
  )
}

/** The SDK names its version in the request's user agent, since v5. */
function sdkMajor(attributes: Attributes): number {
  const agent = readText(attributes, 'ai.request.headers.user-agent')
  return Number(/\bai\/(\d+)\./.exec(agent ?? '')?.[1] ?? 0)
}

/** xAI's Responses API counts reasoning in the output, its chat does not. */
function countingOf(said: string, provider: string, model: string | null): Counting {
  const counting = providerCounting(provider, model)
  return said.endsWith('.responses') ? { ...counting, reasoningOutside: false } : counting
}

function readPlain(attributes: Attributes): RawUsage {
  return {
    input: readCount(attributes, ...inputNames),
    output: readCount(attributes, ...outputNames),
    total: readCount(attributes, 'ai.usage.totalTokens'),
    cacheRead: readCount(attributes, 'ai.usage.inputTokenDetails.cacheReadTokens', 'ai.usage.cachedInputTokens'),
    cacheWrite: readCount(attributes, 'ai.usage.inputTokenDetails.cacheWriteTokens'),
    reasoning: readCount(attributes, 'ai.usage.outputTokenDetails.reasoningTokens', 'ai.usage.reasoningTokens'),
  }
}

const inputNames = [
  'ai.usage.inputTokens',
  'ai.usage.promptTokens',
  'gen_ai.usage.input_tokens',
  'gen_ai.usage.prompt_tokens',
  'ai.usage.tokens',
] as const
const outputNames = [
  'ai.usage.outputTokens',
  'ai.usage.completionTokens',
  'gen_ai.usage.output_tokens',
  'gen_ai.usage.completion_tokens',
] as const

interface OwnUsage extends Pick<RawUsage, 'cacheRead' | 'cacheWrite' | 'reasoning'> {
  /** The provider's usage object, if the package keeps it. */
  readonly usage: unknown
}

/** Metadata has one object, under the name of the package's provider. */
function readOwnUsage(metadata: JsonObject): OwnUsage | null {
  const own = Object.values(metadata).find(isObject)
  if (own === undefined) return null
  const usage = own.usageMetadata ?? own.usage
  return {
    usage,
    cacheRead:
      countIn(own, 'cachedPromptTokens', 'cacheReadInputTokens', 'promptCacheHitTokens') ??
      countIn(usage, 'cacheReadInputTokens', 'cache_read_input_tokens'),
    cacheWrite:
      countIn(own, 'cacheCreationInputTokens') ??
      countIn(usage, 'cacheWriteInputTokens', 'cache_creation_input_tokens'),
    reasoning: countIn(own, 'reasoningTokens') ?? countIn(usage, 'thoughtsTokenCount'),
  }
}

function withDetails(usage: RawUsage, details: Pick<RawUsage, 'cacheRead' | 'cacheWrite' | 'reasoning'>): RawUsage {
  return {
    ...usage,
    cacheRead: usage.cacheRead ?? details.cacheRead,
    cacheWrite: usage.cacheWrite ?? details.cacheWrite,
    reasoning: usage.reasoning ?? details.reasoning,
  }
}
