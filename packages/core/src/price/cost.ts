/**
 * The cost of one call, exact: integer nano-dollars, no floating-point sum anywhere.
 *
 * input tokens (total) = uncached + cache reads + cache writes, each at its own price; output tokens (total, reasoning
 * included) at the output price. A row without a cached price bills those tokens at the input price.
 */
import type { LlmCall } from '../call.ts'
import type { PriceRow, PriceTier, TokenPrices } from './price-table.ts'

/** `cacheWrite1hTokens` ⊂ `cacheWriteTokens`: the writes that are kept for an hour. */
export type Usage = Pick<LlmCall, 'inputTokens' | 'outputTokens' | 'cacheReadTokens' | 'cacheWriteTokens'> & {
  readonly cacheWrite1hTokens?: number | null
}

export type CostKind = 'input' | 'cache_read' | 'cache_write' | 'cache_write_1h' | 'output' | 'request'

/** One line of the bill. */
export interface CostPart {
  readonly kind: CostKind
  /** Tokens; for `request`, 1. */
  readonly quantity: number
  /** Integer nano-dollars per 1,000,000 tokens; for `request`, per request. */
  readonly priceNanoUsd: number
  /** Integer. The parts add up to the cost exactly, so a part may be one nano-dollar off its own rounding. */
  readonly costNanoUsd: number
}

export interface Cost {
  readonly costNanoUsd: number
  readonly priceVersion: string
  readonly parts: readonly CostPart[]
}

interface Line {
  readonly kind: CostKind
  readonly quantity: number
  readonly priceNanoUsd: number
}

const tokensPerPrice = 1_000_000

/** Tokens of one kind and the key of their price. */
interface Bucket {
  readonly kind: Exclude<CostKind, 'request'>
  readonly tokens: number
}

/**
 * Disjoint buckets of the input, in the order of the prompt: a cache holds a prefix, what is written follows it.
 * A provider that reports more cached than input tokens is believed on the cached ones.
 */
function splitInput(usage: Usage, inputTokens: number): readonly Bucket[] {
  const cacheRead = usage.cacheReadTokens ?? 0
  const cacheWrite = usage.cacheWriteTokens ?? 0
  const cacheWrite1h = Math.min(usage.cacheWrite1hTokens ?? 0, cacheWrite)
  return [
    { kind: 'cache_read', tokens: cacheRead },
    { kind: 'cache_write', tokens: cacheWrite - cacheWrite1h },
    { kind: 'cache_write_1h', tokens: cacheWrite1h },
    { kind: 'input', tokens: Math.max(0, inputTokens - cacheRead - cacheWrite) },
  ]
}

/** The price that tokens of a kind pay. No price of their own: the nearest that has one, in the end the input price. */
export function priceOf(kind: Bucket['kind'], prices: TokenPrices): number {
  switch (kind) {
    case 'input':
      return prices.input
    case 'output':
      return prices.output
    case 'cache_read':
      return prices.cacheRead ?? prices.input
    case 'cache_write':
      return prices.cacheWrite ?? prices.input
    case 'cache_write_1h':
      return prices.cacheWrite1h ?? prices.cacheWrite ?? prices.input
  }
}

/** The highest tier whose threshold the input tokens are over; exactly at the threshold is still under it. */
function tierPrices(row: PriceRow, inputTokens: number): TokenPrices {
  let prices = row.prices
  for (const tier of row.tiers) if (inputTokens > tier.aboveInputTokens) prices = tier.prices
  return prices
}

function linesOfWholeRequest(row: PriceRow, buckets: readonly Bucket[], inputTokens: number): readonly Line[] {
  const prices = tierPrices(row, inputTokens)
  return buckets.map(({ kind, tokens }) => ({ kind, quantity: tokens, priceNanoUsd: priceOf(kind, prices) }))
}

/** Cuts the input at each threshold; every slice pays its own tier, and the output pays the row's price. */
function linesOfMarginal(row: PriceRow, buckets: readonly Bucket[]): readonly Line[] {
  const lines: Line[] = []
  let position = 0
  for (const { kind, tokens } of buckets) {
    if (kind === 'output') {
      lines.push({ kind, quantity: tokens, priceNanoUsd: row.prices.output })
      continue
    }
    const end = position + tokens
    for (const slice of sliceTiers(row.prices, row.tiers)) {
      const quantity = Math.min(end, slice.end) - Math.max(position, slice.start)
      if (quantity > 0) lines.push({ kind, quantity, priceNanoUsd: priceOf(kind, slice.prices) })
    }
    position = end
  }
  return lines
}

function sliceTiers(base: TokenPrices, tiers: readonly PriceTier[]) {
  const starts = [
    { start: 0, prices: base },
    ...tiers.map((tier) => ({ start: tier.aboveInputTokens, prices: tier.prices })),
  ]
  return starts.map((slice, at) => ({ ...slice, end: starts[at + 1]?.start ?? Number.POSITIVE_INFINITY }))
}

