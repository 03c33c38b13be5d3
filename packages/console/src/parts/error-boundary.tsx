import { Component, type ReactNode } from 'react'
import { ErrorState } from './error-state.tsx'

interface State {
  readonly error: Error | null
}

/** A defect in one part leaves the rest of the screen alone. */
export class ErrorBoundary extends Component<{ readonly children: ReactNode }, State> {
  override state: State = { error: null }

  static getDerivedStateFromError(error: unknown): State {
    return { error: error instanceof Error ? error : new Error(String(error)) }
  }

  override render() {
    const { error } = this.state
    if (error === null) return this.props.children
    return <ErrorState what="This part" error={error} onRetry={() => this.setState({ error: null })} />
  }
}
