import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Usage } from '@inferometer/core/price/cost'
import { computeCost } from '@inferometer/core/price/cost'
import { createPriceLookup } from '@inferometer/core/price/lookup'
import { listExactNames } from '@inferometer/core/price/model-match'
import type { PriceRow } from '@inferometer/core/price/price-table'
import { calcPrice } from '@pydantic/genai-prices'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Catalogue } from './catalogue.ts'
import { catalogueVersion, loadCatalogue } from './catalogue.ts'

let catalogue: Catalogue
beforeAll(async () => {
  catalogue = await loadCatalogue()
})

/** Below, at and above every threshold that the data has, and with each subset of the input. */
const usages: readonly Usage[] = [
  { inputTokens: 1_234, outputTokens: 567, cacheReadTokens: 0, cacheWriteTokens: 0 },
  { inputTokens: 9_999, outputTokens: 1, cacheReadTokens: 5_000, cacheWriteTokens: 1_000 },
  ...[128_000, 199_999, 200_000, 200_001, 271_999, 272_000, 272_001, 600_000].map((inputTokens) => ({
    inputTokens,
    outputTokens: 100,
    cacheReadTokens: 77,
    cacheWriteTokens: 33,
  })),
]
/** Before and after every dated change, by day and by night. */
const days = [
  '2024-01-01T12:00:00Z',
  '2025-06-09T23:59:59Z',
  '2025-06-10T00:00:00Z',
  '2026-09-30T02:00:00Z',
  '2026-11-01T17:00:00Z',
]

/**
 * What the package itself answers. Cached tokens without a price of their own count as plain input there too;
 * prices by anything but tokens and requests are left out of the comparison by asking for none of it.
 */
function oracleUsd(usage: Usage, model: string, provider: string, day: string): number | null {
  const found = calcPrice(
    {
      input_tokens: usage.inputTokens ?? 0,
      output_tokens: usage.outputTokens ?? 0,
      cache_read_tokens: usage.cacheReadTokens ?? 0,
      cache_write_tokens: usage.cacheWriteTokens ?? 0,
    },
    model,
    { providerId: provider, timestamp: new Date(day) },
  )
  return found?.total_price ?? null
}

describe('loadCatalogue()', () => {
  it('agrees with the package on every model it lists, to a nano-dollar', () => {
    const wrong: string[] = []
    let compared = 0
    for (const { models } of catalogue.providers)
      for (const { model, match, rows } of models) {
        const [row] = rows
        if (!row || model.startsWith('*')) continue
        for (const name of new Set([...listExactNames(match), model])) {
          // A name that the package's own order gives to another model says nothing about this one's prices.
          if (ownerOf(name, row.provider) !== model) continue
          const found = comparePrices(name, row.provider, rows)
          compared += found.compared
          wrong.push(...found.wrong)
        }
      }
    expect(wrong.slice(0, 10)).toEqual([])
    expect(compared).toBeGreaterThan(5_000)
  })

  it('names the installed release', () => {
    const entry = createRequire(import.meta.url).resolve('@pydantic/genai-prices')
    const manifest: unknown = JSON.parse(readFileSync(join(dirname(entry), '..', 'package.json'), 'utf8'))
    expect(manifest).toMatchObject({ version: catalogueVersion })
  })

  it('has the price of o3 before and after its change', () => {
    const lookup = createPriceLookup({ rows: [], catalogue: catalogue.providers })
    const inputPrice = (day: string) => {
      const query = { provider: 'openai', requestModel: 'o3', responseModel: 'o3-2025-04-16' }
      return lookup.find({ ...query, startTimeUs: Date.parse(day) * 1_000 })?.prices.input
    }
    expect([inputPrice('2025-06-09'), inputPrice('2025-06-10')]).toEqual([10e9, 2e9])
  })

  it('has prices by the hour', () => {
    const lookup = createPriceLookup({ rows: [], catalogue: catalogue.providers })
    const inputPrice = (time: string) => {
      const query = { provider: 'deepseek', requestModel: 'deepseek-chat', responseModel: null }
      return lookup.find({ ...query, startTimeUs: Date.parse(time) * 1_000 })?.prices.input
    }
    expect([inputPrice('2025-05-05T12:00:00Z'), inputPrice('2025-05-05T20:00:00Z')]).toEqual([270_000_000, 135_000_000])
  })
})

