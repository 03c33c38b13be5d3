/** Panels of percentiles by group: one row of the legend for each group, and of many groups only the p95 is drawn. */
import type { PanelSeries, ShownPanel } from '@inferometer/core/panels/answer'
import { lastOf, meanOf, shownAtMost } from './fold-series.ts'

export interface PercentileGroup {
  readonly name: string
  /** One for each query of the panel; null where it has no value. */
  readonly parts: readonly (PanelSeries | null)[]
}

const percentile = /^p(\d\d) \{/

/** Null where the panel is no such one. */
export function groupPercentiles(
  series: readonly PanelSeries[],
  { queries }: ShownPanel,
): readonly PercentileGroup[] | null {
  if (queries.length < 2 || !queries.every(({ legend }) => percentile.test(legend))) return null
  const groups = new Map<string, (PanelSeries | null)[]>()
  for (const one of series) {
    const name = Object.values(one.labels).join(' · ')
    const parts = groups.get(name) ?? queries.map(() => null)
    groups.set(name, parts)
    parts[one.query] = one
  }
  const size = ({ parts }: PercentileGroup) => Math.max(...parts.map((part) => meanOf(part?.values ?? []) ?? 0))
  return [...groups].map(([name, parts]) => ({ name, parts })).sort((one, other) => size(other) - size(one))
}

export const percentileNames = ({ queries }: ShownPanel): readonly string[] =>
  queries.map(({ legend }) => legend.split(' ')[0] ?? legend)

const allDrawnUpTo = 1

/** What is drawn of the groups that are shown. */
export function drawnOf(groups: readonly PercentileGroup[], { queries }: ShownPanel): readonly PanelSeries[] {
  const shown = groups.slice(0, shownAtMost)
  const p95 = queries.findIndex(({ legend }) => legend.startsWith('p95'))
  const isAll = shown.length <= allDrawnUpTo || p95 === -1
  return shown
    .flatMap(({ parts }) => parts.filter((part, index) => part !== null && (isAll || index === p95)))
    .filter((part) => part !== null)
}

export const lastOfPart = (part: PanelSeries | null): number | null => (part === null ? null : lastOf(part.values))
