import '../alerts/alerts.css'
import { RunbookText } from '../alerts/runbook-text.tsx'
import { readRunbook } from '../alerts/runbooks.ts'
import { EmptyState } from '../parts/empty-state.tsx'
import { ErrorState } from '../parts/error-state.tsx'
import { useAnswer } from '../use-answer.ts'

/** What to do when an alert fires. */
export default function RunbookPage({ params }: { readonly params: Readonly<Record<string, string>> }) {
  const { alert: name = '' } = params
  const { data, error, isLoading, retry } = useAnswer(name, () => readRunbook(name))
  if (error !== null) return <ErrorState what="The runbook" error={error} onRetry={retry} />
  if (isLoading) return null
  if (data === null) return <EmptyState title={`There is no alert ${name}`} />
  return (
    <article className="runbook card">
      <header className="page-head">
        <h1>{name}</h1>
      </header>
      <RunbookText text={data} />
    </article>
  )
}
