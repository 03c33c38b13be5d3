import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type FakeProvider, startFakeProvider } from '../packages/cli/src/demo/fake-provider.ts'
import { askClients, clientModels } from './harness/ask-clients.ts'

let provider: FakeProvider
beforeAll(async () => {
  provider = await startFakeProvider({ speed: 0, retryAfterMs: 10 })
})
beforeEach(() => provider.clearLedger())
afterAll(() => provider.close())

const names = Object.keys(clientModels)
const questions = (scenario: string, clients: readonly string[]) =>
  clients.flatMap((client) =>
    [false, true].map((streaming, i) => ({
      client,
      model: clientModels[client] ?? 'unknown',
      streaming,
      prompt: `Where is order ${i}?`,
      baseUrl: `${provider.url}/s/${scenario}`,
    })),
  )

describe('startFakeProvider()', () => {
  it('is understood by every real client, whole and streamed', async () => {
    const answers = await askClients(questions('plain', names))
    expect(answers.filter((answer) => !answer.ok)).toEqual([])
    expect(provider.ledger.map((entry) => [entry.status, entry.complete])).toEqual(answers.map(() => [200, true]))
    for (const [i, answer] of answers.entries())
      if (answer.client !== 'openai-embeddings')
        expect(answer.text?.match(/\s*\S{1,6}/g)).toHaveLength(provider.ledger[i]?.outputTokens ?? -1)
  })

  it('lets the retries of clients through when the problem comes once', async () => {
    const retrying = ['openai', 'anthropic', 'groq', 'bedrock']
    const answers = await askClients(questions('rate-limited-once', retrying))
    expect(answers.filter((answer) => !answer.ok)).toEqual([])
    expect(provider.ledger.map((entry) => entry.status)).toEqual(answers.flatMap(() => [429, 200]))
  })

  it('breaks off where the scenario says so', async () => {
    const answers = await askClients(questions('broken', ['ollama', 'bedrock']))
    expect(answers.map((answer) => answer.ok)).toEqual(answers.map(() => false))
    expect(provider.ledger.filter((entry) => entry.complete)).toEqual([])
  })
})
