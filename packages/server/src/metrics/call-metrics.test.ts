import { type CallFields, createCall, type LlmCall } from '@inferometer/core/call'
import { callMetrics } from '@inferometer/core/metrics'
import { describe, expect, it } from 'vitest'
import { createCallMetrics } from './call-metrics.ts'
import { defaultLimits } from './cardinality.ts'
import { formatCounter } from './expose/format-number.ts'
import { createRegistry } from './registry.ts'

const startTimeUs = 1_790_000_000_000_000
const startMs = startTimeUs / 1000

function exampleCall(fields: Partial<CallFields> = {}): LlmCall {
  return createCall({
    traceId: 'a'.repeat(32),
    spanId: 'b'.repeat(16),
    serviceName: 'shop',
    operation: 'chat',
    provider: 'acme',
    requestModel: 'm-1',
    startTimeUs,
    latencyMs: 1200,
    usageSource: 'provider',
    source: 'rest',
    ...fields,
  })
}

/** Series of one metric by label values beyond those of every call, after the calls were recorded. */
function recordAll(calls: readonly LlmCall[], now = startMs + 10_000) {
  const registry = createRegistry({ limits: defaultLimits })
  const metrics = createCallMetrics(registry, () => now)
  for (const call of calls) metrics.record(call)
  const byName = new Map(registry.families().map((family) => [family.definition.name, family]))
  return {
    counter: (metric: keyof typeof callMetrics) => {
      const family = byName.get(callMetrics[metric].name)
      if (family?.kind !== 'counter') throw new Error(`${metric} is no counter`)
      return Object.fromEntries(family.all.map((series) => [series.labelValues.join(), formatCounter(series)]))
    },
    histogram: (metric: keyof typeof callMetrics) => {
      const family = byName.get(callMetrics[metric].name)
      if (family?.kind !== 'histogram') throw new Error(`${metric} is no histogram`)
      return family.all
    },
    exemplars: (metric: keyof typeof callMetrics) => {
      const family = byName.get(callMetrics[metric].name)
      return family?.kind === 'counter' ? family.all.map((series) => series.exemplar?.traceId) : []
    },
  }
}

