/** Real clients, each with a prompt that the policy does not let out: nothing reaches the provider, the caller is told at once, the call is recorded once. */
import { callMetrics } from '@inferometer/core/metrics'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type FakeProvider, startFakeProvider } from '../packages/cli/src/demo/fake-provider.ts'
import { type ClientAnswer, clientModels, providerUrl, type Question } from './harness/ask-clients.ts'
import { parseMetrics, sumSamples } from './harness/metrics-text.ts'
import { type ListedCall, startWatchedServer, type WatchedServer } from './harness/watched-server.ts'

const service = 'blocking'
const address = ['jane.roe', 'customer.example'].join('@')
const clients = Object.keys(clientModels)
const why = 'Blocked before it was sent: the prompt holds email'
/** These wrap whatever their transport throws. Nobody comes back with the same prompt: each call is recorded once. */
const errors: Readonly<Record<string, string>> = {
  mistral: `UnexpectedClientError: Unexpected HTTP client error: BlockedError: ${why}`,
  cohere: `CohereError: ${why}`,
}
/** The AI SDK hands errors of streams to `onError`; this is what it says afterwards. */
const noOutput = 'AI_NoOutputGeneratedError: No output generated. Check the stream for errors.'

let provider: FakeProvider
let watched: WatchedServer
let answers: readonly ClientAnswer[]
let calls: readonly ListedCall[]

beforeAll(async () => {
  provider = await startFakeProvider({ speed: 0.005 })
  watched = await startWatchedServer()
  answers = await watched.ask(service, clients.flatMap(ask), { INFEROMETER_SAFETY_PII: 'block' })
  calls = await watched.listCalls(service, answers.length)
}, 60_000)
afterAll(async () => {
  await watched?.remove()
  await provider?.close()
})

function ask(client: string): Question[] {
  const question = {
    client,
    model: clientModels[client] ?? 'unknown',
    prompt: `Write to ${address}`,
    baseUrl: `${providerUrl(client, provider.port)}/s/plain`,
  }
  return [
    { ...question, streaming: false },
    { ...question, streaming: true },
  ]
}

it('lets no prompt out', () => {
  expect(provider.ledger).toEqual([])
})

it.each(clients)('tells the caller of %s why', (client) => {
  const own = answers.filter((answer) => answer.client === client)
  const told = own.map(({ ok, streaming, error }) => ({ ok, streaming, error: error?.split('\n')[0] }))
  const error = errors[client] ?? `BlockedError: ${why}`
  expect(told).toEqual([
    { ok: false, streaming: false, error },
    { ok: false, streaming: true, error: client.startsWith('ai-') ? noOutput : error },
  ])
})

it('records each call once, as blocked, without cost, attempts or latency', async () => {
  expect(
    calls.map(({ status, error_type, cost_usd_micro, attempts, retry_count }) => ({
      status,
      error_type,
      cost_usd_micro,
      attempts,
      retry_count,
    })),
  ).toEqual(
    answers.map(() => ({ status: 'error', error_type: 'blocked', cost_usd_micro: null, attempts: [], retry_count: 0 })),
  )
  const samples = parseMetrics(await watched.readMetrics())
  const sum = (metric: { readonly name: string }, labels = {}) =>
    sumSamples(samples, metric.name, { service_name: service, ...labels })
  expect(sum(callMetrics.errors, { error_type: 'blocked' })).toBe(answers.length)
  expect(sum(callMetrics.pii)).toBe(answers.length)
  expect(sum(callMetrics.findings, { kind: 'pii', pattern: 'email' })).toBe(answers.length)
  expect(sum(callMetrics.usageMissing) + sum(callMetrics.unpriced) + sum(callMetrics.attempts)).toBe(0)
  expect(sumSamples(samples, `${callMetrics.latency.name}_count`, { service_name: service })).toBe(0)
})

it('says nowhere what was found', async () => {
  expect(JSON.stringify([calls, answers.map(({ error }) => error)])).not.toContain(address)
})
