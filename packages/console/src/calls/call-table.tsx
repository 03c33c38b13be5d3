// biome-ignore-all lint/a11y/useSemanticElements: rows that are not there cannot be in a table element
/** A table of up to a million calls, of which only what is on screen is there. On a narrow screen rows are cards. */
import { type KeyboardEvent, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { Icon } from '../parts/icon.tsx'
import type { Call } from './call.ts'
import type { Scale } from './call-columns.tsx'
import type { Sort } from './calls-query.ts'
import type { ColumnChoice } from './column-choice.ts'
import { placeRows, type RowWindow } from './row-window.ts'
import { useIsNarrow } from './use-is-narrow.ts'

interface CallTableProps {
  readonly count: number
  readonly at: (index: number) => Call | undefined
  readonly onShow: (first: number, last: number) => void
  readonly onOpen: (call: Call) => void
  readonly choice: ColumnChoice
  /** Null: the order cannot be chosen. */
  readonly sort: Sort | null
  readonly onSort: (sort: Sort) => void
  readonly isDimmed: boolean
  /** Names what is shown: another one begins at its top. */
  readonly name: string
}

const rowPx = 32
const cardPx = 92
const headPx = 32

export function CallTable(props: CallTableProps) {
  const { count, at, onShow, onOpen, choice, isDimmed, name } = props
  const scroller = useRef<HTMLDivElement>(null)
  const isNarrow = useIsNarrow()
  const heightPx = isNarrow ? cardPx : rowPx
  const { rows, scrollTo } = useWindow(scroller, { count, heightPx })
  const [chosen, setChosen] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another table begins at its top
  useLayoutEffect(() => {
    setChosen(0)
    scroller.current?.scrollTo({ top: 0 })
  }, [name])
  useEffect(() => onShow(rows.first, rows.last), [onShow, rows.first, rows.last])
  const shown = Array.from({ length: Math.max(0, rows.last - rows.first) }, (_, index) => rows.first + index)
  const scale = { latencyMs: Math.max(0, ...shown.map((index) => at(index)?.latency_ms_total ?? 0)) }
  const onKey = (event: KeyboardEvent) => {
    const step = steps(Math.floor(rows.viewPx / heightPx) - 1)[event.key]
    const call = at(chosen)
    if (event.key === 'Enter' && call) onOpen(call)
    if (step === undefined) return
    event.preventDefault()
    const next = Math.max(0, Math.min(count - 1, chosen + step))
    setChosen(next)
    scrollTo(next)
  }
  return (
    <div
      ref={scroller}
      role="grid"
      aria-label="Calls"
      aria-rowcount={count + 1}
      aria-activedescendant={shown.includes(chosen) ? `call-${chosen}` : undefined}
      tabIndex={0}
      className={`calls-grid${isDimmed ? ' dimmed' : ''}${isNarrow ? ' cards' : ''}`}
      onKeyDown={onKey}
    >
      <div className="calls-inner" style={{ minWidth: isNarrow ? undefined : widthOf(choice) }}>
        <CallHead {...props} isHidden={isNarrow} />
        <div style={{ height: rows.heightPx }} className="calls-space">
          <div className="calls-rows" style={{ transform: `translateY(${rows.topPx}px)` }} role="presentation">
            {shown.map((index) => (
              <CallRow
                key={index}
                {...{ index, scale, choice, heightPx }}
                call={at(index)}
                isChosen={index === chosen}
                onOpen={(call) => {
                  setChosen(index)
                  onOpen(call)
                }}
              />
            ))}
          </div>
        </div>
      </div>
    </div>
  )
}

const steps = (page: number): Readonly<Record<string, number>> => ({
  ArrowDown: 1,
  ArrowUp: -1,
  PageDown: page,
  PageUp: -page,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
})

const widthOf = ({ columns }: ColumnChoice): number => columns.reduce((sum, { width }) => sum + width, 0)
/** The last one takes what is left. */
const templateOf = ({ columns }: ColumnChoice): string =>
  columns.map(({ width }, index) => (index === columns.length - 1 ? `minmax(${width}px, 1fr)` : `${width}px`)).join(' ')

function CallHead({ choice, sort, onSort, isHidden }: CallTableProps & { readonly isHidden: boolean }) {
  return (
    <div
      role="row"
      className={isHidden ? 'hidden-text' : 'calls-head'}
      style={{ gridTemplateColumns: templateOf(choice) }}
      tabIndex={-1}
      aria-rowindex={1}
    >
      {choice.columns.map(({ id, title, align, isSorted, width }) => {
        const isBy = sort?.by === id
        const descending = isBy ? !sort.descending : true
        return (
          <div
            key={id}
            role="columnheader"
            tabIndex={-1}
            className={align}
            aria-sort={isBy ? (sort.descending ? 'descending' : 'ascending') : undefined}
          >
            {isSorted && sort !== null ? (
              <button type="button" className="sort" onClick={() => onSort({ by: id, descending })}>
                {title}
                <span className={isBy ? (sort.descending ? 'arrow' : 'arrow up') : 'arrow none'}>
                  <Icon name="down" size={10} />
                </span>
              </button>
            ) : (
              title
            )}
            <ResizeHandle width={width} onResize={(next) => choice.resize(id, next)} />
          </div>
        )
      })}
    </div>
  )
}

interface ResizeHandleProps {
  readonly width: number
  readonly onResize: (width: number) => void
}

/** For the pointer alone: what it does, choosing fewer columns does too. */
function ResizeHandle({ width, onResize }: ResizeHandleProps) {
  const from = useRef<{ x: number; width: number } | null>(null)
  return (
    <span
      className="resize"
      aria-hidden="true"
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId)
        from.current = { x: event.clientX, width }
      }}
      onPointerMove={(event) => {
        if (from.current !== null) onResize(from.current.width + event.clientX - from.current.x)
      }}
      onPointerUp={() => {
        from.current = null
      }}
    />
  )
}

