import type { Dashboard } from '@inferometer/core/panels'
import { buildDashboard } from './build-dashboard.ts'

/** The text of build/dashboards/<uid>.json: the same for the same catalogue. */
export function renderDashboard(dashboard: Dashboard): string {
  return `${JSON.stringify(buildDashboard(dashboard), null, 2)}\n`
}
