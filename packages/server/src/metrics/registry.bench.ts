/**
 * The registry beside prom-client, both in this process. Prints a table and a JSON line.
 *
 *     npx rolldown packages/server/src/metrics/registry.bench.ts --platform node --external prom-client \
 *       --tsconfig tsconfig.test.json --file node_modules/.cache/registry.bench.mjs &&
 *     node --expose-gc node_modules/.cache/registry.bench.mjs
 */
import { createCall, type LlmCall } from '@inferometer/core/call'
import { callMetrics } from '@inferometer/core/metrics'
import * as promClient from 'prom-client'
import { createCallMetrics } from './call-metrics.ts'
import { defaultLimits } from './cardinality.ts'
import { renderMetrics } from './expose/render-metrics.ts'
import { createRegistry, type Registry } from './registry.ts'
import { restore, takeSnapshot } from './snapshot.ts'

const accept = {
  text: 'text/plain',
  openmetrics: 'application/openmetrics-text',
  protobuf: 'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited',
}
const limits = {
  ...defaultLimits,
  series: 1_000_000,
  valuesPerLabel: { model: 20_000, provider: 20_000, service_name: 20_000 },
}
const updates = 1_000_000
const rounds = 7

/** The median of a few rounds, after one that is thrown away. */
function measureMs(run: () => void): number {
  run()
  const times = Array.from({ length: rounds }, () => {
    const start = performance.now()
    run()
    return performance.now() - start
  })
  return times.sort((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0
}

const rate = (ms: number, count = updates) => Math.round((count / ms) * 1000)

/** 500 label sets of four labels, as fresh strings: that is how they come off the wire. */
function freshLabels(count: number): string[][] {
  return Array.from({ length: count }, (_, i) =>
    JSON.parse(JSON.stringify([`model-${i % 50}`, `provider-${i % 5}`, `service-${Math.floor(i / 50)}`, 'prompt'])),
  )
}

function benchUpdates(): Record<string, number> {
  const labels = freshLabels(500)
  const named = labels.map(([model = '', provider = '', service_name = '', token_type = '']) => ({
    model,
    provider,
    service_name,
    token_type,
  }))
  const registry = createRegistry({ limits })
  const counter = registry.counter(callMetrics.tokens)
  const latency = registry.histogram({ ...callMetrics.latency, labels: callMetrics.tokens.labels })
  const handles = labels.map((values) => counter.series(values))
  const theirs = new promClient.Registry()
  const theirCounter = new promClient.Counter({
    name: 'c_total',
    help: 'c',
    labelNames: callMetrics.tokens.labels,
    registers: [theirs],
  })
  const theirHistogram = new promClient.Histogram({
    name: 'h',
    help: 'h',
    labelNames: callMetrics.tokens.labels,
    buckets: [...(callMetrics.latency.buckets ?? [])],
    registers: [theirs],
  })
  const each = (update: (i: number) => void) =>
    measureMs(() => {
      for (let i = 0; i < updates; i++) update(i)
    })
  return {
    counter: rate(each((i) => counter.add(labels[i % 500] ?? [], 1))),
    counterByHandle: rate(each((i) => handles[i % 500]?.add(1))),
    counterPromClient: rate(each((i) => theirCounter.inc(named[i % 500] ?? {}, 1))),
    histogram: rate(each((i) => latency.observe(labels[i % 500] ?? [], (i * 7919) % 60_000))),
    histogramPromClient: rate(each((i) => theirHistogram.observe(named[i % 500] ?? {}, (i * 7919) % 60_000))),
  }
}

function fillCounters(registry: Registry): void {
  const counter = registry.counter(callMetrics.cost)
  for (let i = 0; i < 10_000; i++) counter.add([`model-${i}`, 'provider', `service-${i % 10}`], i)
}

async function benchRender(): Promise<Record<string, number>> {
  const registry = createRegistry({ limits })
  fillCounters(registry)
  const theirs = new promClient.Registry()
  const labelNames = callMetrics.cost.labels
  const theirCounter = new promClient.Counter({ name: 'c_total', help: 'c', labelNames, registers: [theirs] })
  for (let i = 0; i < 10_000; i++)
    theirCounter.inc({ model: `model-${i}`, provider: 'provider', service_name: `service-${i % 10}` }, i)
  const theirTimes: number[] = []
  for (let i = 0; i <= rounds; i++) {
    const start = performance.now()
    Buffer.from(await theirs.metrics())
    theirTimes.push(performance.now() - start)
  }
  const render = (header: string) =>
    measureMs(() => {
      // To bytes, as the socket gets them: a string that was only put together is not yet flat.
      Buffer.from(renderMetrics(registry, header).body)
    })
  const theirSorted = theirTimes.slice(1).sort((a, b) => a - b)
  return {
    textMs: render(accept.text),
    openmetricsMs: render(accept.openmetrics),
    protobufMs: render(accept.protobuf),
    promClientMs: theirSorted[Math.floor(rounds / 2)] ?? 0,
  }
}

function exampleCall(i: number): LlmCall {
  return createCall({
    traceId: i.toString(16).padStart(32, '0'),
    spanId: i.toString(16).padStart(16, '0'),
    serviceName: `service-${i % 10}`,
    operation: 'chat',
    provider: `provider-${i % 3}`,
    requestModel: `model-${i % 20}`,
    startTimeUs: 1_790_000_000_000_000 + i * 1000,
    latencyMs: 200 + ((i * 7919) % 30_000),
    ttftMs: 50 + (i % 400),
    streaming: true,
    inputTokens: 1000 + i,
    outputTokens: 200,
    cacheReadTokens: 500,
    reasoningTokens: 20,
    usageSource: 'provider',
    finishReason: 'stop',
    attempts: [{ startMs: 0, durationMs: 200, waitMs: 0, httpStatus: 200, errorType: null }],
    costNanoUsd: 1_234_567,
    source: 'bench',
    findings: i % 50 === 0 ? [{ kind: 'pii', pattern: 'email', start: 0, end: 9 }] : [],
    status: i % 20 === 0 ? 'error' : 'success',
  })
}

function benchCalls(): Record<string, number> {
  const registry = createRegistry({ limits: defaultLimits })
  const metrics = createCallMetrics(registry)
  const calls: LlmCall[] = JSON.parse(JSON.stringify(Array.from({ length: 100_000 }, (_, i) => exampleCall(i))))
  const recordMs = measureMs(() => {
    for (const call of calls) metrics.record(call)
  })
  return {
    callsPerSecond: rate(recordMs, calls.length),
    series: registry.cardinality().series,
    textMs: measureMs(() => {
      Buffer.from(renderMetrics(registry, accept.text).body)
    }),
    openmetricsMs: measureMs(() => {
      Buffer.from(renderMetrics(registry, accept.openmetrics).body)
    }),
    protobufMs: measureMs(() => renderMetrics(registry, accept.protobuf)),
  }
}

function benchSnapshot(): Record<string, number> {
  const registry = createRegistry({ limits })
  fillCounters(registry)
  const snapshot = takeSnapshot(registry)
  return {
    bytes: snapshot.length,
    takeMs: measureMs(() => takeSnapshot(registry)),
    restoreMs: measureMs(() => {
      const fresh = createRegistry({ limits })
      fresh.counter(callMetrics.cost, 1)
      restore(fresh, snapshot)
    }),
  }
}

function benchFlood(): Record<string, number> {
  const registry = createRegistry({ limits: defaultLimits })
  const counter = registry.counter(callMetrics.tokens)
  const flood = (from: number) => {
    for (let i = 0; i < updates; i++) counter.add([`model-${from + i}`, 'provider', 'service', 'prompt'], 1)
  }
  flood(0)
  globalThis.gc?.()
  const before = process.memoryUsage().heapUsed
  const start = performance.now()
  flood(updates)
  const ms = performance.now() - start
  globalThis.gc?.()
  return { updatesPerSecond: rate(ms), heapGrowthKb: Math.round((process.memoryUsage().heapUsed - before) / 1024) }
}

const update = benchUpdates()
const render = await benchRender()
const result = {
  bench: 'registry',
  update,
  'render 10,000 counters': render,
  ratios: {
    counter: (update.counter ?? 0) / (update.counterPromClient ?? 1),
    histogram: (update.histogram ?? 0) / (update.histogramPromClient ?? 1),
    render: (render.promClientMs ?? 0) / (render.textMs ?? 1),
  },
  'snapshot of 10,000 counters': benchSnapshot(),
  'record calls': benchCalls(),
  'a million new models': benchFlood(),
}
for (const [name, values] of Object.entries(result)) {
  if (typeof values === 'string') continue
  console.log(name)
  for (const [key, value] of Object.entries(values))
    console.log(`  ${key.padEnd(20)} ${value.toLocaleString('en', { maximumFractionDigits: 2 })}`)
}
console.log(JSON.stringify(result))
