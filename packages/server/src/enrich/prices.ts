/** Prices in force: the user's file first, then the bundled catalogue; what a call costs by them. */
import { createHash } from 'node:crypto'
import type { LlmCall } from '@inferometer/core/call'
import type { Cost } from '@inferometer/core/price/cost'
import { computeCost, computeCostNanoUsd } from '@inferometer/core/price/cost'
import type { PriceLookup } from '@inferometer/core/price/lookup'
import { createPriceLookup } from '@inferometer/core/price/lookup'
import type { PriceRow } from '@inferometer/core/price/price-table'
import type { Catalogue } from './catalogue.ts'
import { loadCatalogue } from './catalogue.ts'
import type { FileStatus } from './file-status.ts'
import type { Parsed, ReloadResult } from './live-file.ts'
import { openLiveFile } from './live-file.ts'
import { parsePriceFile } from './price-file.ts'

export interface PricesOptions {
  /** Path of the user's price file. Null: the bundled catalogue alone. */
  readonly file: string | null
  /** Reload the file when it changes. */
  readonly watch: boolean
  readonly onReload?: (result: ReloadResult) => void
  /** Milliseconds since the Unix epoch. */
  readonly now?: () => number
}

export interface PriceTable {
  /** Names the whole table: hash of the file's text and the catalogue's release. */
  readonly version: string
  /** The user's rows, in the order of the file. */
  readonly rows: readonly PriceRow[]
  readonly catalogue: Catalogue
  readonly lookup: PriceLookup
}

export interface Bill {
  readonly cost: Cost
  readonly origin: 'file' | 'bundled'
  readonly model: string
  readonly provider: string
  readonly effectiveFromUs: number | null
}

export interface Prices {
  status(): FileStatus
  current(): PriceTable
  reload(): Promise<ReloadResult>
  /** Null when no price is known or the usage does not say enough. */
  costOf(call: LlmCall): Cost | null
  /** The same with where the price comes from. */
  billOf(call: LlmCall): Bill | null
  /** The call with cost and price version. A cost that the sender gave stays. */
  price(call: LlmCall): LlmCall
  close(): void
}

/** Throws `Cannot load prices …` when the file is missing or bad. */
export async function createPrices({ file, watch, onReload, now }: PricesOptions): Promise<Prices> {
  const catalogue = await loadCatalogue()
  const live = await openLiveFile<PriceTable>({
    what: 'prices',
    file,
    watch,
    parse: (text) => parsePriceTable(text, catalogue),
    versionOf: (table) => table.version,
    ...(onReload ? { onReload } : {}),
    ...(now ? { now } : {}),
  })
  const costOf = (call: LlmCall): Cost | null => {
    const row = live.current().lookup.find(call)
    return row ? computeCost(call, row) : null
  }
  return {
    current: live.current,
    status: live.status,
    reload: live.reload,
    costOf,
    billOf(call) {
      const { lookup, rows } = live.current()
      const row = lookup.find(call)
      const cost = row && computeCost(call, row)
      if (row === null || cost === null) return null
      const { model, provider, effectiveFromUs } = row
      return { cost, origin: rows.includes(row) ? 'file' : 'bundled', model, provider, effectiveFromUs }
    },
    price(call) {
      if (call.costNanoUsd !== null) return call
      const row = live.current().lookup.find(call)
      const costNanoUsd = row && computeCostNanoUsd(call, row)
      return row === null || costNanoUsd === null ? call : { ...call, costNanoUsd, priceVersion: row.version }
    },
    close: live.close,
  }
}

/** The text of a price file before the catalogue, as one table. */
export function parsePriceTable(text: string, catalogue: Catalogue): Parsed<PriceTable> {
  const parsed = parsePriceFile(text)
  if (!parsed.ok) return parsed
  const rows = parsed.value
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 12)
  const version = rows.length > 0 ? `file:${hash}+${catalogue.version}` : catalogue.version
  return {
    ok: true,
    value: { version, rows, catalogue, lookup: createPriceLookup({ rows, catalogue: catalogue.providers }) },
  }
}
