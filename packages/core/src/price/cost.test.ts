import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Usage } from './cost.ts'
import { computeCost, computeCostNanoUsd } from './cost.ts'
import type { PriceRow, TokenPrices } from './price-table.ts'
import { toNanoUsd } from './price-table.ts'

function usd(input: number, output: number, rest: Partial<Record<keyof TokenPrices, number>> = {}): TokenPrices {
  const price = (value: number | undefined) => (value === undefined ? null : toNanoUsd(value))
  return {
    input: toNanoUsd(input),
    output: toNanoUsd(output),
    cacheRead: price(rest.cacheRead),
    cacheWrite: price(rest.cacheWrite),
    cacheWrite1h: price(rest.cacheWrite1h),
  }
}

function row(fields: Partial<PriceRow> = {}): PriceRow {
  return {
    model: 'm',
    provider: 'p',
    aliases: [],
    version: 'v1',
    prices: usd(2.5, 10, { cacheRead: 1.25 }),
    requestNanoUsd: 0,
    tiers: [],
    tierMode: 'whole_request',
    effectiveFromUs: null,
    hours: null,
    ...fields,
  }
}

function usage(inputTokens: number | null, outputTokens: number | null, rest: Partial<Usage> = {}): Usage {
  return { inputTokens, outputTokens, cacheReadTokens: null, cacheWriteTokens: null, ...rest }
}

const costOf = (used: Usage, by: PriceRow) => computeCost(used, by)?.costNanoUsd ?? null