/** Plain models need one day and two usages; dated and tiered ones all of them. */
function comparePrices(name: string, provider: string, rows: readonly PriceRow[]) {
  const lookup = createPriceLookup({
    rows: [],
    catalogue: catalogue.providers.filter((each) => each.models.some((model) => model.rows === rows)),
  })
  const wrong: string[] = []
  let compared = 0
  for (const day of rows.length > 1 ? days : days.slice(-1)) {
    const query = { provider, requestModel: name, responseModel: null, startTimeUs: Date.parse(day) * 1_000 }
    const found = lookup.find(query)
    for (const usage of rows.some((row) => row.tiers.length > 0) ? usages : usages.slice(0, 2)) {
      const expected = oracleUsd(usage, name, provider, day) ?? Number.NaN
      const actual = ((found && computeCost(usage, found)?.costNanoUsd) ?? Number.NaN) / 1e9
      compared++
      if (!(Math.abs(actual - expected) <= 2e-9 + expected * 1e-8))
        wrong.push(`${provider} ${name} ${day} ${usage.inputTokens}: ${actual} ≠ ${expected}`)
    }
  }
  return { compared, wrong }
}

function ownerOf(name: string, provider: string): string | undefined {
  return calcPrice({ input_tokens: 1, output_tokens: 1 }, name, { providerId: provider })?.model.id
}

describe('loadCatalogue() finds the models that providers really answer with', () => {
  const known: readonly (readonly [string, string | null, string | null])[] = [
    ['openai', 'gpt-4o', 'gpt-4o-2024-08-06'],
    ['openai', 'gpt-3.5-turbo', 'gpt-3.5-turbo-0125'],
    ['openai', 'gpt-4', 'gpt-4-0613'],
    ['openai', null, 'o4-mini-2025-04-16'],
    ['openai', 'text-embedding-ada-002', 'text-embedding-ada-002-v2'],
    ['azure.ai.openai', 'my-deployment', 'gpt-4.1-mini-2025-04-14'],
    ['azure.ai.openai', 'my-deployment', 'gpt-35-turbo'],
    ['anthropic', 'claude-haiku-4-5-20251001', 'claude-haiku-4-5-20251001'],
    ['aws.bedrock', 'us.anthropic.claude-sonnet-4-5-20250929-v1:0', null],
    [
      'aws.bedrock',
      'arn:aws:bedrock:us-east-1:000000000000:inference-profile/us.anthropic.claude-3-7-sonnet-20250219-v1:0',
      null,
    ],
    ['aws.bedrock', 'amazon.nova-micro-v1:0', null],
    ['gcp.gemini', 'models/gemini-2.5-flash', 'gemini-2.5-flash'],
    ['gcp.vertex_ai', 'gemini-1.5-flash-002', 'gemini-1.5-flash-002'],
    ['gcp.vertex_ai', 'claude-sonnet-4-5@20250929', null],
    ['mistral_ai', 'mistral-small-latest', 'mistral-small-latest'],
    ['x_ai', 'grok-3-mini', 'grok-3-mini'],
    ['deepseek', 'deepseek-chat', 'deepseek-v4-flash'],
    ['groq', 'openai/gpt-oss-20b', 'openai/gpt-oss-20b'],
    ['openrouter', 'anthropic/claude-haiku-4.5', 'anthropic/claude-4.5-haiku-20251001'],
    ['litellm', 'azure/gpt-4o', null],
  ]
  it.each(known)('%s: %s answered by %s', (provider, requestModel, responseModel) => {
    const lookup = createPriceLookup({ rows: [], catalogue: catalogue.providers })
    const startTimeUs = Date.parse('2026-11-01') * 1_000
    expect(lookup.find({ provider, requestModel, responseModel, startTimeUs })).not.toBeNull()
  })

  it.each([
    ['ollama', 'gpt-oss:120b'],
    ['vllm', 'mistral-nemo'],
    ['openai', 'this-model-does-not-exist'],
    ['openai', 'ft:gpt-4.1-2025-04-14:acme::1'],
    ['aws.bedrock', 'arn:aws:sagemaker:us-east-1:000000000000:endpoint/endpoint-quick-start'],
  ])('knows no price of %s: %s', (provider, requestModel) => {
    const lookup = createPriceLookup({ rows: [], catalogue: catalogue.providers })
    expect(lookup.find({ provider, requestModel, responseModel: null, startTimeUs: 2e15 })).toBeNull()
  })
})
