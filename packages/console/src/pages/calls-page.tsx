import '../calls/calls.css'
import { useMemo, useRef, useState } from 'react'
import { type Call, callPath } from '../calls/call.ts'
import { CallSearch } from '../calls/call-search.tsx'
import { CallTable } from '../calls/call-table.tsx'
import { readSort, writeFilters, writeQuery } from '../calls/calls-query.ts'
import { useColumnChoice } from '../calls/column-choice.ts'
import { ColumnPicker } from '../calls/column-picker.tsx'
import { TailState } from '../calls/tail-state.tsx'
import { useCallPages } from '../calls/use-call-pages.ts'
import { useTail } from '../calls/use-tail.ts'
import { useRange } from '../clock.ts'
import { formatCount } from '../numbers.ts'
import { EmptyState } from '../parts/empty-state.tsx'
import { ErrorState } from '../parts/error-state.tsx'
import { HowToSend } from '../parts/how-to-send.tsx'
import { changeParams, go, linkTo, useAddress, useParam, useView } from '../url.ts'

/** Every call that matches, newest first, or as they come. */
export default function CallsPage() {
  const { search } = useAddress()
  const view = useView()
  const range = useRange()
  const [live, setLive] = useParam('live')
  const isLive = live === '1'
  const asked = useMemo(() => writeQuery(search, view, range).toString(), [search, view, range])
  const query = useSteadyQuery(
    asked,
    useMemo(() => writeFilters(search, view).toString(), [search, view]),
  )
  const pages = useCallPages(isLive ? null : query.query)
  const tail = useTail(isLive ? query.filters : null)
  const choice = useColumnChoice()
  const open = (call: Call) => go(linkTo(callPath(call)))
  const count = isLive ? (tail?.calls.length ?? 0) : pages.total
  return (
    <div className="calls-page">
      <header className="page-head">
        <h1>Calls</h1>
        <p aria-live="polite">{isLive ? null : describeCount(count, pages.totalIsLeast)}</p>
        <div className="calls-tools">
          <LiveButton isLive={isLive} onToggle={() => setLive(isLive ? null : '1')} />
          <ColumnPicker choice={choice} />
        </div>
      </header>
      <CallSearch />
      {isLive && tail !== null && <TailState tail={tail} onStop={() => setLive(null)} />}
      {!isLive && pages.error !== null ? (
        <ErrorState what="These calls" error={pages.error} onRetry={pages.retry} />
      ) : count === 0 ? (
        <NoCalls isLive={isLive} isNarrowed={query.filters !== ''} />
      ) : (
        <CallTable
          count={count ?? 0}
          at={isLive ? (index) => tail?.calls[index] : pages.at}
          onShow={isLive ? query.onShowLive : query.onShow(pages.show)}
          onOpen={open}
          choice={choice}
          name={`${isLive} ${query.filters} ${JSON.stringify(readSort(search))}`}
          sort={isLive ? null : readSort(search)}
          onSort={({ by, descending }) => changeParams({ sort: by, order: descending ? null : 'asc' })}
          isDimmed={!isLive && pages.isLoading && pages.total !== null}
        />
      )}
    </div>
  )
}

function LiveButton({ isLive, onToggle }: { readonly isLive: boolean; readonly onToggle: () => void }) {
  return (
    <button
      type="button"
      className={isLive ? 'button chosen' : 'button'}
      aria-pressed={isLive}
      title="Show calls while they are recorded"
      onClick={onToggle}
    >
      <span className={isLive ? 'live-dot on' : 'live-dot'} aria-hidden="true" />
      Live
    </button>
  )
}

/**
 * The query moves on with the clock only while the top of the table is looked at: rows do not run away under somebody who
 * has scrolled. A change of filters counts at once.
 */
function useSteadyQuery(asked: string, filters: string) {
  const isAtTop = useRef(true)
  const [held, setHeld] = useState({ asked, filters })
  const sortOf = (query: string) =>
    new URLSearchParams(query).get('sort') + String(new URLSearchParams(query).get('order'))
  const isSame = held.filters === filters && sortOf(held.asked) === sortOf(asked)
  if (held.asked !== asked && (isAtTop.current || !isSame)) setHeld({ asked, filters })
  const onShowLive = useRef(() => undefined).current
  const shows = useRef(new WeakMap<object, (first: number, last: number) => void>()).current
  const onShow = (show: (first: number, last: number) => void) => {
    const known = shows.get(show)
    if (known) return known
    const told = (first: number, last: number) => {
      isAtTop.current = first === 0
      show(first, last)
    }
    shows.set(show, told)
    return told
  }
  return { query: held.asked, filters, onShow, onShowLive }
}

function describeCount(count: number | null, isLeast: boolean): string {
  if (count === null) return 'Counting …'
  const exact = count.toLocaleString('en-US')
  return `${isLeast ? `${formatCount(count)} or more` : exact} ${count === 1 ? 'call' : 'calls'}`
}

function NoCalls({ isLive, isNarrowed }: { readonly isLive: boolean; readonly isNarrowed: boolean }) {
  if (isLive)
    return <EmptyState title="Waiting for the next call">Calls appear here the moment they are recorded.</EmptyState>
  if (!isNarrowed) return <HowToSend title="No calls in this range" text="Choose a longer range, or send a call:" />
  return (
    <EmptyState
      title="No call in this range matches"
      action={
        <button
          type="button"
          className="button"
          onClick={() => go(linkTo('/calls', {}, { service: [], provider: [], model: [] }))}
        >
          Show all calls of the range
        </button>
      }
    >
      Take a filter away, or choose a longer range.
    </EmptyState>
  )
}