describe('computeCost()', () => {
  it('prices input and output when nothing is cached', () => {
    // 150 × $2.50 + 80 × $10 per million = 1175 micro-dollars.
    expect(costOf(usage(150, 80), row())).toBe(1_175_000)
  })

  it('keeps what a micro-dollar would lose', () => {
    expect(costOf(usage(20, 0), row({ prices: usd(0.02, 0) }))).toBe(400)
  })

  it('bills cached tokens once, at the cached price', () => {
    const cost = computeCost(usage(1_000, 100, { cacheReadTokens: 800 }), row())
    expect(cost?.parts).toEqual([
      { kind: 'cache_read', quantity: 800, priceNanoUsd: 1_250_000_000, costNanoUsd: 1_000_000 },
      { kind: 'input', quantity: 200, priceNanoUsd: 2_500_000_000, costNanoUsd: 500_000 },
      { kind: 'output', quantity: 100, priceNanoUsd: 10_000_000_000, costNanoUsd: 1_000_000 },
    ])
    expect(cost?.costNanoUsd).toBe(2_500_000)
    expect(cost?.priceVersion).toBe('v1')
  })

  it('bills cached tokens at the input price when the row has none for them', () => {
    const plain = row({ prices: usd(2.5, 10) })
    expect(costOf(usage(1_000, 0, { cacheReadTokens: 800, cacheWriteTokens: 100 }), plain)).toBe(2_500_000)
  })

  it('bills cache writes by how long they are kept', () => {
    const claude = row({ prices: usd(3, 15, { cacheRead: 0.3, cacheWrite: 3.75, cacheWrite1h: 6 }) })
    const used = usage(10_000, 0, { cacheReadTokens: 2_000, cacheWriteTokens: 5_000, cacheWrite1hTokens: 1_000 })
    expect(costOf(used, claude)).toBe((2_000 * 0.3 + 4_000 * 3.75 + 1_000 * 6 + 3_000 * 3) * 1_000)
  })

  it('rounds half up, once', () => {
    const half = row({
      prices: { input: 500_000, output: 500_000, cacheRead: null, cacheWrite: null, cacheWrite1h: null },
    })
    expect(costOf(usage(1, 0), half)).toBe(1)
    expect(costOf(usage(1, 1), half)).toBe(1)
    expect(costOf(usage(2, 1), half)).toBe(2)
  })

  it('moves the whole request to the tier above the threshold, not at it', () => {
    const tiered = row({
      prices: usd(1.25, 10),
      tiers: [{ aboveInputTokens: 200_000, prices: usd(2.5, 15) }],
    })
    expect(costOf(usage(200_000, 1_000), tiered)).toBe((200_000 * 1.25 + 1_000 * 10) * 1_000)
    expect(costOf(usage(200_001, 1_000), tiered)).toBe((200_001 * 2.5 + 1_000 * 15) * 1_000)
  })

  it('counts cached tokens towards the threshold', () => {
    const tiered = row({
      prices: usd(1.25, 10, { cacheRead: 0.125 }),
      tiers: [{ aboveInputTokens: 200_000, prices: usd(2.5, 15, { cacheRead: 0.25 }) }],
    })
    expect(costOf(usage(200_001, 0, { cacheReadTokens: 200_000 }), tiered)).toBe(200_000 * 250 + 2_500)
  })

  it('charges only the input above the threshold when the tier is marginal', () => {
    const marginal = row({
      prices: usd(1, 10, { cacheRead: 0.1 }),
      tiers: [
        { aboveInputTokens: 1_000, prices: usd(2, 10, { cacheRead: 0.2 }) },
        { aboveInputTokens: 2_000, prices: usd(4, 10, { cacheRead: 0.4 }) },
      ],
      tierMode: 'marginal',
    })
    expect(costOf(usage(1_000, 0), marginal)).toBe(1_000_000)
    expect(costOf(usage(1_001, 0), marginal)).toBe(1_002_000)
    expect(costOf(usage(2_500, 100), marginal)).toBe((1_000 + 2_000 + 2_000 + 1_000) * 1_000)
    // The cached prefix comes first: 1 500 cached, the last 500 of them in the second tier.
    expect(costOf(usage(2_500, 0, { cacheReadTokens: 1_500 }), marginal)).toBe((100 + 100 + 1_000 + 2_000) * 1_000)
  })

  it('adds the price of the request itself', () => {
    const cost = computeCost(usage(1_000_000, 0), row({ prices: usd(1, 1), requestNanoUsd: toNanoUsd(0.012) }))
    expect(cost?.costNanoUsd).toBe(1_012_000_000)
    expect(cost?.parts.at(-1)).toEqual({
      kind: 'request',
      quantity: 1,
      priceNanoUsd: 12_000_000,
      costNanoUsd: 12_000_000,
    })
  })

  it('answers null when the usage does not say enough', () => {
    expect(computeCost(usage(null, 10), row())).toBeNull()
    expect(computeCost(usage(10, null), row())).toBeNull()
    expect(computeCost(usage(-1, 10), row())).toBeNull()
    expect(computeCost(usage(1.5, 10), row())).toBeNull()
  })

  it('needs no output tokens when the row charges nothing for them', () => {
    expect(costOf(usage(1_000, null), row({ prices: usd(0.13, 0) }))).toBe(130_000)
  })

  it('answers zero, not null, for a free model', () => {
    expect(computeCost(usage(1_000, 100), row({ prices: usd(0, 0) }))).toMatchObject({ costNanoUsd: 0 })
  })
})

const tokens = fc.integer({ min: 0, max: 20_000_000 })
const price = fc.oneof(fc.integer({ min: 0, max: 10_000_000_000 }), fc.integer({ min: 0, max: 10_000_000_000_000 }))
const optionalPrice = fc.option(price, { nil: null })
const prices: fc.Arbitrary<TokenPrices> = fc.record({
  input: price,
  output: price,
  cacheRead: optionalPrice,
  cacheWrite: optionalPrice,
  cacheWrite1h: optionalPrice,
})
const rows = fc
  .record({
    prices,
    tiers: fc.array(fc.record({ aboveInputTokens: fc.integer({ min: 1, max: 1_000_000 }), prices }), { maxLength: 3 }),
    tierMode: fc.constantFrom<PriceRow['tierMode']>('whole_request', 'marginal'),
    requestNanoUsd: fc.integer({ min: 0, max: 1_000_000_000 }),
  })
  .map((fields) => {
    const tiers = [...new Map(fields.tiers.map((tier) => [tier.aboveInputTokens, tier])).values()]
    return row({ ...fields, tiers: tiers.sort((a, b) => a.aboveInputTokens - b.aboveInputTokens) })
  })
const usages = fc
  .record({
    uncached: tokens,
    read: tokens,
    write: tokens,
    outputTokens: tokens,
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ uncached, read, write, outputTokens, share }) =>
    usage(uncached + read + write, outputTokens, {
      cacheReadTokens: read,
      cacheWriteTokens: write,
      cacheWrite1hTokens: Math.floor(write * share),
    }),
  )

