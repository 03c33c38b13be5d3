import type { ReactNode } from 'react'

interface EmptyStateProps {
  /** What is not there: `No calls in this range`. */
  readonly title: string
  /** Why, and what fills it. */
  readonly children?: ReactNode
  /** Lines to paste, with the real ports. */
  readonly code?: string
  readonly action?: ReactNode
}

/** Stands where there is nothing yet, and teaches what to type. */
export function EmptyState({ title, children, code, action }: EmptyStateProps) {
  return (
    <div className="empty">
      <p className="empty-title">{title}</p>
      {children !== undefined && <div className="empty-text">{children}</div>}
      {code !== undefined && <pre className="code">{code}</pre>}
      {action !== undefined && <div className="empty-action">{action}</div>}
    </div>
  )
}
