/** Asks the server for what a part shows, and keeps the last answer on screen while the next one is on its way. */
import { useCallback, useEffect, useRef, useState } from 'react'
import { isAbort } from './api.ts'

export interface Answer<T> {
  /** The last answer; null before the first. */
  readonly data: T | null
  readonly error: Error | null
  readonly isLoading: boolean
  retry(): void
}

/** Asks again whenever `key` changes: it must name everything that `load` depends on. Null asks nothing. */
export function useAnswer<T>(key: string | null, load: (signal: AbortSignal) => Promise<T>): Answer<T> {
  const [state, setState] = useState<{ data: T | null; error: Error | null; key: string | null }>({
    data: null,
    error: null,
    key: null,
  })
  const [tries, setTries] = useState(0)
  const latest = useRef(load)
  latest.current = load
  useEffect(() => {
    if (key === null) return
    const control = new AbortController()
    const asked = `${key}#${tries}`
    latest.current(control.signal).then(
      (data) => setState({ data, error: null, key: asked }),
      (error: unknown) => {
        if (control.signal.aborted || isAbort(error)) return
        setState((last) => ({ ...last, key: asked, error: error instanceof Error ? error : new Error(String(error)) }))
      },
    )
    return () => control.abort()
  }, [key, tries])
  const retry = useCallback(() => setTries((count) => count + 1), [])
  return { data: state.data, error: state.error, isLoading: key !== null && state.key !== `${key}#${tries}`, retry }
}
