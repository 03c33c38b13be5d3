/** The routes that only read: calls, their sums, what is in force, and how the server is. */
import type { RestApp } from './api.ts'
import type { Budgets } from './budget-watch.ts'
import type { ServerConfig } from './config.ts'
import { describeAbout } from './describe-about.ts'
import { describeStore } from './describe-store.ts'
import type { Patterns } from './enrich/patterns.ts'
import type { Prices } from './enrich/prices.ts'
import { exportCalls } from './export-calls.ts'
import type { Forwarder } from './forward/forwarder.ts'
import { describeForwarding } from './forwarding.ts'
import { listPatterns } from './list-patterns.ts'
import { listSamples } from './metrics/list-samples.ts'
import type { Registry } from './metrics/registry.ts'
import { addAlertRoutes } from './query/alert-routes.ts'
import { addBudgetRoutes } from './query/budget-routes.ts'
import { addCallRoutes } from './query/call-routes.ts'
import { addCostRoutes } from './query/cost-routes.ts'
import { createDashboardFiles } from './query/dashboard-files.ts'
import { addExportRoutes } from './query/export-routes.ts'
import { addPanelRoutes } from './query/panel-routes.ts'
import { addQueryRoutes } from './query/query-routes.ts'
import { addRepriceRoutes } from './query/reprice-routes.ts'
import { addTailRoutes } from './query/tail-routes.ts'
import { addTraceRoutes } from './query/trace-routes.ts'
import { addPatternRoutes } from './receive/pattern-routes.ts'
import { reprice } from './reprice.ts'
import { addAboutRoutes } from './self/about-routes.ts'
import type { MetricsEndpoint } from './self/metrics-endpoint.ts'
import { addPipelineRoutes } from './self/pipeline-routes.ts'
import type { CallStore } from './store/store.ts'

export interface ReadSetup {
  readonly budgets: Budgets
  readonly config: ServerConfig
  readonly prices: Prices
  readonly store: CallStore
  readonly registry: Registry
  readonly patterns: Patterns
  readonly endpoint: MetricsEndpoint
  readonly forwarder: Forwarder
  readonly now: () => number
}

export function addReadRoutes(app: RestApp, setup: ReadSetup): void {
  const { config, store, registry, prices, patterns, endpoint, forwarder, now } = setup
  addCallRoutes(app, { store, now })
  addTailRoutes(app, { store, now })
  addTraceRoutes(app, store)
  addBudgetRoutes(app, { readBudgets: () => setup.budgets.read(), now })
  addExportRoutes(app, { exportCalls: (request) => exportCalls({ store, dataDir: config.dataDir }, request), now })
  addRepriceRoutes(app, { reprice: (request) => reprice({ store, prices }, request), now })
  addQueryRoutes(app, { store, now })
  addPanelRoutes(app, { store, dashboards: createDashboardFiles({ dir: config.dashboardsDir, now }), now })
  addAlertRoutes(app, {
    store,
    listWaiting: () => forwarder.state(),
    readBudgets: setup.budgets.read,
    now,
  })
  addCostRoutes(app, { store, billOf: prices.billOf })
  addAboutRoutes(app, () => describeAbout(config))
  addPatternRoutes(app, () => listPatterns(patterns))
  addPipelineRoutes(app, {
    now,
    endpoint,
    readSamples: ({ name }) => listSamples(registry.families().filter(({ definition }) => definition.name === name)),
    cardinality: () => registry.cardinality(),
    storeState: () => describeStore(store),
    forwardState: () => describeForwarding(forwarder),
  })
}
