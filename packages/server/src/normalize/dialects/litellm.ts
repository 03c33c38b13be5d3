/**
 * LiteLLM's callback (v1) and its second version. It often runs as a gateway, beyond the client's own span in the same trace.
 * Usage is in OpenAI's shape whoever answered, so inclusive. `completion` is its word for a chat. v2 may write several
 * vocabularies on one span: only the GenAI names are read.
 */
import { attribute } from '@inferometer/core/attributes'
import { readText } from '../attribute-values.ts'
import { buildCall, buildNode } from '../build-reading.ts'
import { readCallFacts, readStep } from '../semconv.ts'
import type { Dialect } from '../span-reading.ts'
import { isGenAi } from './gen-ai.ts'

const rules = {
  source: 'litellm',
  layer: 'server',
  counting: 'inclusive',
  userNames: ['litellm.end_user.id', 'llm.user', 'metadata.user_api_key_end_user_id', 'metadata.user_api_key_user_id'],
  sessionNames: ['litellm.session_id', 'litellm.metadata.session_id', 'metadata.session_id'],
} as const

export const litellm: Dialect = {
  name: rules.source,
  scope: /^litellm\b/,
  matches: ({ span: { attributes } }) => attributes.has('litellm.call_id') || attributes.has('litellm.provider.model'),
  read(source, options) {
    const { attributes } = source.span
    // The child of v1 that holds the raw request as `llm.<provider>.<parameter>`.
    if (source.span.name === 'raw_gen_ai_request') return buildNode(source, { source: rules.source, kind: 'wrapper' })
    if (!isGenAi(source)) return buildNode(source, { source: rules.source, kind: 'span' })
    const step = readStep(source.span)
    if (step.kind === 'node') return buildNode(source, { source: rules.source, kind: step.node })
    const word = readText(attributes, attribute.operation, 'llm.request.type') ?? ''
    const operation = /^a?completion$/.test(word) ? 'chat' : step.operation
    return buildCall(source, readCallFacts(source, options, { rules, operation }))
  },
}
