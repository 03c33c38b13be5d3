import { ApiError } from '../api.ts'

interface ErrorStateProps {
  /** What could not be shown: `These calls`. */
  readonly what: string
  readonly error: Error
  readonly onRetry?: () => void
}

/** What happened, what it means and what to do, in the space of the part that failed. */
export function ErrorState({ what, error, onRetry }: ErrorStateProps) {
  const problems = error instanceof ApiError ? error.problems : []
  return (
    <div className="error-state" role="alert">
      <p className="error-title">{what} could not be loaded</p>
      <p>{error.message}</p>
      {problems.map(({ path, message }) => (
        <p key={path + message}>
          <code>{path}</code> {message}
        </p>
      ))}
      {onRetry !== undefined && (
        <button type="button" className="button" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  )
}
