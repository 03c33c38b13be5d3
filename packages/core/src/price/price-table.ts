/** What a price is and which rows a price list has. Prices are integer nano-dollars per million tokens. */

/** One set of prices, integer nano-dollars per 1,000,000 tokens. Null: no price of its own, see `priceTokens`. */
export interface TokenPrices {
  readonly input: number
  readonly output: number
  readonly cacheRead: number | null
  /** Writes kept for five minutes, and all writes whose lifetime is not known. */
  readonly cacheWrite: number | null
  readonly cacheWrite1h: number | null
}

/** Prices of a request whose input tokens (cached ones included) are more than `aboveInputTokens`. */
export interface PriceTier {
  readonly aboveInputTokens: number
  readonly prices: TokenPrices
}

/**
 * `whole_request`: a request over a tier's threshold pays that tier for all of its tokens, as the large providers bill.
 * `marginal`: only the input tokens above the threshold do.
 */
export type TierMode = 'whole_request' | 'marginal'

/** Seconds of the UTC day, end exclusive; an end before the start runs over midnight. */
export interface DayHours {
  readonly startSecond: number
  readonly endSecond: number
}

export interface PriceRow {
  readonly model: string
  /** In any spelling that `toProviderKey` knows. */
  readonly provider: string
  /** Other names of the same model. */
  readonly aliases: readonly string[]
  readonly version: string
  readonly prices: TokenPrices
  /** Integer nano-dollars for each request, whatever its size. */
  readonly requestNanoUsd: number
  /** Ascending by threshold. */
  readonly tiers: readonly PriceTier[]
  readonly tierMode: TierMode
  /** Integer microseconds since the Unix epoch. Null: always. */
  readonly effectiveFromUs: number | null
  readonly hours: DayHours | null
}

/** Nano-dollars in a dollar. */
const nano = 1_000_000_000

/** Dollars as a decimal number → integer nano-dollars, nearest. */
export function toNanoUsd(usd: number): number {
  return Math.round(usd * nano)
}

const microsPerSecond = 1_000_000
const secondsPerDay = 86_400

function isInHours(hours: DayHours, startTimeUs: number): boolean {
  const second = Math.floor(startTimeUs / microsPerSecond) % secondsPerDay
  const { startSecond, endSecond } = hours
  return startSecond <= endSecond
    ? second >= startSecond && second < endSecond
    : second >= startSecond || second < endSecond
}

/**
 * The row in force at a call's start, so that a price change never rewrites the past.
 * Rows of one model, least specific first: the last one whose date and hours fit wins. Null when none does.
 */
export function pickRowInForce(rows: readonly PriceRow[], startTimeUs: number): PriceRow | null {
  for (let at = rows.length - 1; at >= 0; at--) {
    const row = rows[at]
    if (!row) continue
    if (row.effectiveFromUs !== null && startTimeUs < row.effectiveFromUs) continue
    if (row.hours !== null && !isInHours(row.hours, startTimeUs)) continue
    return row
  }
  return null
}
