/** Which columns are shown, and how wide: kept in this browser. */
import { useCallback, useState } from 'react'
import { type CallColumn, callColumns } from './call-columns.tsx'

interface Kept {
  readonly shown: readonly string[]
  readonly widths: Readonly<Record<string, number>>
}

const storageName = 'inferometer.calls.columns'
const usual: Kept = { shown: callColumns.filter(({ isUsual }) => isUsual).map(({ id }) => id), widths: {} }
const widthAtLeast = 48

export interface ColumnChoice {
  readonly columns: readonly (CallColumn & { readonly width: number })[]
  toggle(id: string): void
  resize(id: string, width: number): void
  reset(): void
}

export function useColumnChoice(): ColumnChoice {
  const [kept, setKept] = useState(readKept)
  const keep = useCallback((next: Kept) => {
    localStorage.setItem(storageName, JSON.stringify(next))
    setKept(next)
  }, [])
  const columns = callColumns
    .filter(({ id }) => kept.shown.includes(id))
    .map((column) => ({ ...column, width: kept.widths[column.id] ?? column.width }))
  return {
    columns,
    toggle(id) {
      const shown = kept.shown.includes(id) ? kept.shown.filter((one) => one !== id) : [...kept.shown, id]
      // A table without columns could not be got back.
      if (shown.length > 0) keep({ ...kept, shown })
    },
    resize: (id, width) =>
      keep({ ...kept, widths: { ...kept.widths, [id]: Math.max(widthAtLeast, Math.round(width)) } }),
    reset: () => keep(usual),
  }
}

function readKept(): Kept {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(storageName) ?? 'null')
    return isKept(kept) ? kept : usual
  } catch {
    return usual
  }
}

function isKept(value: unknown): value is Kept {
  if (typeof value !== 'object' || value === null || !('shown' in value) || !('widths' in value)) return false
  const { shown, widths } = value
  const isKnown = (id: unknown) => callColumns.some((column) => column.id === id)
  return Array.isArray(shown) && shown.some(isKnown) && typeof widths === 'object' && widths !== null
}
