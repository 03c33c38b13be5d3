import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { attribute, sdkScope } from './attributes.ts'
import { createCall, type LlmCall } from './call.ts'
import { maxTokens } from './call-limits.ts'
import { validCall } from './call-span.cases.ts'
import { type CallResult, fromSpan, toSpan, toTraces } from './call-span.ts'
import { anyValue } from './otlp/arbitraries.cases.ts'
import type { AnyValue, Span, TracesData } from './otlp/model.ts'
import { decodeTraces, decodeTracesJson, encodeTraces, encodeTracesJson } from './otlp/traces.ts'

const sender = { name: sdkScope, version: '1.2.3', resourceAttributes: new Map([['telemetry.sdk.language', 'nodejs']]) }

const call = createCall({
  traceId: 'a'.repeat(32),
  spanId: 'b'.repeat(16),
  serviceName: 'checkout',
  operation: 'chat',
  provider: 'openai',
  requestModel: 'gpt-4o-mini',
  responseModel: 'gpt-4o-mini-2024-07-18',
  startTimeUs: 1_795_430_196_307_001,
  latencyMs: 812.345678,
  ttftMs: 120.5,
  streaming: true,
  inputTokens: 100,
  outputTokens: 20,
  cacheReadTokens: 60,
  reasoningTokens: 5,
  usageSource: 'provider',
  finishReason: 'stop',
  finishReasonRaw: 'stop',
  source: 'inferometer-sdk',
})

function readCalls(data: TracesData): CallResult[] {
  return data.resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) => spans.map((span) => fromSpan(span, resource))),
  )
}

function withAttributes(changes: readonly (readonly [string, AnyValue])[]): Span {
  const span = toSpan(call)
  return { ...span, attributes: new Map([...span.attributes, ...changes]) }
}

const resource = { attributes: new Map([[attribute.serviceName, 'checkout']]) }

describe('round trip', () => {
  it('fromSpan() gives back the call of toSpan() when the call is arbitrary', () => {
    fc.assert(
      fc.property(validCall, (arbitraryCall) => {
        const ofService = { attributes: new Map([[attribute.serviceName, arbitraryCall.serviceName]]) }
        expect(fromSpan(toSpan(arbitraryCall), ofService)).toEqual({ ok: true, call: arbitraryCall })
      }),
      { numRuns: 500 },
    )
  })

  it('fromSpan() gives back every call of toTraces(), by service, through protobuf and JSON', () => {
    fc.assert(
      fc.property(fc.array(validCall, { maxLength: 5 }), (calls) => {
        const traces = toTraces(calls, sender)
        const services = [...new Set(calls.map(({ serviceName }) => serviceName))]
        const expected = services
          .flatMap((service) => calls.filter(({ serviceName }) => serviceName === service))
          .map((sent) => ({ ok: true, call: sent }))
        expect(readCalls(decodeTraces(encodeTraces(traces)))).toEqual(expected)
        expect(readCalls(decodeTracesJson(encodeTracesJson(traces)))).toEqual(expected)
      }),
      { numRuns: 200 },
    )
  })

  it('fromSpan() gives times rounded to the nanosecond when the call has finer ones, the first token never after the end', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e7, noNaN: true }), (latencyMs) => {
        const result = fromSpan(toSpan({ ...call, latencyMs, ttftMs: latencyMs }), resource)
        const read = result.ok ? result.call : null
        expect(Math.abs((read?.latencyMs ?? Number.NaN) - latencyMs)).toBeLessThanOrEqual(0.000_000_6)
        expect(read?.ttftMs).toBe(read?.latencyMs)
        expect(fromSpan(toSpan(read ?? call), resource)).toEqual({ ok: true, call: read })
      }),
    )
  })
})

