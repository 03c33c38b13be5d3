/** Spans of a vLLM server: the other side of a client's call, in the same trace. Latencies are seconds, in `gen_ai.latency.*`. */
import { buildCall } from '../build-reading.ts'
import { readCallFacts } from '../semconv.ts'
import type { Dialect } from '../span-reading.ts'

const rules = { source: 'vllm', layer: 'server', counting: 'inclusive' } as const

export const vllm: Dialect = {
  name: rules.source,
  scope: /^vllm\b/,
  matches: ({ span }) =>
    span.attributes.has('gen_ai.latency.e2e') || span.attributes.has('gen_ai.latency.time_in_queue'),
  read(source, options) {
    const { attributes } = source.span
    if (!attributes.has('gen_ai.latency.e2e') && !attributes.has('gen_ai.usage.completion_tokens'))
      return { kind: 'ignored', reason: 'not_llm' }
    const facts = readCallFacts(source, options, { rules, operation: 'chat' })
    return buildCall(source, {
      ...facts,
      provider: facts.provider ?? 'vllm',
      responseId: facts.responseId ?? facts.requestId ?? null,
    })
  },
}
