/** What a usage object says the call cost, in nano-dollars. */
import { maxCostNanoUsd } from '../call-limits.ts'
import { type JsonObject, toObject } from './json.ts'

export const nanoUsdPerUsd = 1e9
/** xAI: 10,000,000,000 ticks are a dollar. Source: https://docs.x.ai/developers/cost-tracking */
const nanoUsdPerTick = 0.1

/**
 * OpenRouter and LiteLLM's proxy send `cost` in dollars, Perplexity an object with the sum, xAI ticks.
 * Null: not sent, or no sum that a call can cost.
 */
export function readUsageCost(usage: JsonObject): number | null {
  const cost = toObject(usage.cost)?.total_cost ?? usage.cost
  return toNanoUsd(cost, nanoUsdPerUsd) ?? toNanoUsd(usage.cost_in_usd_ticks, nanoUsdPerTick)
}

/** Null for what is no number, or no sum that one call can cost. */
export function toNanoUsd(amount: unknown, nanoUsdPerUnit: number): number | null {
  if (typeof amount !== 'number' || !(amount >= 0)) return null
  const nanoUsd = Math.round(amount * nanoUsdPerUnit)
  return nanoUsd <= maxCostNanoUsd ? nanoUsd : null
}