describe('toSpan', () => {
  it('toSpan() follows the GenAI conventions', () => {
    const span = toSpan(call)
    expect(span).toMatchObject({ name: 'chat gpt-4o-mini', kind: 3, statusCode: 0, parentSpanId: '' })
    expect(span.endTimeUnixNano - span.startTimeUnixNano).toBe(812_345_678n)
    expect(span.startTimeUnixNano).toBe(1_795_430_196_307_001_000n)
    expect(Object.fromEntries(span.attributes)).toEqual({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-4o-mini',
      'gen_ai.response.model': 'gpt-4o-mini-2024-07-18',
      'gen_ai.request.stream': true,
      'gen_ai.response.finish_reasons': ['stop'],
      'gen_ai.usage.input_tokens': 100,
      'gen_ai.usage.output_tokens': 20,
      'gen_ai.usage.cache_read.input_tokens': 60,
      'gen_ai.usage.reasoning.output_tokens': 5,
      'inferometer.finish_reason.raw': 'stop',
      'inferometer.usage.source': 'provider',
      'inferometer.ttft_ms': 120.5,
      'inferometer.status': 'success',
      'inferometer.source': 'inferometer-sdk',
    })
  })

  it('toSpan() sets ERROR and error.type for errors only', () => {
    const failed = toSpan({
      ...call,
      status: 'error',
      errorType: 'rate_limit',
      errorCode: null,
      errorMessage: 'slow down',
    })
    expect(failed).toMatchObject({ statusCode: 2, statusMessage: 'slow down' })
    expect(failed.attributes.get('error.type')).toBe('rate_limit')
    const cancelled = toSpan({ ...call, status: 'cancelled', errorType: 'cancelled' })
    expect(cancelled).toMatchObject({ statusCode: 0, statusMessage: '' })
    expect(cancelled.attributes.has('error.type')).toBe(false)
    expect(toSpan({ ...call, status: 'error' }).attributes.get('error.type')).toBe('_OTHER')
  })

  it('toSpan() writes content in the message shape of the conventions and attempts as events', () => {
    const span = toSpan({
      ...call,
      finishReason: 'tool_calls',
      content: { input: [{ role: 'user', text: 'Hi' }], output: 'Hello' },
      attempts: [
        { startMs: 0, durationMs: 10, waitMs: 0, httpStatus: 429, errorType: 'rate_limit' },
        { startMs: 30.5, durationMs: 20, waitMs: 20.5, httpStatus: 200, errorType: null },
      ],
    })
    expect(span.attributes.get('gen_ai.input.messages')).toBe(
      '[{"role":"user","parts":[{"type":"text","content":"Hi"}]}]',
    )
    expect(span.attributes.get('gen_ai.output.messages')).toBe(
      '[{"role":"assistant","parts":[{"type":"text","content":"Hello"}],"finish_reason":"tool_call"}]',
    )
    expect(span.events.map(({ name }) => name)).toEqual(['inferometer.attempt', 'inferometer.attempt'])
    expect(span.events[1]?.timeUnixNano).toBe(span.startTimeUnixNano + 30_500_000n)
  })
})

describe('toTraces', () => {
  it('toTraces() makes one resource per service, with the attributes of the sender', () => {
    const traces = toTraces([call, { ...call, serviceName: 'search' }, call], sender)
    expect(traces.resourceSpans.map((group) => Object.fromEntries(group.resource.attributes))).toEqual([
      { 'telemetry.sdk.language': 'nodejs', 'service.name': 'checkout' },
      { 'telemetry.sdk.language': 'nodejs', 'service.name': 'search' },
    ])
    expect(traces.resourceSpans.map((group) => group.scopeSpans[0]?.spans.length)).toEqual([2, 1])
    expect(traces.resourceSpans[0]?.scopeSpans[0]?.scope).toMatchObject({ name: '@inferometer/sdk', version: '1.2.3' })
    expect(sender.resourceAttributes.size).toBe(1)
  })
})

const amounts: readonly (keyof LlmCall)[] = [
  'latencyMs',
  'ttftMs',
  'stallCount',
  'stallMs',
  'httpStatus',
  'inputTokens',
  'outputTokens',
  'cacheReadTokens',
  'cacheWriteTokens',
  'reasoningTokens',
  'retryCount',
  'costNanoUsd',
  'startTimeUs',
]

function expectSound(result: CallResult): void {
  if (!result.ok) {
    expect(result.field).not.toBe('')
    return
  }
  for (const name of amounts) {
    const value = result.call[name]
    if (value === null) continue
    expect(value).toSatisfy(
      (n) => typeof n === 'number' && n >= 0 && n <= Number.MAX_SAFE_INTEGER && !Object.is(n, -0),
      name,
    )
  }
  for (const name of ['inputTokens', 'outputTokens', 'cacheReadTokens', 'costNanoUsd', 'startTimeUs'] as const)
    expect(Number.isInteger(result.call[name] ?? 0)).toBe(true)
}

