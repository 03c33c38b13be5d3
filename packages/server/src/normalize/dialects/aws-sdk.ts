/**
 * Bedrock calls of the AWS SDK instrumentations (JS `instrumentation-aws-sdk`, Python `botocore`): the provider's own numbers,
 * so input without cached tokens. Spans of other AWS services come from the same scopes.
 */
import { attribute } from '@inferometer/core/attributes'
import { readText } from '../attribute-values.ts'
import { buildCall } from '../build-reading.ts'
import { readCallFacts, readSemconv } from '../semconv.ts'
import type { Dialect } from '../span-reading.ts'
import { isGenAi } from './gen-ai.ts'

const rules = { source: 'aws-sdk', layer: 'client', counting: 'raw' } as const

export const awsSdk: Dialect = {
  name: rules.source,
  scope: /^@opentelemetry\/instrumentation-aws-sdk$|^opentelemetry\.instrumentation\.(?:botocore|aiobotocore)/,
  matches: () => false,
  read(source, options) {
    if (!isGenAi(source)) return { kind: 'ignored', reason: 'not_llm' }
    const { attributes } = source.span
    if (attributes.has(attribute.operation)) return readSemconv(source, options, rules)
    // InvokeModel names no operation: what the model is for is in its id alone.
    const isEmbedding = /embed/i.test(readText(attributes, attribute.requestModel) ?? '')
    const operation = isEmbedding ? 'embeddings' : 'chat'
    return buildCall(source, readCallFacts(source, options, { rules, operation }))
  },
}