/** Σ quantity × price, in millionths of a nano-dollar; exact, in BigInt only where a double could not hold it. */
function addExactly(lines: readonly Line[]): readonly (number | bigint)[] {
  const sums: (number | bigint)[] = []
  let sum: number | bigint = 0
  for (const { kind, quantity, priceNanoUsd } of lines) {
    const factor = kind === 'request' ? tokensPerPrice : 1
    const product: number = quantity * priceNanoUsd * factor
    const next: number = typeof sum === 'number' ? sum + product : Number.POSITIVE_INFINITY
    sum =
      Number.isSafeInteger(product) && Number.isSafeInteger(next)
        ? next
        : BigInt(sum) + BigInt(quantity) * BigInt(priceNanoUsd) * BigInt(factor)
    sums.push(sum)
  }
  return sums
}

const halfPrice = tokensPerPrice / 2

/** Half up, once: the only rounding there is. */
function roundToNano(sum: number | bigint): number {
  if (typeof sum === 'bigint') return Number((sum + BigInt(halfPrice)) / BigInt(tokensPerPrice))
  const rest = sum % tokensPerPrice
  return (sum - rest) / tokensPerPrice + (rest >= halfPrice ? 1 : 0)
}

/** Counts of a broken sender (negative, fractional) are no usage. */
function isSound(usage: Usage): boolean {
  return (
    isCount(usage.inputTokens) &&
    isCount(usage.outputTokens) &&
    isCount(usage.cacheReadTokens) &&
    isCount(usage.cacheWriteTokens) &&
    isCount(usage.cacheWrite1hTokens)
  )
}

function isCount(count: number | null | undefined): boolean {
  return count == null || (Number.isSafeInteger(count) && count >= 0)
}

/**
 * What the usage costs by the row. Null when the usage does not say enough: no input tokens, or no output tokens
 * where the row charges for them.
 */
export function computeCost(usage: Usage, row: PriceRow): Cost | null {
  const { inputTokens, outputTokens } = usage
  if (inputTokens === null || !isSound(usage)) return null
  if (outputTokens === null && row.prices.output > 0) return null
  const buckets: readonly Bucket[] = [...splitInput(usage, inputTokens), { kind: 'output', tokens: outputTokens ?? 0 }]
  const tokenLines =
    row.tierMode === 'marginal' ? linesOfMarginal(row, buckets) : linesOfWholeRequest(row, buckets, inputTokens)
  const lines = tokenLines.filter((line) => line.quantity > 0)
  if (row.requestNanoUsd > 0) lines.push({ kind: 'request', quantity: 1, priceNanoUsd: row.requestNanoUsd })
  const rounded = addExactly(lines).map(roundToNano)
  const parts = lines.map((line, at) => ({ ...line, costNanoUsd: (rounded[at] ?? 0) - (rounded[at - 1] ?? 0) }))
  return { costNanoUsd: rounded.at(-1) ?? 0, priceVersion: row.version, parts }
}

/** The cost that `computeCost` gives, without its parts: a tenth of the work, and what is asked for every call. */
export function computeCostNanoUsd(usage: Usage, row: PriceRow): number | null {
  const { inputTokens, outputTokens } = usage
  if (inputTokens === null || !isSound(usage)) return null
  if (outputTokens === null && row.prices.output > 0) return null
  const isOneTier = row.tierMode === 'whole_request' || row.tiers.length === 0
  const sum = isOneTier ? addOneTier(usage, row, inputTokens) : Number.POSITIVE_INFINITY
  // No term is negative: a sum that a double holds exactly has exact terms.
  return Number.isSafeInteger(sum) ? roundToNano(sum) : (computeCost(usage, row)?.costNanoUsd ?? null)
}

/** In millionths of a nano-dollar, as `addExactly`; inexact beyond the safe integers. */
function addOneTier(usage: Usage, row: PriceRow, inputTokens: number): number {
  const prices = tierPrices(row, inputTokens)
  const cacheRead = usage.cacheReadTokens ?? 0
  const cacheWrite = usage.cacheWriteTokens ?? 0
  const cacheWrite1h = Math.min(usage.cacheWrite1hTokens ?? 0, cacheWrite)
  return (
    Math.max(0, inputTokens - cacheRead - cacheWrite) * prices.input +
    cacheRead * priceOf('cache_read', prices) +
    (cacheWrite - cacheWrite1h) * priceOf('cache_write', prices) +
    cacheWrite1h * priceOf('cache_write_1h', prices) +
    (usage.outputTokens ?? 0) * prices.output +
    row.requestNanoUsd * tokensPerPrice
  )
}
