/** What GET /v1/pipeline answers. */
export interface Counted {
  readonly count: number
  readonly source?: string
  readonly reason?: string
  readonly destination?: string
  readonly kind?: string
  readonly pattern?: string
  readonly metric?: string
  readonly label?: string
}

export interface Destination {
  readonly name: string
  readonly pending_calls: number
  readonly lag_seconds: number
  readonly problem: string | null
}

export interface Pipeline {
  readonly at: string
  readonly receive: { readonly received: readonly Counted[]; readonly rejected: readonly Counted[] }
  readonly normalize: { readonly ignored: readonly Counted[] }
  readonly enrich: {
    readonly unpriced_calls: number
    readonly usage_missing: number
    readonly findings: readonly Counted[]
  }
  readonly record: { readonly recorded: readonly Counted[]; readonly duplicates: readonly Counted[] }
  readonly store: {
    readonly health: string
    readonly message: string | null
    readonly calls: number
    readonly disk_bytes: number
    readonly pending_calls: number
    readonly last_commit_ms: number | null
    readonly dropped: readonly Counted[]
  }
  readonly metrics: {
    readonly series: number
    readonly series_limit: number
    readonly overflow: readonly Counted[]
    readonly last_scrape: string | null
    readonly address: string
  }
  readonly forward: {
    readonly destinations: readonly Destination[]
    readonly forwarded: readonly Counted[]
    readonly failed: readonly Counted[]
    readonly set_aside: readonly Counted[]
  }
}

export const sumOf = (counted: readonly Counted[]): number => counted.reduce((sum, { count }) => sum + count, 0)
