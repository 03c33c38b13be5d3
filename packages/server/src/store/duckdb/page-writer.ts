import type { LlmCall } from '@inferometer/core/call'
import { tableColumns } from './columns.ts'
import { type Page, type PageViews, pageColumns, pageRows, viewPage } from './page.ts'
import { writeColumn } from './write-column.ts'

const bytesPerRow = pageColumns.reduce((sum, { width }) => sum + width, 0)

/** Calls on their way to one commit, in pages. */
export class PageWriter {
  readonly pages: Page[] = []
  rows = 0
  /** Approximate size of what was written. */
  bytes = 0
  readonly #takePage: () => Page
  #last: OpenPage | undefined

  constructor(takePage: () => Page) {
    this.#takePage = takePage
  }

  /** Writes all of the calls, or throws and writes none. */
  write(calls: readonly LlmCall[]): void {
    const pageCount = this.pages.length
    const lastRows = this.#last?.page.rows ?? 0
    try {
      for (let from = 0; from < calls.length; ) from += this.#writeSlice(calls, from)
    } catch (cause) {
      // Strings of the broken calls stay in the page and are never referred to.
      this.pages.length = pageCount
      const last = this.pages.at(-1)
      if (last) last.rows = lastRows
      this.#last = last && { page: last, views: viewPage(last), codesOfWords: new Map() }
      throw cause
    }
    this.rows += calls.length
    this.bytes += calls.length * bytesPerRow
  }

  #writeSlice(calls: readonly LlmCall[], from: number): number {
    const { page, views, codesOfWords } = this.#openPage()
    const slice = { calls, from, count: Math.min(pageRows - page.rows, calls.length - from), row: page.rows }
    for (let index = 0; index < tableColumns.length; index++) {
      const column = tableColumns[index]
      const place = pageColumns[index]
      if (!column || !place) throw new Error('BUG: the page has fewer columns than the table')
      this.bytes += writeColumn({ views, strings: page.strings, column, place, codesOfWords }, slice)
    }
    page.rows += slice.count
    return slice.count
  }

  #openPage(): OpenPage {
    if (this.#last && this.#last.page.rows < pageRows) return this.#last
    const page = this.#takePage()
    page.rows = 0
    page.strings = []
    this.pages.push(page)
    this.#last = { page, views: viewPage(page), codesOfWords: new Map() }
    return this.#last
  }
}

interface OpenPage {
  readonly page: Page
  readonly views: PageViews
  readonly codesOfWords: Map<string, number>
}
