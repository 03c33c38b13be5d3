/** Calls while they are recorded, newest first. */
import { useEffect, useState } from 'react'
import { isAbort, readEvents } from '../api.ts'
import type { Call } from './call.ts'

/** Enough to look back over; all of them are in the table. */
const callsKept = 500

export interface Tail {
  readonly calls: readonly Call[]
  readonly count: number
  readonly sinceMs: number
  /** Why it ended, in words; null while it goes on. */
  readonly ended: string | null
  /** Some were left out because too many came at once. */
  readonly hasSkipped: boolean
}

/** Null asks nothing. Another query begins anew. */
export function useTail(query: string | null): Tail | null {
  const [tail, setTail] = useState<Tail | null>(null)
  useEffect(() => {
    if (query === null) {
      setTail(null)
      return
    }
    const control = new AbortController()
    setTail({ calls: [], count: 0, sinceMs: Date.now(), ended: null, hasSkipped: false })
    const end = (ended: string) => setTail((last) => last && { ...last, ended: last.ended ?? ended })
    const onEvent = (name: string, data: unknown) => {
      // The server's schema holds the data to these.
      if (name === 'call') setTail((last) => last && withCall(last, data as Call))
      else if (name === 'skipped') setTail((last) => last && { ...last, hasSkipped: true })
      else if (name === 'dropped') end((data as { why: string }).why)
    }
    readEvents(`/v1/calls/tail?${query}`, onEvent, control.signal).then(
      () => end('the connection was closed'),
      (error: unknown) => {
        if (!control.signal.aborted && !isAbort(error)) end(error instanceof Error ? error.message : String(error))
      },
    )
    return () => control.abort()
  }, [query])
  return tail
}

function withCall(tail: Tail, call: Call): Tail {
  return { ...tail, count: tail.count + 1, calls: [call, ...tail.calls].slice(0, callsKept) }
}
