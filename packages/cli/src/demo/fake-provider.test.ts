import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type FakeProvider, startFakeProvider } from './fake-provider.ts'

let provider: FakeProvider
beforeAll(async () => {
  provider = await startFakeProvider({ speed: 0, retryAfterMs: 10 })
})
beforeEach(() => provider.clearLedger())
afterAll(() => provider.close())

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(provider.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
const chat = { model: 'gpt-4o', messages: [{ role: 'user', content: 'Hello there' }] }

describe('startFakeProvider()', () => {
  it.each([
    ['bad-request', 400],
    ['unauthorized', 401],
    ['rate-limited', 429],
    ['server-error', 500],
    ['overloaded', 529],
  ])('answers %s with %i', async (scenario, status) => {
    const response = await post(`/s/${scenario}/v1/chat/completions`, chat)
    expect(response.status).toBe(status)
    expect(await response.json()).toHaveProperty('error.message')
    expect(response.headers.has('retry-after')).toBe(status === 429)
  })

  it('gives the same answer to the same question and seed, and counts what it sends', async () => {
    const ask = async () => JSON.parse(await (await post('/v1/chat/completions', chat)).text())
    const [first, second] = [await ask(), await ask()]
    expect(second.choices).toEqual(first.choices)
    expect(first.usage).toMatchObject({ prompt_tokens: 3 + 2, completion_tokens: provider.ledger[0]?.outputTokens })
  })

  it('takes the scenario from the header before the address', async () => {
    const response = await post('/s/plain/v1/chat/completions', chat, { 'x-fake-scenario': 'overloaded' })
    expect(response.status).toBe(529)
  })

  it('cuts the answer when the request allows fewer tokens', async () => {
    const { choices, usage } = JSON.parse(await (await post('/v1/chat/completions', { ...chat, max_tokens: 5 })).text())
    expect(usage.completion_tokens).toBe(5)
    expect(choices[0].finish_reason).toBe('length')
  })

  it('sends no usage in a stream that did not ask for it, and writes that down', async () => {
    const text = await (await post('/v1/chat/completions', { ...chat, stream: true })).text()
    expect(text).not.toContain('"usage"')
    expect(provider.ledger[0]).toMatchObject({ inputTokens: null, outputTokens: null, finishReason: 'stop' })
  })

  it('names what it does not know', async () => {
    expect((await post('/s/nonsense/v1/chat/completions', chat)).status).toBe(404)
    expect((await post('/v1/nothing', chat)).status).toBe(404)
    const broken = await fetch(`${provider.url}/v1/chat/completions`, { method: 'POST', body: '{' })
    expect(broken.status).toBe(404)
  })
})

describe('pacing', () => {
  it('spreads tokens over time when speed is above 0', async () => {
    const paced = await startFakeProvider({ speed: 0.05 })
    const started = performance.now()
    const body = JSON.stringify({ ...chat, stream: true })
    const response = await fetch(`${paced.url}/v1/chat/completions`, { method: 'POST', body })
    await response.text()
    const tookMs = performance.now() - started
    await paced.close()
    expect(tookMs).toBeGreaterThan(15)
    expect(paced.ledger[0]?.firstTokenMs ?? 0).toBeGreaterThan(3)
  })
})
