import { describe, expect, it } from 'vitest'
import type { CatalogueProvider, PriceQuery } from './lookup.ts'
import { createPriceLookup } from './lookup.ts'
import type { ModelMatch } from './model-match.ts'
import type { PriceRow } from './price-table.ts'

function row(provider: string, model: string, fields: Partial<PriceRow> = {}): PriceRow {
  const prices = { input: 1, output: 1, cacheRead: null, cacheWrite: null, cacheWrite1h: null }
  const plain = { aliases: [], requestNanoUsd: 0, tiers: [], tierMode: 'whole_request' } as const
  return {
    ...plain,
    provider,
    model,
    version: `${provider}/${model}`,
    prices,
    effectiveFromUs: null,
    hours: null,
    ...fields,
  }
}

function bundled(provider: string, model: string, match: ModelMatch) {
  return { model, match, rows: [row(provider, model, { version: `bundled ${provider}/${model}` })] }
}

const catalogue: readonly CatalogueProvider[] = [
  {
    provider: 'openai',
    ownModels: { startsWith: 'gpt-' },
    fallbacks: [],
    models: [
      bundled('openai', 'ft:gpt-4o', { startsWith: 'ft:gpt-4o-2024-' }),
      bundled('openai', 'gpt-4o', { or: [{ equals: 'gpt-4o' }, { equals: 'gpt-4o-2024-08-06' }] }),
      bundled('openai', 'gpt-4o-2024-05-13', { equals: 'gpt-4o-2024-05-13' }),
    ],
  },
  {
    provider: 'anthropic',
    ownModels: { contains: 'claude' },
    fallbacks: [],
    models: [bundled('anthropic', 'claude-haiku-4-5', { startsWith: 'claude-haiku-4-5' })],
  },
  {
    provider: 'azure',
    ownModels: null,
    fallbacks: ['openai'],
    models: [bundled('azure', 'o4-mini', { contains: 'o4-mini' })],
  },
  { provider: 'groq', ownModels: null, fallbacks: [], models: [bundled('groq', 'llama-3', { equals: 'llama-3' })] },
  {
    provider: 'openrouter',
    ownModels: null,
    fallbacks: [],
    models: [bundled('openrouter', '*:free', { endsWith: ':free' })],
  },
]

function find(rows: readonly PriceRow[], query: Partial<PriceQuery>): string | null {
  const lookup = createPriceLookup({ rows, catalogue })
  const found = lookup.find({ provider: 'openai', requestModel: null, responseModel: null, startTimeUs: 0, ...query })
  return found?.version ?? null
}

