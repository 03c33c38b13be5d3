import type { LlmCall } from '@inferometer/core/call'
import { columns } from './columns.ts'
import { type Page, pageColumns, pageRows } from './page.ts'
import { writeColumn } from './write-column.ts'

const bytesPerRow = pageColumns.reduce((sum, { width }) => sum + width, 0)

/** Calls on their way to one commit, in pages. */
export class PageWriter {
  readonly pages: Page[] = []
  rows = 0
  /** Approximate size of what was written. */
  bytes = 0
  readonly #takePage: () => Page
  #words = new Map<string, number>()

  constructor(takePage: () => Page) {
    this.#takePage = takePage
  }

  /** Writes all of the calls, or throws and writes none. */
  write(calls: readonly LlmCall[]): void {
    const pageCount = this.pages.length
    const lastRows = this.pages.at(-1)?.rows ?? 0
    try {
      for (let from = 0; from < calls.length; ) from += this.#writeSlice(calls, from)
    } catch (cause) {
      // Strings of the broken calls stay in the page and are never referred to.
      this.pages.length = pageCount
      const last = this.pages.at(-1)
      if (last) last.rows = lastRows
      if (this.pages.length !== pageCount || !last) this.#words = new Map()
      throw cause
    }
    this.rows += calls.length
    this.bytes += calls.length * bytesPerRow
  }

  #writeSlice(calls: readonly LlmCall[], from: number): number {
    const page = this.#openPage()
    const { rows } = page
    const count = Math.min(pageRows - rows, calls.length - from)
    for (let index = 0; index < columns.length; index++) {
      const column = columns[index]
      const place = pageColumns[index]
      if (!column || !place) throw new Error('BUG: the page has fewer columns than the table')
      this.bytes += writeColumn({ page, column, place, words: this.#words }, { calls, from, count, row: rows })
    }
    page.rows += count
    return count
  }

  #openPage(): Page {
    const last = this.pages.at(-1)
    if (last && last.rows < pageRows) return last
    const page = this.#takePage()
    page.rows = 0
    page.strings = []
    this.#words = new Map()
    this.pages.push(page)
    return page
  }
}
