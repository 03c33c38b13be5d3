/** The table in force as the REST API shows it, in the field names of the price file. */
import type { PriceRow, PriceTier, TokenPrices } from '@inferometer/core/price/price-table'
import type { PriceTable } from './prices.ts'

export interface ListedPrices {
  readonly input_price_per_1m: number
  readonly output_price_per_1m: number
  readonly cached_input_price_per_1m: number | null
  readonly cache_write_price_per_1m: number | null
  readonly cache_write_1h_price_per_1m: number | null
}

export interface ListedRow extends ListedPrices {
  readonly model: string
  readonly provider: string
  readonly version: string
  /** `file`: the user's. `bundled`: the catalogue's. */
  readonly origin: 'file' | 'bundled'
  readonly aliases: readonly string[]
  readonly price_per_request: number
  readonly mode: PriceRow['tierMode']
  readonly tiers: readonly (ListedPrices & { readonly above_input_tokens: number })[]
  /** ISO 8601, UTC. */
  readonly effective_from: string | null
  /** Seconds of the UTC day. */
  readonly hours_utc: { readonly start_second: number; readonly end_second: number } | null
}

export interface ListedTable {
  readonly version: string
  readonly prices: readonly ListedRow[]
}

/** In the order of precedence: the file's rows, then the catalogue's. */
export function listPrices(table: PriceTable): ListedTable {
  const bundled = table.catalogue.providers.flatMap(({ models }) => models.flatMap(({ rows }) => rows))
  return {
    version: table.version,
    prices: [...table.rows.map((row) => toListed(row, 'file')), ...bundled.map((row) => toListed(row, 'bundled'))],
  }
}

const nano = 1_000_000_000

function toUsd(nanoUsd: number): number {
  return nanoUsd / nano
}

function toUsdOrNull(nanoUsd: number | null): number | null {
  return nanoUsd === null ? null : toUsd(nanoUsd)
}

function toListedPrices(prices: TokenPrices): ListedPrices {
  return {
    input_price_per_1m: toUsd(prices.input),
    output_price_per_1m: toUsd(prices.output),
    cached_input_price_per_1m: toUsdOrNull(prices.cacheRead),
    cache_write_price_per_1m: toUsdOrNull(prices.cacheWrite),
    cache_write_1h_price_per_1m: toUsdOrNull(prices.cacheWrite1h),
  }
}

function toListedTier({ aboveInputTokens, prices }: PriceTier) {
  return { above_input_tokens: aboveInputTokens, ...toListedPrices(prices) }
}

function toListed(row: PriceRow, origin: ListedRow['origin']): ListedRow {
  const { effectiveFromUs, hours } = row
  return {
    model: row.model,
    provider: row.provider,
    version: row.version,
    origin,
    ...toListedPrices(row.prices),
    aliases: row.aliases,
    price_per_request: toUsd(row.requestNanoUsd),
    mode: row.tierMode,
    tiers: row.tiers.map(toListedTier),
    effective_from: effectiveFromUs === null ? null : new Date(effectiveFromUs / 1_000).toISOString(),
    hours_utc: hours && { start_second: hours.startSecond, end_second: hours.endSecond },
  }
}
