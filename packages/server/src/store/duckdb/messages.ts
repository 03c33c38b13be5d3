import type { DuckDBValue } from '@duckdb/node-api'
import type { Dropped, DropRequest } from '../store.ts'
import type { Failure } from './failure.ts'
import type { NodeRow } from './node-rows.ts'
import type { Page } from './page.ts'
import type { Query } from './queries.ts'
import type { SummedQuery } from './sums-query.ts'

/** What the main thread and the worker say to each other. */

export interface WorkerOptions {
  readonly dir: string
  readonly memoryBytes: number
  /** The next seq is greater than this, whatever is in the files. */
  readonly seqFloor: number
  /** Rows with a greater seq were refused and must go; null when whatever is in the files counts. */
  readonly discardAfterSeq: number | null
  /** Reads every file for damage before anything is done with it, not only those that a crash may have left. */
  readonly isThorough: boolean
  readonly switchAtWalBytes: number
  /** How large a part of a day grows before the next begins. */
  readonly partBytes: number
}

export type ToWorker =
  | { readonly kind: 'commit'; readonly pages: readonly Page[]; readonly nodes: readonly NodeRow[] }
  | { readonly kind: 'query'; readonly id: number; readonly fromCalls: Query; readonly fromSums: SummedQuery | null }
  | { readonly kind: 'drop'; readonly id: number; readonly bounds: DropBounds }
  | { readonly kind: 'close' }

export type FromWorker =
  | {
      readonly kind: 'ready'
      readonly lastSeq: number
      readonly lastNodeSeq: number
      readonly rows: number
      readonly diskBytes: number
      /** What was damaged and where it is now, in words. */
      readonly setAside: readonly string[]
    }
  | { readonly kind: 'notOpened'; readonly why: string }
  /** Commits are answered in the order they were asked for. */
  | Committed
  | { readonly kind: 'notCommitted'; readonly failure: Failure; readonly pages: readonly Page[] }
  | { readonly kind: 'rows'; readonly id: number; readonly columns: readonly (readonly DuckDBValue[])[] }
  | { readonly kind: 'noRows'; readonly id: number; readonly why: string }
  | {
      readonly kind: 'dropped'
      readonly id: number
      readonly dropped: Dropped
      readonly rows: number
      readonly diskBytes: number
    }
  /** What is not answered will not be; the worker ends. */
  | { readonly kind: 'givingUp'; readonly why: string }

export interface DropBounds extends DropRequest {
  /** Calls after it are not in the saved totals. */
  readonly savedSeq: number
}

export interface Committed {
  readonly kind: 'committed'
  readonly firstSeq: number
  readonly recorded: number
  /** Indexes over all rows of the pages, ascending. */
  readonly duplicates: readonly number[]
  /** Nodes that were recorded. */
  readonly nodes: number
  readonly commitMs: number
  readonly diskBytes: number
  /** To be written again. */
  readonly pages: readonly Page[]
}
