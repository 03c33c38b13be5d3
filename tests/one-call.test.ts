/** Calls of real clients go in at one end; every sink is asked for them at the other. */
import { callMetrics } from '@inferometer/core/metrics'
import { startServer } from '@inferometer/server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FakeProvider, startFakeProvider } from '../packages/cli/src/demo/fake-provider.ts'
import type { ScenarioName } from '../packages/cli/src/demo/scenario.ts'
import { clientModels, providerUrl, type Question } from './harness/ask-clients.ts'
import { type ExpectedCall, expectCalls } from './harness/expected-calls.ts'
import { parseMetrics, sumSamples } from './harness/metrics-text.ts'
import { hasPrometheus, type Prometheus, scrapeFormats, startPrometheus } from './harness/prometheus.ts'
import { type ListedCall, startWatchedServer, type WatchedServer } from './harness/watched-server.ts'

const clients = Object.keys(clientModels)
/** Their libraries retry by themselves. */
const retryingClients = ['openai', 'openai-responses', 'anthropic', 'google', 'ai-chat', 'langchain', 'groq', 'bedrock']

let provider: FakeProvider
let watched: WatchedServer
let prometheus: Prometheus | null = null

beforeAll(async () => {
  provider = await startFakeProvider({ speed: 0.005, retryAfterMs: 20 })
  watched = await startWatchedServer()
  if (hasPrometheus()) prometheus = await startPrometheus(watched.server.addresses.metrics)
  else console.log('left out: Prometheus is not installed, so nothing scrapes the metrics port')
})
afterAll(async () => {
  await prometheus?.stop()
  await watched?.remove()
  await provider?.close()
})

function questionsFor(scenario: ScenarioName, names: readonly string[], styles = [false, true]): Question[] {
  return names.flatMap((client) =>
    styles.map((streaming) => ({
      client,
      model: clientModels[client] ?? 'unknown',
      streaming,
      prompt: `Where is order ${scenario} ${client} ${streaming}?`,
      baseUrl: `${providerUrl(client, provider.port)}/s/${scenario}`,
    })),
  )
}

/** Asks, then gives what the ledger expects and what the REST API lists, in the order of the calls. */
async function askAndList(service: string, questions: readonly Question[]) {
  provider.clearLedger()
  await watched.ask(service, questions)
  const expected = expectCalls(provider.ledger)
  const listed = await watched.listCalls(service, expected.length)
  return { expected, listed }
}

const comparedFields = [
  'provider',
  'request_model',
  'response_model',
  'response_id',
  'streaming',
  'status',
  'http_status',
  'retry_count',
  'prompt_tokens',
  'completion_tokens',
  'cached_tokens',
  'cache_write_tokens',
  'reasoning_tokens',
  'finish_reason',
  'finish_reason_raw',
  'cost_usd_micro',
] as const satisfies (keyof ExpectedCall & keyof ListedCall)[]

function pick(call: object, fields: readonly string[]) {
  return Object.fromEntries(fields.map((field) => [field, Reflect.get(call, field)]))
}

const answered: readonly ScenarioName[] = ['plain', 'cached', 'cache-write', 'reasoning', 'tools', 'length', 'filter']
const service = 'one-call'
let answeredCalls: { expected: ExpectedCall[]; listed: ListedCall[] }

describe('calls that are answered', () => {
  beforeAll(async () => {
    answeredCalls = await askAndList(
      service,
      answered.flatMap((scenario) => questionsFor(scenario, clients)),
    )
  }, 60_000)

  it('are all in the REST list, field for field as the provider sent them', () => {
    const { expected, listed } = answeredCalls
    expect(expected).toHaveLength(answered.length * clients.length * 2)
    expect(listed.map((call) => pick(call, comparedFields))).toEqual(expected.map((call) => pick(call, comparedFields)))
  })

  it('have a first token exactly when they are streams', () => {
    for (const call of answeredCalls.listed) {
      const { streaming, latency_ms_ttft: ttft, latency_ms_total: latency } = call
      if (streaming) expect(ttft, JSON.stringify(call)).toBeGreaterThan(0)
      else expect(ttft, JSON.stringify(call)).toBeNull()
      expect(Number(ttft ?? 0)).toBeLessThanOrEqual(Number(latency))
    }
  })

  it('are found one by one under their ids', async () => {
    const [call] = answeredCalls.listed
    const path = `/v1/calls/${call?.trace_id}/${call?.span_id}`
    const found = await (await fetch(watched.server.addresses.api + path)).json()
    expect({ ...found, seq: call?.seq }).toEqual(call)
  })

  it('are in /metrics with the same sums, by model, provider and service', async () => {
    expectSums(parseMetrics(await watched.readMetrics()), answeredCalls.expected)
  })

  it.each(Object.keys(scrapeFormats))('are in a real Prometheus with the same sums, scraped as %s', async (format) => {
    if (prometheus === null) return console.log('left out: no Prometheus')
    await prometheus.scraped()
    const selector = `{service_name="${service}",job="${format}"`
    const { query } = prometheus
    const total = await query(`sum(${callMetrics.spans.name}${selector}})`)
    expect(total).toBe(answeredCalls.expected.length)
    for (const [type, tokens] of tokenSums(answeredCalls.expected))
      expect(await query(`sum(${callMetrics.tokens.name}${selector},token_type="${type}"})`)).toBe(tokens)
    expect(await query(`sum(${callMetrics.cost.name}${selector}})`)).toBeCloseTo(costSum(answeredCalls.expected), 3)
    const count =
      format === 'protobuf'
        ? `sum(histogram_count(${callMetrics.latency.name}${selector}}))`
        : `sum(${callMetrics.latency.name}_count${selector}})`
    expect(await query(count)).toBe(answeredCalls.expected.length)
  })
})

