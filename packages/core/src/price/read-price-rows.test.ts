import { describe, expect, it } from 'vitest'
import { formatPath } from '../config-problem.ts'
import { readPriceRows } from './read-price-rows.ts'

const good = { model: 'm', provider: 'openai', input_price_per_1m: 2.5, output_price_per_1m: 10, version: '2025-01' }

function problemsOf(value: unknown): readonly string[] {
  return readPriceRows(value).problems.map(({ path, message }) => `${formatPath(path)}: ${message}`)
}

describe('readPriceRows()', () => {
  it('reads a whole row', () => {
    const { rows, problems } = readPriceRows([
      {
        ...good,
        cached_input_price_per_1m: 1.25,
        cache_write_price_per_1m: 3,
        cache_write_1h_price_per_1m: 5,
        price_per_request: 0.005,
        mode: 'marginal',
        tiers: [{ above_input_tokens: 200_000, input_price_per_1m: 5 }],
        effective_from: '2025-08-01',
        aliases: ['n'],
      },
    ])
    expect(problems).toEqual([])
    expect(rows[0]).toEqual({
      model: 'm',
      provider: 'openai',
      aliases: ['n'],
      version: '2025-01',
      prices: { input: 2.5e9, output: 10e9, cacheRead: 1.25e9, cacheWrite: 3e9, cacheWrite1h: 5e9 },
      requestNanoUsd: 5_000_000,
      tierMode: 'marginal',
      tiers: [
        {
          aboveInputTokens: 200_000,
          prices: { input: 5e9, output: 10e9, cacheRead: 1.25e9, cacheWrite: 3e9, cacheWrite1h: 5e9 },
        },
      ],
      effectiveFromUs: Date.parse('2025-08-01T00:00:00Z') * 1_000,
      hours: null,
    })
  })

  it('reads an empty file as an empty list', () => {
    expect(readPriceRows(null)).toEqual({ rows: [], problems: [] })
  })

  const bad: readonly (readonly [string, unknown, string])[] = [
    ['not a list', { models: [] }, ': must be a list of prices, not a map'],
    ['not a map', ['gpt-4o'], "[0]: must be a map, not text 'gpt-4o'"],
    [
      'a missing price',
      [{ ...good, input_price_per_1m: null }],
      "[0].input_price_per_1m: 'input_price_per_1m' is missing",
    ],
    [
      'a price as text',
      [{ ...good, output_price_per_1m: '10$' }],
      "[0].output_price_per_1m: 'output_price_per_1m' must be a number of dollars, not text '10$'",
    ],
    [
      'a negative price',
      [{ ...good, input_price_per_1m: -1 }],
      "[0].input_price_per_1m: 'input_price_per_1m' is -1: a price cannot be negative",
    ],
    [
      'an absurd price',
      [{ ...good, input_price_per_1m: 2_500_000 }],
      "[0].input_price_per_1m: 'input_price_per_1m' is 2500000: prices are dollars per 1,000,000 tokens, at most 10000",
    ],
    [
      'an unknown key',
      [{ ...good, cached_input_price: 1 }],
      "[0].cached_input_price: unknown key 'cached_input_price' (did you mean 'cached_input_price_per_1m'?)",
    ],
    [
      'a version that is a number',
      [{ ...good, version: 1 }],
      "[0].version: 'version' must be text, not 1: put it in quotes",
    ],
    [
      'a day that does not exist',
      [{ ...good, effective_from: '2025-02-30' }],
      "[0].effective_from: 'effective_from' must be a date such as 2025-08-01, not text '2025-02-30'",
    ],
    [
      'tiers that do not ascend',
      [{ ...good, tiers: [{ above_input_tokens: 5 }, { above_input_tokens: 5 }] }],
      '[0].tiers[1].above_input_tokens: tiers must ascend: 5 is not above 5',
    ],
    [
      'a wrong mode',
      [{ ...good, tiers: [{ above_input_tokens: 5 }], mode: 'all' }],
      "[0].mode: 'mode' must be whole_request or marginal, not text 'all'",
    ],
    [
      'aliases as text',
      [{ ...good, aliases: 'n' }],
      "[0].aliases: 'aliases' must be a list of model names, not text 'n'",
    ],
    [
      'a duplicate under another spelling of the provider',
      [good, { ...good, model: 'M', provider: 'OpenAI' }],
      "[1]: 'm' of OpenAI stands in [0] already: a later price needs its own 'effective_from'",
    ],
  ]
  it.each(bad)('names the place and the reason of %s', (_, value, problem) => {
    expect(problemsOf(value)).toEqual([problem])
  })

  it('names every problem at once and drops the rows that have one', () => {
    const { rows, problems } = readPriceRows([{ ...good, model: '', version: '' }, good])
    expect(problems).toHaveLength(2)
    expect(rows).toHaveLength(1)
  })
})