describe('fromSpan', () => {
  it.each<[string, AnyValue]>(
    ['gen_ai.usage.input_tokens', 'gen_ai.usage.output_tokens', 'gen_ai.usage.cache_creation.input_tokens'].flatMap(
      (name) =>
        [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, maxTokens + 1, 2n ** 60n, '7', true, [7], { a: 7 }].map(
          (value): [string, AnyValue] => [name, value],
        ),
    ),
  )('fromSpan() refuses the call and names the attribute when %s is %s', (name, value) => {
    expect(fromSpan(withAttributes([[name, value]]), resource)).toEqual({
      ok: false,
      field: name,
      reason: 'must be an integer from 0 to 1000000000',
    })
  })

  it.each<[string, AnyValue]>([
    ['inferometer.cost.nano_usd', -5],
    ['inferometer.cost.nano_usd', 2 ** 53 - 1],
    ['gen_ai.operation.name', 'execute_tool'],
    ['gen_ai.operation.name', 3],
    ['gen_ai.provider.name', null],
  ])('fromSpan() refuses the call and names the attribute when %s is %s', (name, value) => {
    expect(fromSpan(withAttributes([[name, value]]), resource)).toMatchObject({ ok: false, field: name })
  })

  it.each<[string, number]>([
    ['gen_ai.usage.cache_read.input_tokens', 101],
    ['gen_ai.usage.reasoning.output_tokens', 21],
  ])('fromSpan() keeps the call as the provider counted it when %s is larger than its whole', (name, value) => {
    expect(fromSpan(withAttributes([[name, value]]), resource)).toMatchObject({ ok: true })
  })

  it.each([
    ['startTimeUnixNano', { startTimeUnixNano: 0n }],
    ['startTimeUnixNano', { startTimeUnixNano: 2n ** 64n - 1n, endTimeUnixNano: 2n ** 64n - 1n }],
    ['endTimeUnixNano', { endTimeUnixNano: 1n }],
    ['endTimeUnixNano', { endTimeUnixNano: 2n ** 64n - 1n }],
  ])('fromSpan() refuses the call when %s is out of range', (field, times) => {
    expect(fromSpan({ ...toSpan(call), ...times }, resource)).toMatchObject({ ok: false, field })
  })

  it('fromSpan() takes other attributes of a wrong type or range as not sent', () => {
    const span = withAttributes([
      [attribute.requestModel, 5],
      [attribute.ttftMs, 900],
      [attribute.stallCount, -3],
      [attribute.stallMs, Number.NaN],
      [attribute.stalls, '[{"startMs":-1,"durationMs":5},{"startMs":2,"durationMs":5},{"startMs":"1"}]'],
      [attribute.httpStatus, 99],
      [attribute.resendCount, 1e9],
      [attribute.finishReasons, ['brand_new']],
      [attribute.errorKind, 'brand_new'],
      [attribute.status, 'brand_new'],
      [attribute.usageSource, 7],
      [attribute.tags, ['a', 5, 'b']],
      [attribute.toolCalls, '[{"name":"f"},{"id":"x"},null,5]'],
      [
        attribute.findings,
        '[{"kind":"pii","pattern":"p","start":5,"end":4},{"kind":"pii","pattern":"p","start":1,"end":4}]',
      ],
      [attribute.inputMessages, '[{"role":"user"}]'],
      [attribute.outputMessages, '{'],
      [attribute.source, []],
    ])
    const event = { timeUnixNano: 0n, name: 'inferometer.attempt' }
    const events = [{ ...event, attributes: new Map([[attribute.attemptStartMs, -1]]) }]
    expect(fromSpan({ ...span, events }, { attributes: new Map() })).toEqual({
      ok: true,
      call: {
        ...call,
        serviceName: 'unknown',
        requestModel: null,
        ttftMs: null,
        finishReason: 'other',
        errorType: 'other',
        stalls: [{ startMs: 2, durationMs: 5 }],
        tags: ['a', 'b'],
        toolCalls: [{ id: null, name: 'f', arguments: null }],
        findings: [{ kind: 'pii', pattern: 'p', start: 1, end: 4 }],
        source: 'unknown',
      },
    })
  })

  it('fromSpan() never throws and gives no number that is not sound when attributes are arbitrary', () => {
    const name = fc.constantFrom(...Object.values(attribute))
    const value = fc.oneof(
      anyValue,
      fc.jsonValue().map((json) => JSON.stringify(json)),
      fc.double(),
      fc.integer(),
    )
    const time = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
    const times = fc.option(fc.record({ startTimeUnixNano: time, endTimeUnixNano: time }))
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value), { maxLength: 8 }), times, (changes, changedTimes) => {
        const span = withAttributes(changes)
        const events = [{ timeUnixNano: 0n, name: 'inferometer.attempt', attributes: new Map(changes) }]
        expectSound(fromSpan({ ...span, ...changedTimes, events }, { attributes: span.attributes }))
      }),
      { numRuns: 3_000 },
    )
  })
})
