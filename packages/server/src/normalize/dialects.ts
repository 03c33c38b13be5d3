/**
 * Which dialect a span is written in. The scope decides first: who made the span, not what else was written on it afterwards.
 * Spans of scopes that nobody knows are asked for attributes that only one dialect has, in a fixed order; plain `gen_ai.*` comes last.
 * A span with several vocabularies is read in one of them and never added up.
 */
import { anthropicSdk } from './dialects/anthropic-sdk.ts'
import { awsSdk } from './dialects/aws-sdk.ts'
import { azureAi } from './dialects/azure-ai.ts'
import { genAi } from './dialects/gen-ai.ts'
import { googleAdk } from './dialects/google-adk.ts'
import { inferometer } from './dialects/inferometer.ts'
import { laminar } from './dialects/laminar.ts'
import { langfuse } from './dialects/langfuse.ts'
import { langsmith } from './dialects/langsmith.ts'
import { litellm } from './dialects/litellm.ts'
import { mcp } from './dialects/mcp.ts'
import { microsoftExtensionsAi } from './dialects/microsoft-extensions-ai.ts'
import { mistralSdk } from './dialects/mistral-sdk.ts'
import { openAiAgents } from './dialects/openai-agents.ts'
import { openInference } from './dialects/openinference.ts'
import { openlit } from './dialects/openlit.ts'
import { pydanticAi } from './dialects/pydantic-ai.ts'
import { semanticKernel } from './dialects/semantic-kernel.ts'
import { strands } from './dialects/strands.ts'
import { traceloop } from './dialects/traceloop.ts'
import { vercelAi } from './dialects/vercel-ai.ts'
import { vllm } from './dialects/vllm.ts'
import type { Dialect, SpanSource } from './span-reading.ts'

export const dialects: readonly Dialect[] = [
  inferometer,
  vercelAi,
  anthropicSdk,
  mistralSdk,
  awsSdk,
  langfuse,
  openInference,
  openAiAgents,
  pydanticAi,
  litellm,
  langsmith,
  laminar,
  traceloop,
  openlit,
  semanticKernel,
  microsoftExtensionsAi,
  azureAi,
  strands,
  googleAdk,
  vllm,
  mcp,
  genAi,
]

const rememberedScopes = 1_000
const dialectsByScope = new Map<string, Dialect | null>()

/** Null: the span says nothing about models, agents or tools. */
export function findDialect(source: SpanSource): Dialect | null {
  const byScope = findByScope(source.scope.name)
  // Applications may hand the AI SDK a tracer of any name; its operation id is its own wherever it stands.
  if (byScope !== inferometer && vercelAi.matches(source)) return vercelAi
  // Protocol spans come from the same scopes as calls do.
  if (byScope !== null) return mcp.matches(source) && byScope !== inferometer ? mcp : byScope
  return dialects.find((dialect) => dialect.matches(source)) ?? null
}

function findByScope(scope: string): Dialect | null {
  const known = dialectsByScope.get(scope)
  if (known !== undefined) return known
  const found = dialects.find((dialect) => dialect.scope?.test(scope) === true) ?? null
  if (dialectsByScope.size >= rememberedScopes) dialectsByScope.clear()
  dialectsByScope.set(scope, found)
  return found
}

/** Scopes whose calls are said in log events where the application wants them: OpenTelemetry's own instrumentations, Semantic Kernel. */
const eventScopes =
  /^@opentelemetry\/instrumentation-openai$|^opentelemetry\.instrumentation\.(?:openai_v2|vertexai|google_genai|anthropic_v2|botocore)|semantic_?kernel/i

/** Whether log events of the calls of this scope are likely to come. */
export function sendsEvents(scope: string): boolean {
  return eventScopes.test(scope)
}
