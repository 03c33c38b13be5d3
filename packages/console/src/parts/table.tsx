/** A table with a head that stays, sortable columns and rows that the arrow keys walk; at 390 px rows become cards. */
import { type KeyboardEvent, type ReactNode, useState } from 'react'
import { Icon } from './icon.tsx'

export interface Column<Row> {
  readonly id: string
  readonly title: string
  readonly align?: 'left' | 'right'
  /** What it is sorted by; without it the column is not sortable. Null comes last. */
  readonly sortBy?: (row: Row) => number | string | null
  readonly cell: (row: Row) => ReactNode
}

export interface Sorting {
  readonly id: string
  readonly descending: boolean
}

interface TableProps<Row> {
  /** For those who cannot see it. */
  readonly caption: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly rowKey: (row: Row) => string
  /** Enter and click. */
  readonly onOpen?: (row: Row) => void
  readonly initialSort?: Sorting
  readonly empty?: ReactNode
}

export function Table<Row>({ caption, columns, rows, rowKey, onOpen, initialSort, empty }: TableProps<Row>) {
  const [sorting, setSorting] = useState<Sorting | null>(initialSort ?? null)
  if (rows.length === 0 && empty !== undefined) return <>{empty}</>
  const sorted = sortRows(rows, columns.find(({ id }) => id === sorting?.id)?.sortBy, sorting?.descending ?? false)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="table-scroll" tabIndex={0} aria-label={caption}>
      <table className="table" onKeyDown={walkRows}>
        <caption className="hidden-text">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <HeadCell key={column.id} column={column} sorting={sorting} onSort={setSorting} />
            ))}
          </tr>
        </thead>
        <tbody>
          {sorted.map((row) => (
            <tr
              key={rowKey(row)}
              {...(onOpen && {
                tabIndex: 0,
                className: 'opens',
                onClick: () => onOpen(row),
                onKeyDown: (event: KeyboardEvent) => event.key === 'Enter' && onOpen(row),
              })}
            >
              {columns.map(({ id, title, align, cell }) => (
                <td key={id} className={align} data-title={title}>
                  {cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

interface HeadCellProps<Row> {
  readonly column: Column<Row>
  readonly sorting: Sorting | null
  readonly onSort: (sorting: Sorting) => void
}

function HeadCell<Row>({ column: { id, title, align, sortBy }, sorting, onSort }: HeadCellProps<Row>) {
  const isSorted = sorting?.id === id
  const descending = isSorted ? !sorting.descending : align === 'right'
  return (
    <th
      scope="col"
      className={align}
      aria-sort={isSorted ? (sorting.descending ? 'descending' : 'ascending') : undefined}
    >
      {sortBy === undefined ? (
        title
      ) : (
        <button type="button" className="sort" onClick={() => onSort({ id, descending })}>
          {title}
          <span className={isSorted ? (sorting.descending ? 'arrow' : 'arrow up') : 'arrow none'}>
            <Icon name="down" size={10} />
          </span>
        </button>
      )}
    </th>
  )
}

type SortValue = number | string | null

function sortRows<Row>(rows: readonly Row[], by: ((row: Row) => SortValue) | undefined, descending: boolean) {
  if (by === undefined) return rows
  const sign = descending ? -1 : 1
  return [...rows].sort((one, other) => {
    const [left, right] = [by(one), by(other)]
    if (left === null || right === null) return Number(left === null) - Number(right === null)
    return (left < right ? -1 : Number(left > right)) * sign
  })
}

/** Up and down go from row to row. */
function walkRows(event: KeyboardEvent<HTMLElement>): void {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
  const row = event.target instanceof Element ? event.target.closest('tr') : null
  const next = event.key === 'ArrowDown' ? row?.nextElementSibling : row?.previousElementSibling
  if (!(next instanceof HTMLElement)) return
  event.preventDefault()
  next.focus()
}