function groupBy<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>()
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item])
  return groups
}

function tokenSums(expected: readonly ExpectedCall[]): [string, number][] {
  const sum = (field: 'prompt_tokens' | 'completion_tokens') =>
    expected.reduce((total, call) => total + (call[field] ?? 0), 0)
  return [
    ['prompt', sum('prompt_tokens')],
    ['completion', sum('completion_tokens')],
  ]
}

const costSum = (expected: readonly ExpectedCall[]) =>
  expected.reduce((total, call) => total + (call.cost_usd_micro ?? 0), 0)

function expectSums(samples: ReturnType<typeof parseMetrics>, expected: readonly ExpectedCall[]) {
  const groups = groupBy(expected, (call) => JSON.stringify([call.request_model, call.provider]))
  for (const [key, calls] of groups) {
    const [model, provider] = JSON.parse(key)
    const labels = { model, provider, service_name: service }
    const sum = (metric: { name: string }, more = {}) => sumSamples(samples, metric.name, { ...labels, ...more })
    expect(sum(callMetrics.spans, { status: 'success', has_retries: 'false' }), key).toBe(calls.length)
    for (const [type, tokens] of tokenSums(calls))
      expect(sum(callMetrics.tokens, { token_type: type }), `${key} ${type}`).toBe(tokens)
    expect(sum(callMetrics.cost), key).toBeCloseTo(costSum(calls), 3)
    expect(sumSamples(samples, `${callMetrics.latency.name}_count`, labels), key).toBe(calls.length)
    const streams = calls.filter((call) => call.streaming).length
    expect(sumSamples(samples, `${callMetrics.ttft.name}_count`, labels), key).toBe(streams)
    const finishes = groupBy(calls, (call) => call.finish_reason)
    for (const [reason, finished] of finishes)
      if (reason !== null) expect(sum(callMetrics.finishReasons, { finish_reason: reason })).toBe(finished.length)
    expect(sum(callMetrics.attempts, { http_status: '200' }), key).toBe(calls.length)
  }
}

describe('calls that fail or are retried', () => {
  it('carry every attempt of the client library, whoever the client is', async () => {
    const questions = [
      ...questionsFor('rate-limited-once', retryingClients),
      ...questionsFor('server-error-once', ['openai', 'anthropic']),
    ]
    const { expected, listed } = await askAndList('retried', questions)
    expect(expected.map((call) => call.attempt_statuses.length)).toEqual(questions.map(() => 2))
    const fields = ['provider', 'request_model', 'status', 'http_status', 'retry_count', 'completion_tokens']
    expect(listed.map((call) => pick(call, fields))).toEqual(expected.map((call) => pick(call, fields)))
    expect(listed.map((call) => call.attempts.map((attempt) => attempt.http_status))).toEqual(
      expected.map((call) => call.attempt_statuses),
    )
    const samples = parseMetrics(await watched.readMetrics())
    const labels = { service_name: 'retried', has_retries: 'true' }
    expect(sumSamples(samples, callMetrics.spans.name, labels)).toBe(questions.length)
  }, 60_000)

  it.each([
    ['bad-request', 'invalid_request'],
    ['unauthorized', 'auth'],
  ] as const)('are errors of one kind for %s, at every provider', async (scenario, errorType) => {
    const { expected, listed } = await askAndList(scenario, questionsFor(scenario, clients))
    expect(listed.map((call) => [call.provider, call.status, call.http_status, call.error_type])).toEqual(
      expected.map((call) => [call.provider, 'error', call.http_status, errorType]),
    )
    const samples = parseMetrics(await watched.readMetrics())
    const labels = { service_name: scenario, error_type: errorType }
    expect(sumSamples(samples, callMetrics.errors.name, labels)).toBe(expected.length)
  })

  const streamed = clients.filter((client) => client !== 'openai-embeddings')

  it('are errors when the stream breaks off', async () => {
    const { expected, listed } = await askAndList('broken', questionsFor('broken', streamed, [true]))
    expect(listed.map((call) => [call.provider, call.status, call.error_type, call.http_status])).toEqual(
      expected.map((call) => [call.provider, 'error', 'connection', 200]),
    )
  })

  it('are errors when the stream itself says so, inside HTTP 200', async () => {
    const { expected, listed } = await askAndList('stream-error', questionsFor('stream-error', streamed, [true]))
    expect(listed.map((call) => [call.provider, call.status])).toEqual(
      expected.map((call) => [call.provider, call.status]),
    )
  })
})

describe('the store', () => {
  it('gives the same calls and the same counters after a restart', async () => {
    const before = parseMetrics(await watched.readMetrics())
    await watched.server.stop()
    const settings = { dataDir: watched.dataDir, configDir: watched.configDir, logLevel: 'silent' } as const
    const again = await startServer({ ...settings, apiPort: 0, metricsPort: 0, otlpHttpPort: 0, otlpGrpcPort: 0 })
    try {
      const text = await (await fetch(`${again.addresses.metrics}/metrics`)).text()
      const after = parseMetrics(text)
      for (const { name } of Object.values(callMetrics).filter((metric) => metric.type === 'counter'))
        expect(sumSamples(after, name, {}), name).toBe(sumSamples(before, name, {}))
      const answer = await fetch(`${again.addresses.api}/v1/calls?limit=1000&content=true&service_name=${service}`)
      const { calls } = (await answer.json()) as { calls: ListedCall[] }
      expect(calls.toSorted((a, b) => a.seq - b.seq)).toEqual(answeredCalls.listed.toSorted((a, b) => a.seq - b.seq))
    } finally {
      await again.stop()
    }
  })
})
