/** What the calls of a time would have cost by other prices, or by those in force now. Changes nothing. */
import { type LlmCall, modelLabel } from '@inferometer/core/call'
import { computeCostNanoUsd } from '@inferometer/core/price/cost'
import { type Prices, parsePriceTable } from './enrich/prices.ts'
import { formatProblem } from './enrich/yaml-file.ts'
import type { Problem } from './errors.ts'
import type { CallStore } from './store/store.ts'

export interface RepriceRequest {
  /** Start times, microseconds since the Unix epoch. */
  readonly sinceUs: number
  readonly untilUs: number | null
  /** Text of a price file. Null: the table in force. */
  readonly prices: string | null
}

/** Sums of the calls of one model in one service. */
export interface RepricedModel {
  readonly serviceName: string
  readonly provider: string
  readonly model: string
  calls: number
  /** Calls whose cost the sender gave: it stands. */
  givenCalls: number
  /** Calls that have a price in one of the two only. */
  newlyPricedCalls: number
  noLongerPricedCalls: number
  chargedNanoUsd: number
  repricedNanoUsd: number
}

export type Repriced =
  | { readonly ok: true; readonly version: string; readonly models: readonly RepricedModel[] }
  | { readonly ok: false; readonly problems: readonly Problem[] }

export interface RepriceSource {
  readonly store: Pick<CallStore, 'readAfter'>
  readonly prices: Pick<Prices, 'current'>
}

export async function reprice({ store, prices }: RepriceSource, request: RepriceRequest): Promise<Repriced> {
  const table = findTable(prices, request.prices)
  if (!table.ok) return table
  const { lookup, version } = table.value
  const models = new Map<string, RepricedModel>()
  await store.readAfter(0, (batch) => {
    for (const { call } of batch) {
      if (call.startTimeUs < request.sinceUs || call.startTimeUs >= (request.untilUs ?? Infinity)) continue
      const row = lookup.find(call)
      add(modelOf(call, models), call, row && computeCostNanoUsd(call, row))
    }
  })
  const byDifference = (one: RepricedModel, other: RepricedModel) => differenceOf(other) - differenceOf(one)
  return { ok: true, version, models: [...models.values()].sort(byDifference) }
}

const differenceOf = ({ chargedNanoUsd, repricedNanoUsd }: RepricedModel): number =>
  Math.abs(repricedNanoUsd - chargedNanoUsd)

function findTable(prices: Pick<Prices, 'current'>, text: string | null) {
  const current = prices.current()
  if (text === null) return { ok: true, value: current } as const
  const parsed = parsePriceTable(text, current.catalogue)
  if (parsed.ok) return parsed
  const problems = parsed.problems.map((problem) => ({ path: 'prices', message: formatProblem('prices', problem) }))
  return { ok: false, problems } as const
}

function modelOf(call: LlmCall, models: Map<string, RepricedModel>): RepricedModel {
  const { serviceName, provider } = call
  const model = modelLabel(call)
  const key = JSON.stringify([serviceName, provider, model])
  const known = models.get(key)
  if (known) return known
  const counts = { calls: 0, givenCalls: 0, newlyPricedCalls: 0, noLongerPricedCalls: 0 }
  const sums: RepricedModel = { serviceName, provider, model, ...counts, chargedNanoUsd: 0, repricedNanoUsd: 0 }
  models.set(key, sums)
  return sums
}

function add(sums: RepricedModel, { costNanoUsd, priceVersion }: LlmCall, repriced: number | null): void {
  const isGiven = costNanoUsd !== null && priceVersion === null
  const cost = isGiven ? costNanoUsd : repriced
  sums.calls++
  if (isGiven) sums.givenCalls++
  if (costNanoUsd === null && cost !== null) sums.newlyPricedCalls++
  if (costNanoUsd !== null && cost === null) sums.noLongerPricedCalls++
  sums.chargedNanoUsd += costNanoUsd ?? 0
  sums.repricedNanoUsd += cost ?? 0
}
