import { EmptyState } from '../parts/empty-state.tsx'

export default function DashboardPage() {
  return <EmptyState title="Dashboard" />
}