interface CallRowProps {
  readonly index: number
  readonly call: Call | undefined
  readonly scale: Scale
  readonly choice: ColumnChoice
  readonly heightPx: number
  readonly isChosen: boolean
  readonly onOpen: (call: Call) => void
}

function CallRow({ index, call, scale, choice, heightPx, isChosen, onOpen }: CallRowProps) {
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid has the keys
    <div
      id={`call-${index}`}
      role="row"
      tabIndex={-1}
      aria-rowindex={index + 2}
      aria-selected={isChosen}
      className="call-row"
      style={{ height: heightPx, gridTemplateColumns: templateOf(choice) }}
      onClick={() => call && onOpen(call)}
    >
      {choice.columns.map(({ id, title, align, cell }) => (
        <div key={id} role="gridcell" tabIndex={-1} className={`cell-${id} ${align ?? ''}`} data-title={title}>
          {call === undefined ? <span className="awaited" /> : cell(call, scale)}
        </div>
      ))}
    </div>
  )
}

function useWindow(
  scroller: { readonly current: HTMLDivElement | null },
  size: { readonly count: number; readonly heightPx: number },
): { readonly rows: RowWindow; scrollTo(index: number): void } {
  const [place, setPlace] = useState({ scrollPx: 0, viewPx: 600 })
  useLayoutEffect(() => {
    const element = scroller.current
    if (element === null) return
    const read = () => setPlace({ scrollPx: element.scrollTop, viewPx: element.clientHeight - headPx })
    read()
    const observer = new ResizeObserver(read)
    observer.observe(element)
    element.addEventListener('scroll', read, { passive: true })
    return () => {
      observer.disconnect()
      element.removeEventListener('scroll', read)
    }
  }, [scroller])
  const rows = placeRows({ ...size, ...place })
  return {
    rows,
    scrollTo(index) {
      const element = scroller.current
      const top = index * size.heightPx
      if (element === null) return
      if (top < rows.realTopPx) element.scrollTop = top / rows.ratio
      else if (top + size.heightPx > rows.realTopPx + place.viewPx)
        element.scrollTop = Math.ceil((top + size.heightPx - place.viewPx) / rows.ratio)
    },
  }
}
