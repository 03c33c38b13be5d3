import { hasLatency, type LlmCall, modelLabel, timePerOutputTokenMs } from '@inferometer/core/call'
import { type CallMetric, callMetrics } from '@inferometer/core/metrics'
import type { Counter } from './counter.ts'
import type { Exemplar } from './exemplar.ts'
import type { Histogram } from './histogram.ts'
import type { Registry } from './registry.ts'

export interface CallMetrics {
  /** Counts one call in every metric it has something to say about. Once per call: duplicates are the caller's matter. */
  record(call: LlmCall): void
}

type HistogramMetric = 'latency' | 'ttft' | 'timePerOutputToken'
type Handles = Record<Exclude<CallMetric, HistogramMetric>, Counter> & Record<HistogramMetric, Histogram>

/** Model, provider, service: the labels that nearly every metric starts with. */
type CallLabels = readonly [string, string, string]

/** `now`: milliseconds since the epoch; keeps the exemplars of a client whose clock is ahead out of the future. */
export function createCallMetrics(registry: Registry, now: () => number = Date.now): CallMetrics {
  const metrics = registerMetrics(registry)
  return {
    record(call) {
      const labels: CallLabels = [modelLabel(call), call.provider, call.serviceName]
      const endMs = call.startTimeUs / 1000 + call.latencyMs
      const exemplar = { traceId: call.traceId, spanId: call.spanId, timestampMs: Math.min(endMs, now()) }
      recordTimes(metrics, call, { labels, exemplar })
      recordTokens(metrics, call, labels)
      recordOutcome(metrics, call, { labels, exemplar })
      recordAttempts(metrics, call, labels)
      recordFindings(metrics, call, exemplar)
    },
  }
}

function registerMetrics(registry: Registry): Handles {
  return {
    tokens: registry.counter(callMetrics.tokens),
    // Micro-dollars outside, nano-dollars inside.
    cost: registry.counter(callMetrics.cost, 1000),
    latency: registry.histogram(callMetrics.latency),
    ttft: registry.histogram(callMetrics.ttft),
    pii: registry.counter(callMetrics.pii),
    injections: registry.counter(callMetrics.injections),
    finishReasons: registry.counter(callMetrics.finishReasons),
    spans: registry.counter(callMetrics.spans),
    tokensDetail: registry.counter(callMetrics.tokensDetail),
    timePerOutputToken: registry.histogram(callMetrics.timePerOutputToken),
    attempts: registry.counter(callMetrics.attempts),
    errors: registry.counter(callMetrics.errors),
    findings: registry.counter(callMetrics.findings),
    unpriced: registry.counter(callMetrics.unpriced),
    usageMissing: registry.counter(callMetrics.usageMissing),
  }
}

interface Point {
  readonly labels: CallLabels
  readonly exemplar: Exemplar
}

/**
 * Calls of every status have a latency: leaving out those that failed by timeout would make the worst hour look like
 * the best, and the count agrees with `llm_spans_total`. Only calls that a log event told of have none.
 */
function recordTimes(metrics: Handles, call: LlmCall, { labels, exemplar }: Point): void {
  if (hasLatency(call)) metrics.latency.observe(labels, call.latencyMs, exemplar)
  if (call.ttftMs !== null) metrics.ttft.observe(labels, call.ttftMs, exemplar)
  const perToken = call.streaming ? timePerOutputTokenMs(call) : null
  if (perToken !== null) metrics.timePerOutputToken.observe(labels, perToken, exemplar)
}

/**
 * A count of 0 makes its series, a count that is not known does not. Tokens that were counted here because the provider
 * sent none are tokens, and the call's usage is missing all the same.
 */
function recordTokens(metrics: Handles, call: LlmCall, [model, provider, service]: CallLabels): void {
  const add = (metric: Counter, count: number | null, type: string) => {
    if (count !== null) metric.add([model, provider, service, type], count)
  }
  add(metrics.tokens, call.inputTokens, 'prompt')
  add(metrics.tokens, call.outputTokens, 'completion')
  add(metrics.tokensDetail, call.cacheReadTokens, 'cache_read')
  add(metrics.tokensDetail, call.cacheWriteTokens, 'cache_write')
  add(metrics.tokensDetail, call.reasoningTokens, 'reasoning')

  const labels = [model, provider, service]
  const isUsageKnown = call.inputTokens !== null || call.outputTokens !== null
  if (call.costNanoUsd !== null) metrics.cost.add(labels, call.costNanoUsd)
  else if (isUsageKnown) metrics.unpriced.add(labels, 1)
  if (call.status === 'success' && call.usageSource !== 'provider') metrics.usageMissing.add(labels, 1)
}

function recordOutcome(metrics: Handles, call: LlmCall, { labels, exemplar }: Point): void {
  const [model, provider, service] = labels
  metrics.spans.add([model, provider, service, call.status, call.retryCount > 0 ? 'true' : 'false'], 1)
  if (call.finishReason !== null) metrics.finishReasons.add([model, provider, service, call.finishReason], 1)
  if (call.status === 'success') return
  const errorType = call.errorType ?? (call.status === 'cancelled' ? 'cancelled' : 'other')
  metrics.errors.add([model, provider, service, errorType], 1, exemplar)
}

/** Where the source saw no attempts, the status of the call is that of the one attempt that is known. */
function recordAttempts(metrics: Handles, call: LlmCall, [model, provider, service]: CallLabels): void {
  for (const { httpStatus } of call.attempts)
    metrics.attempts.add([model, provider, service, httpStatus === null ? 'none' : String(httpStatus)], 1)
  if (call.attempts.length === 0 && call.httpStatus !== null)
    metrics.attempts.add([model, provider, service, String(call.httpStatus)], 1)
}

/** A service is at 0 from its first call on: `rate` does not see the growth that makes a series. */
function recordFindings(metrics: Handles, { serviceName, findings }: LlmCall, exemplar: Exemplar): void {
  const countOf = (kind: 'pii' | 'injection') => (findings.some((finding) => finding.kind === kind) ? 1 : 0)
  metrics.pii.add([serviceName], countOf('pii'))
  metrics.injections.add([serviceName], countOf('injection'))
  for (const { kind, pattern } of findings) metrics.findings.add([serviceName, kind, pattern], 1, exemplar)
}
