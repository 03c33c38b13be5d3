/** The catalogue of panels: Grafana's dashboards and the built-in console are both made from it. */
import { costDashboard } from './panels/cost.ts'
import { errorDashboard } from './panels/errors.ts'
import { latencyDashboard } from './panels/latency.ts'
import type { Dashboard } from './panels/panel.ts'
import { safetyDashboard } from './panels/safety.ts'

export type { Dashboard, Panel, PanelKind, PanelQuery, Threshold, Unit } from './panels/panel.ts'
export type { Amount, Dimension, Duration, Measure, PanelTerms } from './panels/terms.ts'

export const dashboards: readonly Dashboard[] = [latencyDashboard, costDashboard, errorDashboard, safetyDashboard]
