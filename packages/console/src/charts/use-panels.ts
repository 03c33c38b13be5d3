/** The dashboards, and the answers of their panels for the range and filters of the view. */
import type { DashboardsAnswer, PanelAnswer, PanelsAnswer, ShownDashboard } from '@inferometer/core/panels/answer'
import { useCallback, useMemo } from 'react'
import { getJson, postJson } from '../api.ts'
import { useNow, useRange } from '../clock.ts'
import { chooseStep, startOfDay } from '../time-range.ts'
import { useView } from '../url.ts'
import { type Answer, useAnswer } from '../use-answer.ts'

/** Edits of build/dashboards show within this. */
const oldMs = 15_000

export function useDashboards(): Answer<readonly ShownDashboard[]> {
  const now = useNow()
  return useAnswer(`dashboards ${Math.floor(now / oldMs)}`, async (signal) => {
    const { dashboards } = await getJson<DashboardsAnswer>('/v1/dashboards', signal)
    return dashboards
  })
}

export interface PanelAnswers {
  of(id: string): PanelAnswer | null
  readonly error: Error | null
  readonly isLoading: boolean
  retry(): void
}

/** Null asks nothing yet. */
export function usePanels(uid: string | null, panels: readonly string[] | null = null): PanelAnswers {
  const { service, provider, model } = useView()
  const range = useRange()
  const now = useNow()
  const body = useMemo(() => {
    const filters = { service_name: service, provider, model }
    const chosen = Object.entries(filters).filter(([, values]) => values.length > 0)
    return {
      dashboard: uid,
      ...(panels !== null && { panels }),
      since: new Date(range.sinceMs).toISOString(),
      until: new Date(range.untilMs).toISOString(),
      today: new Date(startOfDay(now)).toISOString(),
      step: `${chooseStep(range) / 1_000}s`,
      ...(chosen.length > 0 && { filters: Object.fromEntries(chosen) }),
    }
  }, [uid, panels, range, now, service, provider, model])
  const load = (signal: AbortSignal) => postJson<PanelsAnswer>('/v1/panels/query', body, signal)
  const { data, error, isLoading, retry } = useAnswer(uid === null ? null : JSON.stringify(body), load)
  const byId = useMemo(() => new Map(data?.panels.map((panel) => [panel.id, panel])), [data])
  const of = useCallback((id: string) => byId.get(id) ?? null, [byId])
  return { of, error, isLoading, retry }
}
