/** The most telling panels of the four dashboards, and what would alert now. */
import type { ShownPanel } from '@inferometer/core/panels/answer'
import { useMemo } from 'react'
import { AlertStrip } from '../alerts/alert-strip.tsx'
import { Panel } from '../charts/panel.tsx'
import { useMarks } from '../charts/use-marks.ts'
import { type PanelAnswers, useDashboards, usePanels } from '../charts/use-panels.ts'
import { ErrorState } from '../parts/error-state.tsx'
import { FirstCall } from '../parts/first-call.tsx'
import { Link } from '../parts/link.tsx'
import { linkTo } from '../url.ts'

interface Chosen {
  readonly uid: string
  readonly id: string
  readonly place: ShownPanel['place']
}

const latency = 'llm-latency-ttft-dashboard'
const cost = 'llm-cost-dashboard'
const errors = 'llm-error-retry-dashboard'
const safety = 'llm-security-safety-dashboard'

const tile = (uid: string, id: string, x: number): Chosen => ({ uid, id, place: { x, y: 0, w: 4, h: 4 } })
const chart = (uid: string, id: string, [x, y]: readonly [number, number]): Chosen => ({
  uid,
  id,
  place: { x, y, w: 12, h: 8 },
})

const chosen: readonly Chosen[] = [
  tile(latency, 'calls', 0),
  tile(errors, 'error-rate', 4),
  tile(latency, 'p95-latency', 8),
  tile(latency, 'p95-ttft', 12),
  tile(cost, 'spend-today', 16),
  tile(safety, 'injection-calls', 20),
  chart(errors, 'success-vs-error', [0, 4]),
  chart(latency, 'latency-percentiles', [12, 4]),
  chart(cost, 'spend-per-hour', [0, 12]),
  chart(errors, 'error-types', [12, 12]),
  chart(safety, 'injections-per-second', [0, 20]),
  chart(cost, 'cost-by-model', [12, 20]),
]
const idsOf = (uid: string) => chosen.filter((one) => one.uid === uid).map(({ id }) => id)
const ids = { latency: idsOf(latency), cost: idsOf(cost), errors: idsOf(errors), safety: idsOf(safety) }

export default function OverviewPage() {
  const { data, error, retry } = useDashboards()
  const marks = useMarks()
  const answers: Readonly<Record<string, PanelAnswers>> = {
    [latency]: usePanels(latency, ids.latency),
    [cost]: usePanels(cost, ids.cost),
    [errors]: usePanels(errors, ids.errors),
    [safety]: usePanels(safety, ids.safety),
  }
  const panels = useMemo(
    () =>
      chosen.flatMap(({ uid, id, place }) => {
        const found = data?.find((one) => one.uid === uid)?.panels.find((panel) => panel.id === id)
        return found === undefined ? [] : [{ uid, panel: { ...found, place } }]
      }),
    [data],
  )
  if (data === null) return error === null ? null : <ErrorState what="The dashboards" error={error} onRetry={retry} />
  return (
    <>
      <header className="page-head">
        <h1>Overview</h1>
        <p>
          More of each:{' '}
          {data.map(({ uid, title }, index) => (
            <span key={uid}>
              {index > 0 && ' · '}
              <Link href={linkTo(`/d/${uid}`)}>{title}</Link>
            </span>
          ))}
        </p>
      </header>
      <AlertStrip />
      <FirstCall />
      <div className="panels">
        {panels.map(({ uid, panel }) => {
          const asked = answers[uid]
          return (
            <Panel
              key={`${uid} ${panel.id}`}
              panel={panel}
              answer={asked?.of(panel.id) ?? null}
              error={asked?.error ?? null}
              isLoading={asked?.isLoading ?? false}
              onRetry={() => asked?.retry()}
              marks={marks}
              home={uid}
            />
          )
        })}
      </div>
    </>
  )
}
