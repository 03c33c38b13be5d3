import { describeFile } from './describe-file.ts'
import { listPrices } from './enrich/list-prices.ts'
import type { Prices } from './enrich/prices.ts'
import type { PriceActions } from './receive/price-routes.ts'

/** What the price routes do with the table. */
export function toPriceActions(prices: Prices): PriceActions {
  return {
    list: () => ({ ...describeFile(prices.status()), ...listPrices(prices.current()) }),
    async reload() {
      const result = await prices.reload()
      if (result.ok) return result
      const problems = result.problems.map(({ line, column, path, message }) => ({
        path,
        message: `${message} (line ${line}, column ${column})`,
      }))
      return { ok: false, problems }
    },
  }
}
