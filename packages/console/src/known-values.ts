/** The services, providers and models that were ever recorded: what the filters offer and what colours go to. */
import { createContext, createElement, type ReactNode, useContext, useMemo } from 'react'
import { postJson } from './api.ts'
import { useNow } from './clock.ts'
import type { FilterName } from './url.ts'
import { useAnswer } from './use-answer.ts'

export interface KnownValues extends Readonly<Record<FilterName, readonly string[]>> {
  /** False until the server said so. */
  readonly isKnown: boolean
}

const columns: Readonly<Record<FilterName, string>> = {
  service: 'service_name',
  provider: 'provider',
  model: 'model',
}
const nothing: KnownValues = { isKnown: false, service: [], provider: [], model: [] }
const KnownValuesContext = createContext<KnownValues>(nothing)
/** New names are rare: they are looked for once a minute, whatever the refresh. */
const oldMs = 60_000

export function KnownValuesProvider({ children }: { readonly children: ReactNode }) {
  const now = useNow()
  const { data } = useAnswer(String(Math.floor(now / oldMs)), loadKnownValues)
  return createElement(KnownValuesContext.Provider, { value: data ?? nothing }, children)
}

export function useKnownValues(): KnownValues {
  return useContext(KnownValuesContext)
}

interface QueryAnswer {
  readonly rows: readonly (readonly (string | number | null)[])[]
}

async function loadKnownValues(signal: AbortSignal): Promise<KnownValues> {
  const load = async (name: FilterName) => {
    const body = { measures: ['calls'], group_by: [columns[name]], limit: 1_000 }
    const { rows } = await postJson<QueryAnswer>('/v1/query', body, signal)
    return rows.map(([value]) => String(value ?? 'unknown')).sort((one, other) => one.localeCompare(other))
  }
  const [service, provider, model] = await Promise.all([load('service'), load('provider'), load('model')])
  return { isKnown: true, service, provider, model }
}

/** Which of the ten colours each name has: its own by its letters, or the next that is free. */
export function usePaletteIndexes(): Readonly<Record<FilterName, ReadonlyMap<string, number>>> {
  const known = useKnownValues()
  return useMemo(
    () => ({
      service: assignIndexes(known.service),
      provider: assignIndexes(known.provider),
      model: assignIndexes(known.model),
    }),
    [known],
  )
}

export const paletteSize = 10

export function assignIndexes(names: readonly string[]): ReadonlyMap<string, number> {
  const indexes = new Map<string, number>()
  const taken = new Set<number>()
  for (const name of names) {
    let index = hash(name) % paletteSize
    while (taken.has(index) && taken.size < paletteSize) index = (index + 1) % paletteSize
    taken.add(index)
    indexes.set(name, index)
  }
  return indexes
}

/** FNV-1a: the same everywhere, and neighbours in the alphabet lie apart. */
export function hash(text: string): number {
  let value = 0x811c9dc5
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193) >>> 0
  return value
}
