/** One of the four dashboards: its panels on Grafana's grid, or one of them alone. */
import type { ShownDashboard } from '@inferometer/core/panels/answer'
import { useEffect } from 'react'
import { Panel } from '../charts/panel.tsx'
import { useMarks } from '../charts/use-marks.ts'
import { useDashboards, usePanels } from '../charts/use-panels.ts'
import { EmptyState } from '../parts/empty-state.tsx'
import { ErrorState } from '../parts/error-state.tsx'
import { FirstCall } from '../parts/first-call.tsx'
import { Link } from '../parts/link.tsx'
import { changeParams, linkTo, useAddress, useParam } from '../url.ts'

export default function DashboardPage() {
  const { path } = useAddress()
  const uid = path.slice('/d/'.length)
  const { data, error, retry } = useDashboards()
  if (data === null) return error === null ? null : <ErrorState what="The dashboards" error={error} onRetry={retry} />
  const dashboard = data.find((one) => one.uid === uid)
  if (dashboard === undefined) {
    return (
      <EmptyState title="There is no such dashboard" action={<Link href={linkTo('/')}>Overview</Link>}>
        {data.map((one) => (
          <div key={one.uid}>
            <Link href={linkTo(`/d/${one.uid}`)}>{one.title}</Link>
          </div>
        ))}
      </EmptyState>
    )
  }
  return <Dashboard key={uid} dashboard={dashboard} />
}

function Dashboard({ dashboard }: { readonly dashboard: ShownDashboard }) {
  const [viewPanel] = useParam('viewPanel')
  const answers = usePanels(dashboard.uid)
  const marks = useMarks()
  const alone = dashboard.panels.find(({ id }) => id === viewPanel)
  useEscape(alone !== undefined)
  const shown = alone === undefined ? dashboard.panels : [alone]
  return (
    <>
      <header className="page-head">
        <h1>{dashboard.title}</h1>
        <p>{dashboard.description}</p>
      </header>
      {dashboard.notes.map((note) => (
        <p key={note} className="page-note" role="alert">
          {note}
        </p>
      ))}
      <FirstCall />
      <div className={alone === undefined ? 'panels' : 'panels alone'}>
        {shown.map((panel) => (
          <Panel
            key={panel.id}
            panel={panel}
            answer={answers.of(panel.id)}
            error={answers.error}
            isLoading={answers.isLoading}
            onRetry={answers.retry}
            marks={marks}
            isFull={alone !== undefined}
          />
        ))}
      </div>
    </>
  )
}

/** Escape goes from one panel back to all. */
function useEscape(isAlone: boolean): void {
  useEffect(() => {
    if (!isAlone) return
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && !event.defaultPrevented) changeParams({ viewPanel: null })
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [isAlone])
}
