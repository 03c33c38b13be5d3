/** What is in force from configuration files, as the API tells it. */
export interface FileStatus {
  readonly file: string | null
  readonly loaded_at: string
  readonly last_reload: {
    readonly at: string
    readonly result: 'ok' | 'refused'
    readonly problems: readonly {
      readonly line: number
      readonly column: number
      readonly path: string
      readonly message: string
    }[]
  } | null
}

export interface Pattern {
  readonly name: string
  readonly type: 'PII_STRUCTURAL' | 'INJECTION_ATTEMPT'
  readonly regex: string | null
  readonly phrases: readonly string[]
  readonly ignore_case: boolean
  readonly validate: string | null
  readonly context: readonly string[]
  readonly weight: number
  readonly examples: { readonly match: readonly string[]; readonly no_match: readonly string[] }
}

export interface PatternsAnswer extends FileStatus {
  readonly version: string
  readonly patterns: readonly Pattern[]
}

export interface Price {
  readonly model: string
  readonly provider: string
  readonly version: string
  readonly origin: 'file' | 'bundled'
  readonly input_price_per_1m: number
  readonly output_price_per_1m: number
  readonly cached_input_price_per_1m: number | null
  readonly cache_write_price_per_1m: number | null
  readonly aliases: readonly string[]
  readonly tiers: readonly { readonly above_input_tokens: number; readonly input_price_per_1m: number }[]
  readonly effective_from: string | null
}

export interface PricesAnswer extends FileStatus {
  readonly version: string
  readonly prices: readonly Price[]
}
