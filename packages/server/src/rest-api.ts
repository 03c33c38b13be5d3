/** The REST API of the server, and the smaller one beside the console on its own port. */
import type { FastifyBaseLogger } from 'fastify'
import type { RestApp } from './api.ts'
import type { Budgets } from './budget-watch.ts'
import type { ServerConfig } from './config.ts'
import type { ConsoleFiles } from './console/console-files.ts'
import { addConsoleRoutes, consoleRoutes } from './console/console-routes.ts'
import { describeStore } from './describe-store.ts'
import { countTokens } from './enrich/count-tokens.ts'
import type { Patterns } from './enrich/patterns.ts'
import type { Prices } from './enrich/prices.ts'
import type { Forwarder } from './forward/forwarder.ts'
import { describeForwarding } from './forwarding.ts'
import type { Registry } from './metrics/registry.ts'
import { toPriceActions } from './price-actions.ts'
import { addReadRoutes } from './read-routes.ts'
import { readVersion } from './read-version.ts'
import type { Intake } from './receive/intake.ts'
import type { Keyring, Right } from './receive/keyring.ts'
import { addPriceRoutes } from './receive/price-routes.ts'
import { addRecordRoutes } from './receive/record-routes.ts'
import { createRestApp } from './receive/rest-app.ts'
import { addSessionRoutes, sessionRoute } from './receive/session-routes.ts'
import { createSessions, type Sessions, takeSessions } from './receive/sessions.ts'
import { addSpanRoutes } from './receive/span-routes.ts'
import { addTextRoutes } from './receive/text-routes.ts'
import { type Annotations, addAnnotationRoutes } from './self/annotations.ts'
import { addHealthRoutes } from './self/health-routes.ts'
import type { MetricsEndpoint } from './self/metrics-endpoint.ts'
import type { CallStore } from './store/store.ts'
import type { Tls } from './tls-files.ts'

export interface ApiSetup {
  readonly budgets: Budgets
  readonly annotations: Annotations
  readonly keyring: Keyring
  readonly tls: Tls | null
  readonly forwarder: Forwarder
  readonly config: ServerConfig
  readonly logger: FastifyBaseLogger
  readonly intake: Intake
  readonly prices: Prices
  readonly patterns: Patterns
  readonly store: CallStore
  readonly registry: Registry
  readonly endpoint: MetricsEndpoint
  readonly now: () => number
}

const recordRoutes = new Set(['/v1/metrics/record', '/v1/metrics/record-batch', '/v1/spans'])
/** What changes the server for everybody. */
const adminRoutes = new Set(['/v1/metrics/init', '/v1/metrics/prices/reload'])
const mount = '/console'

/** Scanning and counting tell of nothing but the text that was sent: whoever may ask may do that. */
function rightOf(_method: string, route: string): Right {
  if (recordRoutes.has(route)) return 'write'
  return adminRoutes.has(route) ? 'admin' : 'read'
}

type AddRoutes = (app: RestApp) => void

/** Who signed in at one port is signed in at both. */
interface ConsoleSetup extends ApiSetup {
  readonly sessions: Sessions
}

/** `consoleApp` is null where there is no console to serve. */
export function createApis(given: ApiSetup, consoleFiles: ConsoleFiles | null) {
  const sessions = createSessions(given.now)
  const setup = { ...given, keyring: takeSessions(given.keyring, sessions), sessions }
  return {
    api: createApi(setup, consoleFiles),
    consoleApp: consoleFiles === null ? null : createConsoleApp(setup, consoleFiles),
  }
}

function createApi(setup: ConsoleSetup, consoleFiles: ConsoleFiles | null): RestApp {
  const { config, logger, intake, store } = setup
  const { bodyBytes, spansPerRequest } = config.limits
  const recordOptions = {
    intake,
    spansPerRequest,
    findCall: (trace: string, span: string) => store.getCall(trace, span),
  }
  return createRestApp({
    logger,
    bodyBytes,
    keyring: setup.keyring,
    tls: setup.tls,
    rightOf,
    version: readVersion(),
    openRoutes: [sessionRoute, ...(consoleFiles === null ? [] : consoleRoutes(mount))],
    onRefusal: (route, { code, callCount }) => {
      if (recordRoutes.has(route)) intake.countRefused('rest', { reason: code, count: callCount })
    },
    routes: [
      (app) => addRecordRoutes(app, recordOptions),
      (app) => addSpanRoutes(app, { intake, spansPerRequest }),
      ...listConsoleNeeds(setup),
      (app) => consoleFiles !== null && addConsoleRoutes(app, mount, consoleFiles),
    ],
  })
}

/** The console at the root of a port of its own, and beside it what its pages ask: one origin, so that no other may ask. */
function createConsoleApp(setup: ConsoleSetup, consoleFiles: ConsoleFiles): RestApp {
  const { config, logger } = setup
  return createRestApp({
    logger,
    bodyBytes: config.limits.bodyBytes,
    keyring: setup.keyring,
    tls: setup.tls,
    rightOf,
    version: readVersion(),
    openRoutes: [sessionRoute, ...consoleRoutes('')],
    hasDocs: false,
    onRefusal: () => undefined,
    routes: [...listConsoleNeeds(setup), (app) => addConsoleRoutes(app, '', consoleFiles)],
  })
}

/** What the pages of the console ask; it is served on both ports. */
function listConsoleNeeds(setup: ConsoleSetup): readonly AddRoutes[] {
  const { config, prices, patterns, store, registry, endpoint, forwarder } = setup
  const { promptChars } = config.limits
  const text = { scan: (prompt: string) => scanPrompt(prompt, patterns), count: countTokens }
  const health = {
    endpoint,
    metricsPort: config.metricsPort,
    cardinality: () => registry.cardinality(),
    storeState: () => describeStore(store),
    forwardState: () => describeForwarding(forwarder),
  }
  return [
    (app) => addPriceRoutes(app, toPriceActions(prices)),
    (app) => addTextRoutes(app, { promptChars, text }),
    (app) => addReadRoutes(app, setup),
    (app) => addAnnotationRoutes(app, setup.annotations),
    (app) => addHealthRoutes(app, health),
    (app) => addSessionRoutes(app, { ...setup, isTls: setup.tls !== null }),
  ]
}

function scanPrompt(prompt: string, { current, mask }: Patterns) {
  const { scanner } = current()
  const { findings, score, evidence } = scanner.detect(prompt)
  return { findings, redacted: mask(prompt), score, threshold: scanner.threshold, evidence }
}
