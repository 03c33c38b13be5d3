/** A price file's value → typed rows, with every problem named by its path. */
import type { ConfigProblem } from '../config-problem.ts'
import { describeValue, isRecord, listUnknownKeys } from '../config-problem.ts'
import type { PriceRow, PriceTier, TierMode, TokenPrices } from './price-table.ts'
import { toNanoUsd } from './price-table.ts'
import { toProviderKey } from './provider-names.ts'

export interface PriceRowsRead {
  /** The rows without a problem. */
  readonly rows: readonly PriceRow[]
  readonly problems: readonly ConfigProblem[]
}

const priceKeys = [
  'input_price_per_1m',
  'output_price_per_1m',
  'cached_input_price_per_1m',
  'cache_write_price_per_1m',
  'cache_write_1h_price_per_1m',
] as const
type PriceKey = (typeof priceKeys)[number]

const rowKeys = [
  'model',
  'provider',
  'version',
  ...priceKeys,
  'price_per_request',
  'tiers',
  'mode',
  'effective_from',
  'aliases',
]
const tierKeys = ['above_input_tokens', ...priceKeys]
const tierModes: readonly TierMode[] = ['whole_request', 'marginal']

/** Dollars per million tokens that no model has ever cost; more is a mistaken unit. */
const priceUsdMax = 10_000

type Path = ConfigProblem['path']
type Raw = Readonly<Record<string, unknown>>

/** Reads one map's fields and collects what is wrong with them. */
class FieldReader {
  readonly problems: ConfigProblem[] = []
  readonly #raw: Raw
  readonly #path: Path

  constructor(raw: Raw, path: Path) {
    this.#raw = raw
    this.#path = path
  }

  report(key: string, message: string): void {
    this.problems.push({ path: [...this.#path, key], message })
  }

  has(key: string): boolean {
    return this.#raw[key] !== undefined && this.#raw[key] !== null
  }

  text(key: string): string {
    const value = this.#raw[key]
    if (typeof value === 'string' && value.trim() !== '') return value.trim()
    const hint = typeof value === 'number' ? ': put it in quotes' : ''
    this.report(key, `'${key}' must be text, not ${describeValue(value)}${hint}`)
    return ''
  }

  /** Dollars → integer nano-dollars. Null when absent. */
  price(key: string): number | null {
    if (!this.has(key)) return null
    const value = this.#raw[key]
    if (typeof value !== 'number' || !Number.isFinite(value)) {
      this.report(key, `'${key}' must be a number of dollars, not ${describeValue(value)}`)
      return null
    }
    if (value < 0) this.report(key, `'${key}' is ${value}: a price cannot be negative`)
    if (value > priceUsdMax)
      this.report(key, `'${key}' is ${value}: prices are dollars per 1,000,000 tokens, at most ${priceUsdMax}`)
    return toNanoUsd(value)
  }

  needPrice(key: PriceKey): number {
    if (!this.has(key)) this.report(key, `'${key}' is missing`)
    return this.price(key) ?? 0
  }
}

/** The value of a price file: a list of rows. An empty file is an empty list. */
export function readPriceRows(value: unknown): PriceRowsRead {
  if (value === null || value === undefined) return { rows: [], problems: [] }
  if (!Array.isArray(value))
    return { rows: [], problems: [{ path: [], message: `must be a list of prices, not ${describeValue(value)}` }] }
  const problems: ConfigProblem[] = []
  const rows: PriceRow[] = []
  const seen = new Map<string, number>()
  for (const [at, raw] of value.entries()) {
    const read = readRow(raw, [at])
    const found = read.row ? [...read.problems, ...listDuplicates(read.row, at, seen)] : read.problems
    problems.push(...found)
    if (read.row && found.length === 0) rows.push(read.row)
  }
  return { rows, problems }
}

function readRow(raw: unknown, path: Path): { readonly row: PriceRow | null; readonly problems: ConfigProblem[] } {
  if (!isRecord(raw)) return { row: null, problems: [{ path, message: `must be a map, not ${describeValue(raw)}` }] }
  const fields = new FieldReader(raw, path)
  fields.problems.push(...listUnknownKeys(raw, rowKeys, path))
  const tierMode = readMode(fields, raw)
  const prices: TokenPrices = {
    input: fields.needPrice('input_price_per_1m'),
    output: fields.needPrice('output_price_per_1m'),
    cacheRead: fields.price('cached_input_price_per_1m'),
    cacheWrite: fields.price('cache_write_price_per_1m'),
    cacheWrite1h: fields.price('cache_write_1h_price_per_1m'),
  }
  const tiers = readTiers({ raw, path, prices, tierMode, problems: fields.problems })
  const row: PriceRow = {
    model: fields.text('model'),
    provider: fields.text('provider'),
    aliases: readAliases(fields, raw),
    version: fields.text('version'),
    prices,
    requestNanoUsd: fields.price('price_per_request') ?? 0,
    tiers,
    tierMode,
    effectiveFromUs: readEffectiveFrom(fields, raw),
    hours: null,
  }
  return { row, problems: fields.problems }
}

function readMode(fields: FieldReader, raw: Raw): TierMode {
  if (!fields.has('mode')) return 'whole_request'
  const mode = tierModes.find((each) => each === raw.mode)
  if (!mode) fields.report('mode', `'mode' must be ${tierModes.join(' or ')}, not ${describeValue(raw.mode)}`)
  else if (!fields.has('tiers')) fields.report('mode', "'mode' says how 'tiers' are billed, and there are none")
  return mode ?? 'whole_request'
}

function readAliases(fields: FieldReader, raw: Raw): readonly string[] {
  if (!fields.has('aliases')) return []
  const { aliases } = raw
  if (Array.isArray(aliases) && aliases.every((each): each is string => typeof each === 'string' && each !== ''))
    return aliases
  fields.report('aliases', `'aliases' must be a list of model names, not ${describeValue(aliases)}`)
  return []
}

const microsPerMilli = 1_000

/** A day (from its first moment in UTC) or a moment with its zone. */
function readEffectiveFrom(fields: FieldReader, raw: Raw): number | null {
  if (!fields.has('effective_from')) return null
  const value = raw.effective_from
  const shape = /^(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2}))?$/
  const day = typeof value === 'string' ? shape.exec(value)?.[1] : undefined
  // A day that does not exist (02-30) rolls over into the next month instead of failing.
  const dayExists = day !== undefined && !Number.isNaN(Date.parse(day)) && toDay(Date.parse(day)) === day
  const timeMs = dayExists ? Date.parse(String(value)) : Number.NaN
  if (Number.isNaN(timeMs)) {
    fields.report('effective_from', `'effective_from' must be a date such as 2025-08-01, not ${describeValue(value)}`)
    return null
  }
  return timeMs * microsPerMilli
}

function toDay(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10)
}

