/** The user's price file: YAML text → rows, every mistake with its line and column. */
import type { PriceRow } from '@inferometer/core/price/price-table'
import { readPriceRows } from '@inferometer/core/price/read-price-rows'
import type { Parsed } from './live-file.ts'
import { readYaml } from './yaml-file.ts'

export function parsePriceFile(text: string): Parsed<readonly PriceRow[]> {
  const yaml = readYaml(text)
  if (!yaml.ok) return yaml
  const { rows, problems } = readPriceRows(yaml.value)
  return problems.length === 0 ? { ok: true, value: rows } : { ok: false, problems: yaml.locate(problems) }
}
