/** Which colour a series has: a model, provider or service keeps its own on every panel and page. */
import type { PanelSeries } from '@inferometer/core/panels/answer'
import { useMemo } from 'react'
import { hash, paletteSize, usePaletteIndexes } from '../known-values.ts'
import { readToken, useIsDark } from '../theme.ts'

/** Colours that mean something, by the value of a label. */
const meanings: Readonly<Record<string, (value: string) => string | null>> = {
  status: (value) => ({ success: '--good-mark', error: '--bad-mark', cancelled: '--series-other' })[value] ?? null,
  http_status: (value) => {
    if (value === '429') return '--warn-mark'
    if (value.startsWith('2')) return '--good-mark'
    return value.startsWith('5') || value === 'none' ? '--bad-mark' : null
  },
}

type ColoredSeries = Pick<PanelSeries, 'name' | 'labels' | 'query'>

/** The token of a series, such as `--series-3`. */
export function useSeriesColors(series: readonly ColoredSeries[]): ReadonlyMap<string, string> {
  const indexes = usePaletteIndexes()
  return useMemo(() => {
    const taken = new Set<number>()
    const tokenOf = ({ name, labels, query }: ColoredSeries) =>
      // What is no group of calls has the colour of its place.
      Object.keys(labels).length === 0
        ? `--series-${query % paletteSize}`
        : (findMeaning(labels) ?? findOwn(labels, indexes) ?? nextFree(name, taken))
    return new Map(series.map((one) => [one.name, tokenOf(one)]))
  }, [series, indexes])
}

function findMeaning(labels: PanelSeries['labels']): string | null {
  for (const [label, meaning] of Object.entries(meanings)) {
    const value = labels[label]
    if (value !== undefined) return meaning(value)
  }
  return null
}

const namesOf = { model: 'model', provider: 'provider', service_name: 'service' } as const

/** Only where one of the three alone tells the series apart. */
function findOwn(labels: PanelSeries['labels'], indexes: ReturnType<typeof usePaletteIndexes>): string | null {
  const [label, ...others] = Object.keys(labels)
  if (label === undefined || others.length > 0 || !(label in namesOf)) return null
  const index = indexes[namesOf[label as keyof typeof namesOf]].get(labels[label] ?? '')
  return `--series-${index ?? hash(labels[label] ?? '') % paletteSize}`
}

function nextFree(name: string, taken: Set<number>): string {
  let index = hash(name) % paletteSize
  while (taken.has(index) && taken.size < paletteSize) index = (index + 1) % paletteSize
  taken.add(index)
  return `--series-${index}`
}

/** Values of tokens for what is drawn on a canvas; read anew in the other theme. */
export function useTokenReader(): (token: string) => string {
  const isDark = useIsDark()
  return useMemo(() => createReader(isDark), [isDark])
}

/** The same for both: what matters is that it is another one. */
const createReader = (_isDark: boolean) => (name: string) => readToken(name)
