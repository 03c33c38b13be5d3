import { EmptyState } from '../parts/empty-state.tsx'

export default function OverviewPage() {
  return <EmptyState title="Overview" />
}