interface TierContext {
  readonly raw: Raw
  readonly path: Path
  readonly prices: TokenPrices
  readonly tierMode: TierMode
  readonly problems: ConfigProblem[]
}

function readTiers({ raw, path, prices, tierMode, problems }: TierContext): readonly PriceTier[] {
  if (raw.tiers === undefined || raw.tiers === null) return []
  const listPath = [...path, 'tiers']
  if (!Array.isArray(raw.tiers)) {
    problems.push({ path: listPath, message: `'tiers' must be a list, not ${describeValue(raw.tiers)}` })
    return []
  }
  const tiers: PriceTier[] = []
  for (const [at, each] of raw.tiers.entries()) {
    const tierPath = [...listPath, at]
    if (!isRecord(each)) {
      problems.push({ path: tierPath, message: `must be a map, not ${describeValue(each)}` })
      continue
    }
    const fields = new FieldReader(each, tierPath)
    fields.problems.push(...listUnknownKeys(each, tierKeys, tierPath))
    const aboveInputTokens = readThreshold(fields, each, tiers.at(-1)?.aboveInputTokens ?? 0)
    if (tierMode === 'marginal' && fields.has('output_price_per_1m'))
      fields.report('output_price_per_1m', "a marginal tier prices the input above it only: drop 'output_price_per_1m'")
    tiers.push({ aboveInputTokens, prices: readTierPrices(fields, prices) })
    problems.push(...fields.problems)
  }
  return tiers
}

function readThreshold(fields: FieldReader, raw: Raw, before: number): number {
  const value = raw.above_input_tokens
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value <= 0) {
    const message = `'above_input_tokens' must be a whole number of tokens, not ${describeValue(value)}`
    fields.report('above_input_tokens', message)
    return before
  }
  if (value <= before) fields.report('above_input_tokens', `tiers must ascend: ${value} is not above ${before}`)
  return value
}

/** A price that a tier does not name stays the row's. */
function readTierPrices(fields: FieldReader, prices: TokenPrices): TokenPrices {
  return {
    input: fields.price('input_price_per_1m') ?? prices.input,
    output: fields.price('output_price_per_1m') ?? prices.output,
    cacheRead: fields.price('cached_input_price_per_1m') ?? prices.cacheRead,
    cacheWrite: fields.price('cache_write_price_per_1m') ?? prices.cacheWrite,
    cacheWrite1h: fields.price('cache_write_1h_price_per_1m') ?? prices.cacheWrite1h,
  }
}

function listDuplicates(row: PriceRow, at: number, seen: Map<string, number>): readonly ConfigProblem[] {
  const problems: ConfigProblem[] = []
  for (const name of new Set([row.model, ...row.aliases].map((each) => each.toLowerCase()))) {
    const key = JSON.stringify([toProviderKey(row.provider), name, row.effectiveFromUs])
    const first = seen.get(key)
    if (first === undefined) seen.set(key, at)
    else
      problems.push({
        path: [at],
        message: `'${name}' of ${row.provider} stands in [${first}] already: a later price needs its own 'effective_from'`,
      })
  }
  return problems
}
