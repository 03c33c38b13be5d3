import type { AnyValue, Span } from '@inferometer/core/otlp/model'
import { describe, expect, test } from 'vitest'
import { normalizeTraces } from './normalize.ts'

type Names = Record<string, AnyValue>

interface SpanChange extends Partial<Omit<Span, 'attributes'>> {
  readonly scope?: string
  readonly resource?: Names
}

function normalizeSpan(attributes: Names, change: SpanChange = {}) {
  const { scope = '@opentelemetry/instrumentation-openai', resource = { 'service.name': 'shop' }, ...fields } = change
  const span: Span = {
    traceId: 'a'.repeat(32),
    spanId: 'b'.repeat(16),
    parentSpanId: '',
    traceState: '',
    name: 'chat gpt-4o',
    kind: 3,
    startTimeUnixNano: 1_780_000_000_000_000_000n,
    endTimeUnixNano: 1_780_000_000_750_500_000n,
    events: [],
    links: [],
    statusCode: 0,
    statusMessage: '',
    ...fields,
    attributes: new Map(Object.entries(attributes)),
  }
  return normalizeTraces({
    resourceSpans: [
      {
        resource: { attributes: new Map(Object.entries(resource)) },
        schemaUrl: '',
        scopeSpans: [{ scope: { name: scope, version: '1', attributes: new Map() }, schemaUrl: '', spans: [span] }],
      },
    ],
  })
}

const chat = { 'gen_ai.operation.name': 'chat', 'gen_ai.system': 'openai', 'gen_ai.request.model': 'gpt-4o' }

function readCall(attributes: Names, change: SpanChange = {}) {
  const call = normalizeSpan({ ...chat, ...attributes }, change).spans[0]?.reading?.call
  if (!call) throw new Error('the span was not read as a call')
  return call
}

