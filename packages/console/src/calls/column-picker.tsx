import { Popover } from '../parts/popover.tsx'
import { callColumns } from './call-columns.tsx'
import type { ColumnChoice } from './column-choice.ts'

/** Which columns the table has. */
export function ColumnPicker({ choice }: { readonly choice: ColumnChoice }) {
  const shown = new Set(choice.columns.map(({ id }) => id))
  return (
    <Popover title="Choose columns" label="Columns" align="right">
      {() => (
        <>
          <ul className="choices">
            {callColumns.map(({ id, title }) => (
              <li key={id}>
                <label>
                  <input type="checkbox" checked={shown.has(id)} onChange={() => choice.toggle(id)} />
                  {title}
                </label>
              </li>
            ))}
          </ul>
          <button type="button" className="text-button" onClick={choice.reset}>
            Usual columns and widths
          </button>
        </>
      )}
    </Popover>
  )
}