/** The same sum as a rational number, token by kind, without any of the code above. */
function referenceNano(used: Usage, by: PriceRow): bigint {
  const read = used.cacheReadTokens ?? 0
  const write = used.cacheWriteTokens ?? 0
  const hour = used.cacheWrite1hTokens ?? 0
  const input = used.inputTokens ?? 0
  const kinds: readonly (readonly [number, (of: TokenPrices) => number])[] = [
    [read, (of) => of.cacheRead ?? of.input],
    [write - hour, (of) => of.cacheWrite ?? of.input],
    [hour, (of) => of.cacheWrite1h ?? of.cacheWrite ?? of.input],
    [input - read - write, (of) => of.input],
  ]
  const bounds = [0, ...by.tiers.map((tier) => tier.aboveInputTokens), Number.MAX_SAFE_INTEGER]
  const sets = [by.prices, ...by.tiers.map((tier) => tier.prices)]
  const whole = sets[by.tiers.filter((tier) => input > tier.aboveInputTokens).length] ?? by.prices
  let millionths = BigInt(by.requestNanoUsd) * 1_000_000n
  let start = 0
  for (const [count, priceIn] of kinds) {
    if (by.tierMode === 'whole_request') millionths += BigInt(count) * BigInt(priceIn(whole))
    else
      for (const [at, set] of sets.entries()) {
        const overlap = Math.min(start + count, bounds[at + 1] ?? 0) - Math.max(start, bounds[at] ?? 0)
        if (overlap > 0) millionths += BigInt(overlap) * BigInt(priceIn(set))
      }
    start += count
  }
  millionths +=
    BigInt(used.outputTokens ?? 0) * BigInt(by.tierMode === 'whole_request' ? whole.output : by.prices.output)
  return (2n * millionths + 1_000_000n) / 2_000_000n
}

describe('computeCost() for any usage and prices', () => {
  it('equals the exact rational sum, rounded half up', () => {
    fc.assert(
      fc.property(usages, rows, (used, by) => {
        const expected = referenceNano(used, by)
        const cost = computeCost(used, by)
        if (expected <= BigInt(Number.MAX_SAFE_INTEGER)) expect(BigInt(cost?.costNanoUsd ?? -1)).toBe(expected)
      }),
      { numRuns: 500 },
    )
  })

  it('equals computeCostNanoUsd(), also where it is null or beyond what a double holds', () => {
    const broken = fc.constantFrom<Partial<Usage>>(
      {},
      { inputTokens: null },
      { outputTokens: -1 },
      { cacheReadTokens: 0.5 },
    )
    const oneHour = fc.option(tokens, { nil: null })
    fc.assert(
      fc.property(usages, rows, broken, oneHour, (used, by, wrong, cacheWrite1hTokens) => {
        const usage = { ...used, cacheWrite1hTokens, ...wrong }
        expect(computeCostNanoUsd(usage, by)).toBe(computeCost(usage, by)?.costNanoUsd ?? null)
      }),
      { numRuns: 2_000 },
    )
  })

  it('has parts that add up to it, each of them never negative', () => {
    fc.assert(
      fc.property(usages, rows, (used, by) => {
        const cost = computeCost(used, by)
        const parts = cost?.parts ?? []
        expect(parts.reduce((sum, part) => sum + part.costNanoUsd, 0)).toBe(cost?.costNanoUsd)
        expect(parts.every((part) => part.costNanoUsd >= 0 && Number.isSafeInteger(part.costNanoUsd))).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  it('never falls when tokens are added', () => {
    const flat = rows.map((by) => ({ ...by, tiers: [] }))
    fc.assert(
      fc.property(usages, flat, fc.integer({ min: 1, max: 1_000 }), (used, by, more) => {
        const before = costOf(used, by) ?? 0
        expect(costOf({ ...used, inputTokens: (used.inputTokens ?? 0) + more }, by)).toBeGreaterThanOrEqual(before)
        expect(costOf({ ...used, outputTokens: (used.outputTokens ?? 0) + more }, by)).toBeGreaterThanOrEqual(before)
      }),
      { numRuns: 300 },
    )
  })
})