describe('normalizeTraces with gen_ai spans', () => {
  test('normalizeTraces() reads the names of v1.36 (gen_ai.system)', () => {
    expect(
      readCall({
        'gen_ai.response.model': 'gpt-4o-2024-08-06',
        'gen_ai.response.id': 'chatcmpl-1',
        'gen_ai.response.finish_reasons': ['tool_calls'],
        'gen_ai.usage.input_tokens': 15,
        'gen_ai.usage.output_tokens': 993,
      }),
    ).toMatchObject({
      traceId: 'a'.repeat(32),
      parentSpanId: null,
      serviceName: 'shop',
      operation: 'chat',
      provider: 'openai',
      requestModel: 'gpt-4o',
      responseModel: 'gpt-4o-2024-08-06',
      responseId: 'chatcmpl-1',
      startTimeUs: 1_780_000_000_000_000,
      latencyMs: 750.5,
      ttftMs: null,
      streaming: false,
      status: 'success',
      inputTokens: 15,
      outputTokens: 993,
      cacheReadTokens: null,
      usageSource: 'provider',
      finishReason: 'tool_calls',
      finishReasonRaw: 'tool_calls',
      source: 'gen_ai',
    })
  })

  test('normalizeTraces() reads cache, reasoning and first chunk under their newer names', () => {
    expect(
      readCall({
        'gen_ai.provider.name': 'aws.bedrock',
        'gen_ai.operation.name': 'generate_content',
        'gen_ai.usage.input_tokens': 100,
        'gen_ai.usage.output_tokens': 50,
        'gen_ai.usage.cache_read.input_tokens': 60,
        'gen_ai.usage.cache_write.input_tokens': 20,
        'gen_ai.usage.reasoning.output_tokens': 30,
        'gen_ai.response.time_to_first_chunk': 0.25,
        'gen_ai.conversation.id': 'talk-1',
        'user.id': 'u1',
      }),
    ).toMatchObject({
      provider: 'aws.bedrock',
      operation: 'chat',
      inputTokens: 100,
      cacheReadTokens: 60,
      cacheWriteTokens: 20,
      reasoningTokens: 30,
      ttftMs: 250,
      streaming: true,
      sessionId: 'talk-1',
      userId: 'u1',
    })
  })

  test('normalizeTraces() adds parts that were counted beside their whole', () => {
    expect(
      readCall({
        'gen_ai.usage.input_tokens': 10,
        'gen_ai.usage.output_tokens': 5,
        'gen_ai.usage.cache_read.input_tokens': 900,
        'gen_ai.usage.reasoning.output_tokens': 40,
      }),
    ).toMatchObject({ inputTokens: 910, outputTokens: 45 })
  })

  test('normalizeTraces() reads numbers that came as text, doubles or big integers, and finish reasons as JSON text', () => {
    expect(
      readCall({
        'gen_ai.usage.prompt_tokens': '12',
        'gen_ai.usage.completion_tokens': 3.0,
        'gen_ai.usage.cache_read.input_tokens': 4n,
        'gen_ai.response.finish_reasons': '["end_turn"]',
        'gen_ai.request.stream': 'True',
      }),
    ).toMatchObject({ inputTokens: 12, outputTokens: 3, cacheReadTokens: 4, finishReason: 'stop', streaming: true })
    expect(readCall({ 'gen_ai.usage.input_tokens': -4, 'gen_ai.usage.output_tokens': 'many' })).toMatchObject({
      inputTokens: null,
      outputTokens: null,
      usageSource: 'missing',
    })
  })

  test.each<[Names, SpanChange, object]>([
    [{ 'error.type': 'RateLimitError' }, {}, { status: 'error', errorType: 'rate_limit' }],
    [{ 'error.type': '429' }, {}, { status: 'error', errorType: 'rate_limit' }],
    [{ 'error.type': 'APIConnectionTimeoutError' }, {}, { status: 'error', errorType: 'timeout' }],
    [{ 'error.type': 'APIConnectionError' }, {}, { status: 'error', errorType: 'connection' }],
    [{ 'error.type': 'APIUserAbortError' }, {}, { status: 'cancelled', errorType: 'cancelled' }],
    [
      { 'error.type': 'X', 'http.response.status_code': 401 },
      {},
      { status: 'error', errorType: 'auth', httpStatus: 401 },
    ],
    [{}, { statusCode: 2, statusMessage: 'boom' }, { status: 'error', errorType: 'other', errorMessage: 'boom' }],
    [{}, { statusCode: 1 }, { status: 'success', errorType: null }],
  ])('normalizeTraces() tells how a call failed by %j %j', (attributes, change, expected) => {
    expect(readCall(attributes, change)).toMatchObject(expected)
  })

  test.each([
    ['xai', 'x_ai'],
    ['vertex_ai', 'gcp.vertex_ai'],
    ['az.ai.openai', 'azure.ai.openai'],
    ['Anthropic', 'anthropic'],
    ['my-gateway', 'my-gateway'],
    ['constructor', 'constructor'],
  ])('normalizeTraces() knows provider %s as %s', (sent, provider) => {
    expect(readCall({ 'gen_ai.system': sent }).provider).toBe(provider)
  })

  test.each<[string, Names, SpanChange, string]>([
    ['agent spans', { 'gen_ai.operation.name': 'invoke_agent' }, {}, 'not_leaf'],
    ['tool spans', { 'gen_ai.operation.name': 'execute_tool' }, {}, 'not_leaf'],
    ['operations that nobody knows', { 'gen_ai.operation.name': 'dream' }, {}, 'not_leaf'],
  ])('normalizeTraces() ignores %s by reason', (_what, attributes, change, reason) => {
    const { spans, ignored } = normalizeSpan({ ...chat, ...attributes }, change)
    expect(spans.map(({ reading }) => reading)).toEqual([null])
    expect([...ignored]).toEqual([[reason, 1]])
  })

  test('normalizeTraces() ignores a span of anything else as not_llm', () => {
    expect([...normalizeSpan({ 'http.method': 'GET' }).ignored]).toEqual([['not_llm', 1]])
  })

  test.each<[string, SpanChange, string]>([
    ['no start', { startTimeUnixNano: 0n }, 'startTimeUnixNano is missing'],
    ['an end before its start', { endTimeUnixNano: 1n }, 'endTimeUnixNano lies before startTimeUnixNano'],
    ['an end long after', { endTimeUnixNano: 1_790_000_000_000_000_000n }, 'it lasts longer than a week'],
    [
      'a start in another century',
      { startTimeUnixNano: 2n ** 62n, endTimeUnixNano: 2n ** 62n },
      'its start does not lie between the years 2000 and 2100',
    ],
  ])('normalizeTraces() rejects a span with %s', (_what, change, message) => {
    const { spans, rejected } = normalizeSpan(chat, change)
    expect(spans).toEqual([])
    expect(rejected).toEqual([{ reason: 'invalid_span', message: `span ${'b'.repeat(16)}: ${message}` }])
  })

  test('normalizeTraces() rejects names and counts beyond the bounds', () => {
    expect(normalizeSpan({ ...chat, 'gen_ai.request.model': 'm'.repeat(1_025) }).rejected[0]?.reason).toBe(
      'attribute_too_large',
    )
    expect(normalizeSpan({ ...chat, 'gen_ai.usage.input_tokens': 1e12 }).rejected[0]?.message).toContain('inputTokens')
  })
})
