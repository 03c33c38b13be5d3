/** The calls of a table of any length: only the pages that are looked at are asked for, and a few are kept. */
import { useCallback, useEffect, useRef, useState } from 'react'
import { getJson, isAbort } from '../api.ts'
import type { Call } from './call.ts'

export const pageCalls = 100
/** Pages kept: what is scrolled back to is there at once, and a million rows are not. */
const pagesKept = 40

interface CallsAnswer {
  readonly calls: readonly Call[]
  readonly through: number
  readonly total?: number
  readonly total_is_least?: boolean
}

interface Loaded {
  readonly query: string
  readonly through: number
  readonly total: number
  readonly totalIsLeast: boolean
  readonly pages: ReadonlyMap<number, readonly Call[]>
}

export interface CallPages {
  /** Null before the first answer. */
  readonly total: number | null
  readonly totalIsLeast: boolean
  readonly error: Error | null
  /** What is on screen is of an older query. */
  readonly isLoading: boolean
  /** Undefined while its page is on the way. */
  at(index: number): Call | undefined
  /** Asks for the rows that are on screen now. */
  show(first: number, last: number): void
  retry(): void
}

export function useCallPages(query: string | null): CallPages {
  const [loaded, setLoaded] = useState<Loaded | null>(null)
  const [error, setError] = useState<Error | null>(null)
  const [tries, setTries] = useState(0)
  const onScreen = useRef({ first: 0, last: pageCalls })
  const asked = useRef(new Set<string>())

  // biome-ignore lint/correctness/useExhaustiveDependencies: another try asks again
  useEffect(() => {
    if (query === null) return
    const control = new AbortController()
    const page = Math.floor(onScreen.current.first / pageCalls)
    getJson<CallsAnswer>(`/v1/calls?${query}&${pageOf(page)}&total=true`, control.signal).then(
      ({ calls, through, total = 0, total_is_least: totalIsLeast = false }) => {
        asked.current.clear()
        setLoaded({ query, through, total, totalIsLeast, pages: new Map([[page, calls]]) })
        setError(null)
      },
      (cause: unknown) => {
        if (!control.signal.aborted && !isAbort(cause)) setError(toError(cause))
      },
    )
    return () => control.abort()
  }, [query, tries])

  const show = useCallback(
    (first: number, last: number) => {
      onScreen.current = { first, last }
      if (loaded === null || loaded.query !== query) return
      for (let page = Math.floor(first / pageCalls); page <= Math.floor(last / pageCalls); page++) {
        const key = `${query} ${loaded.through} ${page}`
        if (loaded.pages.has(page) || page * pageCalls >= loaded.total || asked.current.has(key)) continue
        asked.current.add(key)
        getJson<CallsAnswer>(`/v1/calls?${query}&${pageOf(page)}&through=${loaded.through}`).then(
          ({ calls }) => setLoaded((last) => (last?.query === query ? withPage(last, page, calls) : last)),
          (cause: unknown) => {
            asked.current.delete(key)
            setError(toError(cause))
          },
        )
      }
    },
    [loaded, query],
  )
  const at = useCallback(
    (index: number) => loaded?.pages.get(Math.floor(index / pageCalls))?.[index % pageCalls],
    [loaded],
  )
  return {
    total: loaded?.total ?? null,
    totalIsLeast: loaded?.totalIsLeast ?? false,
    error,
    isLoading: query !== null && loaded?.query !== query,
    at,
    show,
    retry: () => setTries(tries + 1),
  }
}

const pageOf = (page: number) => `limit=${pageCalls}&offset=${page * pageCalls}`

function withPage(loaded: Loaded, page: number, calls: readonly Call[]): Loaded {
  const pages = new Map(loaded.pages).set(page, calls)
  // The one that was looked at first goes first.
  for (const key of pages.keys()) if (pages.size > pagesKept) pages.delete(key)
  return { ...loaded, pages }
}

const toError = (cause: unknown): Error => (cause instanceof Error ? cause : new Error(String(cause)))