describe('createPriceLookup() find', () => {
  it('prefers the model that answered to the one asked for', () => {
    const rows = [row('openai', 'asked'), row('openai', 'answered')]
    expect(find(rows, { responseModel: 'answered', requestModel: 'asked' })).toBe('openai/answered')
    expect(find(rows, { responseModel: 'unheard-of', requestModel: 'asked' })).toBe('openai/asked')
  })

  it('prefers the user row to the catalogue, for snapshots of the same model too', () => {
    const rows = [row('openai', 'gpt-4o')]
    expect(find(rows, { responseModel: 'gpt-4o' })).toBe('openai/gpt-4o')
    expect(find(rows, { responseModel: 'gpt-4o-2024-08-06' })).toBe('openai/gpt-4o')
    expect(find(rows, { responseModel: 'gpt-4o-2027-01-01' })).toBe('openai/gpt-4o')
  })

  it('does not stretch a user row over a snapshot that has its own price', () => {
    expect(find([row('openai', 'gpt-4o')], { responseModel: 'gpt-4o-2024-05-13' })).toBe(
      'bundled openai/gpt-4o-2024-05-13',
    )
    const own = [row('openai', 'gpt-4o'), row('openai', 'gpt-4o-2024-05-13')]
    expect(find(own, { responseModel: 'gpt-4o-2024-05-13' })).toBe('openai/gpt-4o-2024-05-13')
  })

  it('finds a user row by alias', () => {
    expect(find([row('acme', 'big', { aliases: ['Bigger'] })], { provider: 'acme', requestModel: 'bigger' })).toBe(
      'acme/big',
    )
  })

  it('knows one provider under its many names', () => {
    const rows = [row('gcp.gemini', 'gemini-x'), row('aws.bedrock', 'nova')]
    expect(find(rows, { provider: 'vertex_ai', requestModel: 'models/gemini-x' })).toBe('gcp.gemini/gemini-x')
    expect(find(rows, { provider: 'bedrock', requestModel: 'us.amazon.nova-v1:0' })).toBe('aws.bedrock/nova')
  })

  it('falls back to the model alone only while it is unambiguous', () => {
    expect(find([row('acme', 'm')], { provider: 'gateway', requestModel: 'm' })).toBe('acme/m')
    expect(find([row('acme', 'm'), row('other', 'm')], { provider: 'gateway', requestModel: 'm' })).toBeNull()
    expect(find([], { provider: 'gateway', requestModel: 'gpt-4o' })).toBe('bundled openai/gpt-4o')
    expect(find([], { provider: 'gateway', requestModel: 'azure/gpt-4o' })).toBe('bundled openai/gpt-4o')
    expect(find([], { provider: 'openai', requestModel: 'claude-haiku-4-5-20251001' })).toBe(
      'bundled anthropic/claude-haiku-4-5',
    )
  })

  it("does not price a reseller's model by its vendor", () => {
    expect(find([], { provider: 'groq', requestModel: 'gpt-4o' })).toBeNull()
    expect(find([], { provider: 'groq', requestModel: 'openai/gpt-4o' })).toBeNull()
    expect(find([], { provider: 'openrouter', requestModel: 'openai/gpt-4o' })).toBe('bundled openai/gpt-4o')
    expect(find([], { provider: 'openrouter', requestModel: 'openai/gpt-4o:free' })).toBe('bundled openrouter/*:free')
  })

  it('prices nothing that runs on own machines, but by a row that says so', () => {
    expect(find([row('acme', 'gpt-4o')], { provider: 'ollama', requestModel: 'gpt-4o' })).toBeNull()
    expect(find([row('ollama', 'gpt-4o')], { provider: 'ollama', requestModel: 'gpt-4o' })).toBe('ollama/gpt-4o')
  })

  it('serves the models of fallback providers', () => {
    expect(find([], { provider: 'azure.ai.openai', requestModel: 'gpt-4o' })).toBe('bundled openai/gpt-4o')
  })

  it('never gives a fine-tuned model the price of its base', () => {
    const rows = [row('openai', 'gpt-4o'), row('openai', 'gpt-4.1')]
    expect(find(rows, { requestModel: 'ft:gpt-4.1-2025-04-14:acme::1' })).toBeNull()
    expect(find(rows, { requestModel: 'ft:gpt-4o-2024-08-06:acme::1' })).toBe('bundled openai/ft:gpt-4o')
    expect(find(rows, { provider: 'azure', requestModel: 'ft:o4-mini-2025-04-16:acme::1' })).toBeNull()
    expect(find([row('openai', 'ft:gpt-4.1')], { requestModel: 'ft:gpt-4.1-2025-04-14:acme::1' })).toBe(
      'openai/ft:gpt-4.1',
    )
  })

  it('leaves the time before a user row to the catalogue', () => {
    const rows = [row('openai', 'gpt-4o', { effectiveFromUs: 1_000 })]
    expect(find(rows, { requestModel: 'gpt-4o', startTimeUs: 999 })).toBe('bundled openai/gpt-4o')
    expect(find(rows, { requestModel: 'gpt-4o', startTimeUs: 1_000 })).toBe('openai/gpt-4o')
  })

  it('takes the latest of several dated rows, whatever their order', () => {
    const rows = [2_000, 1_000].map((effectiveFromUs) =>
      row('a', 'm', { effectiveFromUs, version: `${effectiveFromUs}` }),
    )
    expect(find(rows, { provider: 'a', requestModel: 'm', startTimeUs: 1_500 })).toBe('1000')
    expect(find(rows, { provider: 'a', requestModel: 'm', startTimeUs: 2_500 })).toBe('2000')
  })

  it('answers null when no model is named', () => {
    expect(find([], {})).toBeNull()
  })

  it('stays bounded when every call names another model', () => {
    const lookup = createPriceLookup({ rows: [], catalogue })
    for (let at = 0; at < 12_000; at++)
      lookup.find({ provider: 'openai', requestModel: `m-${at}`, responseModel: null, startTimeUs: 0 })
    const query = { provider: 'openai', requestModel: 'gpt-4o', responseModel: null, startTimeUs: 0 }
    expect(lookup.find(query)?.model).toBe('gpt-4o')
  })
})