describe('createCallMetrics()', () => {
  it('record() registers every metric of the catalogue', () => {
    const registry = createRegistry({ limits: defaultLimits })
    createCallMetrics(registry)
    const names = registry.families().map((family) => family.definition.name)
    expect(names).toEqual(expect.arrayContaining(Object.values(callMetrics).map((definition) => definition.name)))
  })

  it('record() adds tokens as totals and subsets when they are known and makes no series when not', () => {
    const metrics = recordAll([
      exampleCall({ inputTokens: 100, outputTokens: 0, cacheReadTokens: 40, reasoningTokens: 7 }),
      exampleCall({ inputTokens: 11 }),
      exampleCall({ requestModel: 'm-2', operation: 'embeddings', inputTokens: 5 }),
    ])
    expect(metrics.counter('tokens')).toEqual({
      'm-1,acme,shop,prompt': '111',
      'm-1,acme,shop,completion': '0',
      'm-2,acme,shop,prompt': '5',
    })
    expect(metrics.counter('tokensDetail')).toEqual({
      'm-1,acme,shop,cache_read': '40',
      'm-1,acme,shop,reasoning': '7',
    })
  })

  it('record() adds cost to the nano-dollar, and counts a call as unpriced when it has usage and no price', () => {
    const metrics = recordAll([
      exampleCall({ inputTokens: 1, costNanoUsd: 400 }),
      exampleCall({ inputTokens: 1, costNanoUsd: 1_175_001 }),
      exampleCall({ requestModel: 'free', inputTokens: 1, costNanoUsd: 0 }),
      exampleCall({ requestModel: 'new', inputTokens: 1 }),
      exampleCall({ requestModel: 'new', operation: 'embeddings', inputTokens: 9 }),
      exampleCall({ requestModel: 'no-usage', status: 'error', usageSource: 'missing' }),
    ])
    expect(metrics.counter('cost')).toEqual({ 'm-1,acme,shop': '1175.401', 'free,acme,shop': '0' })
    expect(metrics.counter('unpriced')).toEqual({ 'new,acme,shop': '2' })
  })

  it('record() counts usage as missing when a success has none from the provider', () => {
    const metrics = recordAll([
      exampleCall({ inputTokens: 1 }),
      exampleCall({ requestModel: 'm', usageSource: 'missing' }),
      exampleCall({ requestModel: 'e', usageSource: 'estimated', inputTokens: 3 }),
      exampleCall({ requestModel: 'x', usageSource: 'missing', status: 'error' }),
      exampleCall({ requestModel: 'x', usageSource: 'missing', status: 'cancelled' }),
    ])
    expect(metrics.counter('usageMissing')).toEqual({ 'm,acme,shop': '1', 'e,acme,shop': '1' })
  })

  it('record() observes the latency of every status, and first tokens only when one was seen', () => {
    const metrics = recordAll([
      exampleCall({ latencyMs: 1200, ttftMs: 200, streaming: true, outputTokens: 11 }),
      exampleCall({ latencyMs: 30, status: 'error' }),
      exampleCall({ latencyMs: 70, status: 'cancelled', streaming: true }),
      exampleCall({ latencyMs: 500, ttftMs: 500, outputTokens: 50, streaming: false }),
    ])
    expect(metrics.histogram('latency').map(({ count, sum }) => [count, sum])).toEqual([[4, 1800]])
    expect(metrics.histogram('ttft').map(({ count, sum }) => [count, sum])).toEqual([[2, 700]])
    expect(metrics.histogram('timePerOutputToken').map(({ count, sum }) => [count, sum])).toEqual([[1, 100]])
  })

  it('record() counts calls by status and retries, errors by type and finish reasons when known', () => {
    const metrics = recordAll([
      exampleCall({ finishReason: 'stop' }),
      exampleCall({ finishReason: 'length', retryCount: 2 }),
      exampleCall({ status: 'error', errorType: 'rate_limit' }),
      exampleCall({ status: 'error' }),
      exampleCall({ status: 'cancelled' }),
    ])
    expect(metrics.counter('spans')).toEqual({
      'm-1,acme,shop,success,false': '1',
      'm-1,acme,shop,success,true': '1',
      'm-1,acme,shop,error,false': '2',
      'm-1,acme,shop,cancelled,false': '1',
    })
    expect(metrics.counter('errors')).toEqual({
      'm-1,acme,shop,rate_limit': '1',
      'm-1,acme,shop,other': '1',
      'm-1,acme,shop,cancelled': '1',
    })
    expect(metrics.counter('finishReasons')).toEqual({ 'm-1,acme,shop,stop': '1', 'm-1,acme,shop,length': '1' })
  })

  it('record() counts attempts by status, and that of the call when the source saw no attempts', () => {
    const attempt = { startMs: 0, durationMs: 1, waitMs: 0, errorType: null }
    const metrics = recordAll([
      exampleCall({
        httpStatus: 200,
        attempts: [
          { ...attempt, httpStatus: null },
          { ...attempt, httpStatus: 429 },
          { ...attempt, httpStatus: 200 },
        ],
      }),
      exampleCall({ httpStatus: 503 }),
      exampleCall(),
    ])
    expect(metrics.counter('attempts')).toEqual({
      'm-1,acme,shop,none': '1',
      'm-1,acme,shop,429': '1',
      'm-1,acme,shop,200': '1',
      'm-1,acme,shop,503': '1',
    })
  })

  it('record() counts a call with findings once per kind and each finding once by pattern', () => {
    const place = { start: 0, end: 4 }
    const metrics = recordAll([
      exampleCall({
        findings: [
          { kind: 'pii', pattern: 'email', ...place },
          { kind: 'pii', pattern: 'email', ...place },
          { kind: 'pii', pattern: 'iban', ...place },
          { kind: 'injection', pattern: 'unspecified', ...place },
        ],
      }),
      exampleCall({ serviceName: 'clean' }),
    ])
    expect(metrics.counter('pii')).toEqual({ shop: '1', clean: '0' })
    expect(metrics.counter('injections')).toEqual({ shop: '1', clean: '0' })
    expect(metrics.counter('findings')).toEqual({
      'shop,pii,email': '2',
      'shop,pii,iban': '1',
      'shop,injection,unspecified': '1',
    })
  })

  it('record() labels a call with the model asked for, else the one that answered, else unknown', () => {
    const metrics = recordAll([
      exampleCall({ requestModel: 'asked', responseModel: 'asked-2026-01-01', inputTokens: 1 }),
      exampleCall({ requestModel: null, responseModel: 'answered', inputTokens: 1 }),
      exampleCall({ requestModel: null, inputTokens: 1 }),
    ])
    expect(Object.keys(metrics.counter('tokens'))).toEqual([
      'asked,acme,shop,prompt',
      'answered,acme,shop,prompt',
      'unknown,acme,shop,prompt',
    ])
  })

  it('record() hangs the trace on the bucket at the end of the call, and never in the future', () => {
    const call = exampleCall({ latencyMs: 1200, ttftMs: 80, status: 'error' })
    const stored = (now: number, metric: 'latency' | 'ttft') =>
      recordAll([call], now)
        .histogram(metric)[0]
        ?.exemplars?.find((exemplar) => exemplar !== undefined)
    const ids = { traceId: call.traceId, spanId: call.spanId }
    expect(stored(startMs + 10_000, 'latency')).toEqual({ ...ids, value: 1200, timestampMs: startMs + 1200 })
    expect(stored(startMs + 10_000, 'ttft')).toEqual({ ...ids, value: 80, timestampMs: startMs + 1200 })
    expect(stored(startMs - 5, 'latency')?.timestampMs).toBe(startMs - 5)
    expect(recordAll([call]).exemplars('errors')).toEqual([call.traceId])
  })
})
