/**
 * The bundled prices: the data of @pydantic/genai-prices as this release carries it, in the terms of core/price.
 * The package can update itself from the network; that stays off, so that a price never changes without a release.
 */
import type { CatalogueModel, CatalogueProvider } from '@inferometer/core/price/lookup'
import type { ModelMatch } from '@inferometer/core/price/model-match'
import type { DayHours, PriceRow, PriceTier, TokenPrices } from '@inferometer/core/price/price-table'
import { toNanoUsd } from '@inferometer/core/price/price-table'
import { toProviderKey } from '@inferometer/core/price/provider-names'
import type { ConditionalPrice, MatchLogic, ModelInfo, ModelPrice, Provider } from '@pydantic/genai-prices'
import { readProviders } from './read-providers.ts'

export interface Catalogue {
  readonly version: string
  readonly providers: readonly CatalogueProvider[]
}

const packageName = '@pydantic/genai-prices'
/** Must be the installed one; a test holds them together. */
export const catalogueVersion = '0.1.8'

export async function loadCatalogue(): Promise<Catalogue> {
  const providers = await readProviders()
  if (providers.length === 0) throw new Error(`BUG: ${packageName} carries no prices`)
  const version = `${packageName}@${catalogueVersion}`
  return { version, providers: providers.map((provider) => toCatalogueProvider(provider, version)) }
}

function toCatalogueProvider(provider: Provider, version: string): CatalogueProvider {
  const key = toProviderKey(provider.id)
  const models = provider.models.flatMap((model) => toCatalogueModel(model, provider.id, version))
  return {
    provider: key,
    models: key === 'openrouter' ? [...models, freeModels(provider.id, version)] : models,
    ownModels: provider.model_match ? toMatch(provider.model_match) : null,
    fallbacks: (provider.fallback_model_providers ?? []).map(toProviderKey),
  }
}

const free: TokenPrices = { input: 0, output: 0, cacheRead: null, cacheWrite: null, cacheWrite1h: null }

const plainRow = {
  aliases: [],
  requestNanoUsd: 0,
  tiers: [],
  tierMode: 'whole_request',
  effectiveFromUs: null,
  hours: null,
} as const satisfies Partial<PriceRow>

/** OpenRouter's `:free` variants cost nothing, the ones that came after this release included. */
function freeModels(provider: string, version: string): CatalogueModel {
  const model = '*:free'
  return { model, match: { endsWith: ':free' }, rows: [{ ...plainRow, model, provider, version, prices: free }] }
}

/** Models that are not billed by tokens (pages, hours, images) have no row. */
function toCatalogueModel(info: ModelInfo, provider: string, version: string): readonly CatalogueModel[] {
  const conditional: readonly ConditionalPrice[] = Array.isArray(info.prices) ? info.prices : [{ prices: info.prices }]
  const rows = conditional.flatMap(({ prices, constraint }) => {
    const tokens = toPrices(prices, info.id)
    if (!tokens) return []
    return [
      {
        ...plainRow,
        ...tokens,
        model: info.id,
        provider,
        version,
        effectiveFromUs: constraint?.type === 'start_date' ? Date.parse(constraint.start_date) * 1_000 : null,
        hours: constraint?.type === 'time_of_date' ? toHours(constraint.start_time, constraint.end_time) : null,
      },
    ]
  })
  return rows.length > 0 ? [{ model: info.id, match: toMatch(info.match), rows }] : []
}

/** `HH:MM:SSZ`, as the package checks it. */
function toHours(start: string, end: string): DayHours {
  return { startSecond: toSecond(start), endSecond: toSecond(end) }
}

function toSecond(time: string): number {
  const found = /^(\d{2}):(\d{2}):(\d{2})Z$/.exec(time)
  if (!found) throw new Error(`BUG: ${packageName} has a time of day that is not HH:MM:SSZ: ${time}`)
  const [, hours, minutes, seconds] = found
  return Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds)
}

/** Base price and thresholds. Both this package and our tiers mean "more than" by the threshold. */
function readTiered(price: ModelPrice[string]): { readonly base: number | null; readonly steps: readonly Step[] } {
  if (price === undefined) return { base: null, steps: [] }
  if (typeof price === 'number') return { base: toNanoUsd(price), steps: [] }
  return { base: toNanoUsd(price.base), steps: price.tiers.map(({ start, price: usd }) => [start, toNanoUsd(usd)]) }
}

type Step = readonly [start: number, price: number]
type Tiered = ReturnType<typeof readTiered>

/** The price at `inputTokens` just above a threshold. */
function priceAbove({ base, steps }: Tiered, threshold: number): number | null {
  let price = base
  for (const [start, stepPrice] of steps) if (start <= threshold) price = stepPrice
  return price
}

function toPrices(
  prices: ModelPrice,
  model: string,
): { readonly prices: TokenPrices; readonly tiers: readonly PriceTier[]; readonly requestNanoUsd: number } | null {
  const isFree = Object.keys(prices).length === 0 && model.endsWith(':free')
  if (prices.input_mtok === undefined && prices.output_mtok === undefined && !isFree) return null
  const tiered = {
    input: readTiered(prices.input_mtok),
    output: readTiered(prices.output_mtok),
    cacheRead: readTiered(prices.cache_read_mtok),
    cacheWrite: readTiered(prices.cache_write_mtok ?? prices.cache_write_5m_mtok),
    cacheWrite1h: readTiered(prices.cache_write_1h_mtok),
  }
  const at = (threshold: number): TokenPrices => ({
    input: priceAbove(tiered.input, threshold) ?? 0,
    output: priceAbove(tiered.output, threshold) ?? 0,
    cacheRead: priceAbove(tiered.cacheRead, threshold),
    cacheWrite: priceAbove(tiered.cacheWrite, threshold),
    cacheWrite1h: priceAbove(tiered.cacheWrite1h, threshold),
  })
  const thresholds = new Set(Object.values(tiered).flatMap(({ steps }) => steps.map(([start]) => start)))
  const tiers = [...thresholds]
    .sort((a, b) => a - b)
    .map((aboveInputTokens) => ({ aboveInputTokens, prices: at(aboveInputTokens) }))
  const perRequestUsd = typeof prices.requests_kcount === 'number' ? prices.requests_kcount / 1_000 : 0
  return { prices: at(-1), tiers, requestNanoUsd: toNanoUsd(perRequestUsd) }
}

function toMatch(match: MatchLogic): ModelMatch {
  if ('or' in match) return { or: match.or.map(toMatch) }
  if ('and' in match) return { and: match.and.map(toMatch) }
  if ('equals' in match) return { equals: match.equals.toLowerCase() }
  if ('starts_with' in match) return { startsWith: match.starts_with.toLowerCase() }
  if ('ends_with' in match) return { endsWith: match.ends_with.toLowerCase() }
  if ('contains' in match) return { contains: match.contains.toLowerCase() }
  return { regex: new RegExp(match.regex) }
}
