/** Requests of the size and kind that instrumentations send, for benchmarks and fuzzing. */
import type { AnyValue, Span, TracesData } from './model.ts'

function hex(value: number, length: number): string {
  return (value + 1).toString(16).padStart(length, 'a')
}

/** A call of fifteen attributes, with text of a few hundred bytes as content capture makes it. */
function createSampleSpan(i: number): Span {
  const start = 1_795_430_196_307_000_000n + BigInt(i) * 1_000_003n
  const prompt = `[{"role":"user","parts":[{"type":"text","content":"Question ${i}: what is the capital of France, and why is it not Lyon?"}]}]`
  const attributes = new Map<string, AnyValue>([
    ['gen_ai.operation.name', 'chat'],
    ['gen_ai.provider.name', 'openai'],
    ['gen_ai.request.model', 'gpt-4o-mini'],
    ['gen_ai.response.model', 'gpt-4o-mini-2024-07-18'],
    ['gen_ai.response.id', `chatcmpl-${hex(i * 7919, 24)}`],
    ['gen_ai.response.finish_reasons', ['stop']],
    ['gen_ai.request.temperature', 0.7],
    ['gen_ai.request.stream', true],
    ['gen_ai.usage.input_tokens', 100 + i],
    ['gen_ai.usage.output_tokens', 20 + (i % 300)],
    ['gen_ai.usage.cache_read.input_tokens', i % 100],
    ['gen_ai.input.messages', prompt],
    ['gen_ai.output.messages', `[{"role":"assistant","parts":[{"type":"text","content":"Paris, number ${i}."}]}]`],
    ['server.address', 'api.openai.com'],
    ['session.id', `session-${i % 50}`],
  ])
  return {
    traceId: hex(i, 32),
    spanId: hex(i, 16),
    parentSpanId: i % 4 === 0 ? '' : hex(i - 1, 16),
    traceState: '',
    name: 'chat gpt-4o-mini',
    kind: 3,
    startTimeUnixNano: start,
    endTimeUnixNano: start + 812_345_678n,
    attributes,
    events: [],
    links: [],
    statusCode: 0,
    statusMessage: '',
  }
}

export function createSampleTraces(spanCount: number): TracesData {
  const spans = Array.from({ length: spanCount }, (_, i) => createSampleSpan(i))
  const scope = { name: '@opentelemetry/instrumentation-openai', version: '0.21.0', attributes: new Map() }
  const resource = {
    attributes: new Map<string, AnyValue>([
      ['service.name', 'checkout'],
      ['process.pid', 4711],
    ]),
  }
  return { resourceSpans: [{ resource, schemaUrl: '', scopeSpans: [{ scope, schemaUrl: '', spans }] }] }
}
