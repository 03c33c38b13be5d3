/** Puts the server together: stages, store and what serves each port. Opens no socket, so it can live inside another process. */
import { join } from 'node:path'
import { overflowLabel } from '@inferometer/core/metrics'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import type { RestApp } from './api.ts'
import { type OpenKeyring, openKeyring } from './api-keys.ts'
import { watchBudgets } from './budget-watch.ts'
import { openBudgetFile } from './budgets.ts'
import { parseConfig, type ServerConfig, type ServerSettings } from './config.ts'
import { type ConsoleFiles, readConsoleFiles } from './console/console-files.ts'
import { applyContentPolicy, applyToNode } from './content-policy.ts'
import { createDetection } from './enrich/detector.ts'
import type { Detector } from './enrich/http-detector.ts'
import type { Patterns } from './enrich/patterns.ts'
import { createPrices, type Prices } from './enrich/prices.ts'
import { EventJoin, type EventJoinOptions } from './event-join.ts'
import { type FileSetup, findFile, tellReload } from './find-file.ts'
import { checkForwarding, openForwarding } from './forwarding.ts'
import { createLeafGate, type LeafGate } from './leaf-gate.ts'
import { openLedger } from './ledger.ts'
import { defaultLimits, type OverflowListener } from './metrics/cardinality.ts'
import { createProcessMetrics, createProcessReaders } from './metrics/process-metrics.ts'
import { createRegistry } from './metrics/registry.ts'
import { createSelfMetrics, type SelfMetrics } from './metrics/self-metrics.ts'
import { createMetricsApp } from './metrics-port.ts'
import { createId } from './normalize/create-id.ts'
import { checkRecord, recordToCall } from './normalize/rest-record.ts'
import { createLeafSelector } from './normalize/trace-leaves.ts'
import { openPatterns } from './open-patterns.ts'
import { openDurableStore } from './open-store.ts'
import { openTogether } from './open-together.ts'
import { createPipeline, type Stages } from './pipeline.ts'
import { readVersion } from './read-version.ts'
import type { Intake, Way } from './receive/intake.ts'
import { createOtlpGrpcServer, type OtlpGrpcServer } from './receive/otlp-grpc.ts'
import { createOtlpHttpApp } from './receive/otlp-http.ts'
import { type ApiSetup, createApis } from './rest-api.ts'
import { startRetention } from './retention.ts'
import { createAnnotations } from './self/annotations.ts'
import { createLogger } from './self/logger.ts'
import type { MetricsEndpoint, Scheme } from './self/metrics-endpoint.ts'
import { createTally, type Tally } from './self/tally.ts'
import type { CallStore } from './store/store.ts'
import { type OpenTls, openTls } from './tls-files.ts'
import { createTotals } from './totals.ts'

/** Instrumentations of one process export within a second or two of each other; later sightings are known for a minute. */
const leafSettings = { settleMs: 2_000, rememberMs: 60_000, maxSpans: 100_000 }
/** Exporters send logs a second after the event, spans five seconds after their end, and a call may take minutes. */
const eventSettings = { settleMs: leafSettings.settleMs, keepMs: 60_000, maxCalls: 20_000, maxBytes: 32 * 1024 * 1024 }

/** What the server does to the world outside. Each has a default. */
export interface Effects {
  readonly logger?: FastifyBaseLogger
  /** Milliseconds since the Unix epoch. */
  readonly now?: () => number
  readonly openStore?: (config: ServerConfig) => Promise<CallStore>
  /** Where the built console is; without it, or where nothing is built there, none is served. */
  readonly consoleDir?: string | null
  /** Asked about prompts beside the patterns; `injection.detector` of patterns.yaml says how often and how long. */
  readonly detector?: Detector
}

export interface App {
  readonly config: ServerConfig
  /** The REST API. */
  readonly api: RestApp
  /** The console, and what it asks of the API, for a port of its own; null where none is served. */
  readonly console: RestApp | null
  readonly otlpHttp: FastifyInstance
  readonly otlpGrpc: OtlpGrpcServer
  readonly metrics: FastifyInstance
  /** Where `metrics` is served. */
  readonly endpoint: MetricsEndpoint
  /** What every port speaks. */
  readonly scheme: Scheme
  readonly logger: FastifyBaseLogger
  /** Takes no more requests, waits for those at work, saves the totals and lets go of the store. */
  close(): Promise<void>
}

/** Throws `Cannot start: …`, or what a configuration file or the store says when it cannot be opened. */
export async function createApp(settings: ServerSettings = {}, effects: Effects = {}): Promise<App> {
  const config = await checkForwarding(parseConfig(settings))
  const { now = Date.now, openStore = openDurableStore, detector } = effects
  const { logger = createLogger(config.logLevel) } = effects
  const readers = createProcessReaders()
  const registry = createRegistry({ limits: toCardinalityLimits(config), onOverflow: createOverflowLog(logger) })
  createProcessMetrics(registry, readers)
  const self = createSelfMetrics(registry)
  const annotations = createAnnotations({ file: join(config.dataDir, 'annotations.jsonl'), now, logger })
  const files = { config, self, logger, annotations }
  const consoleFiles = await readConsoleFiles(effects.consoleDir ?? null)
  const opening = openParts(files, openStore(config), now)
  const { store, prices, patterns, keys, budgetFile, tlsFiles } = await releaseOnError(opening, readers.stop)
  const budgets = watchBudgets({ current: budgetFile.current, store, gauges: self, logger, now })
  const closeFiles = () => {
    for (const { close } of [budgets, budgetFile, prices, patterns, keys, tlsFiles, { close: readers.stop }]) close()
  }
  const tally = createTally(self)
  const totals = createTotals({ registry, tally, now })
  const onCommit = (commitMs: number) => self.storeCommit.observe([], commitMs)
  const closeStore = () => store.close().finally(closeFiles)
  const ledger = await releaseOnError(openLedger({ store, logger, totals, onCommit }), closeStore)
  const outbox = { config, store, registry, self, logger, version: readVersion(), now }
  const forwarder = await releaseOnError(openForwarding(outbox), closeStore)
  const retention = startRetention({
    ...config.retention,
    store,
    logger,
    now,
    monotonicMs,
    saveTotals: () => ledger.saveTotals(),
    keepAfterSeq: () => forwarder.handedOverSeq(),
    onDropped: (reason, calls) => self.retentionDropped.add([reason], calls),
  })
  const { intake, joins, refuseMore } = createIntake({ config, patterns, prices, ledger, tally, now, self, detector })
  const { tls } = tlsFiles
  const metricsSetup = { config, keyring: keys.scrapeKeyring, tls, logger, registry, now }
  const { app: metrics, endpoint } = createMetricsApp(metricsSetup)
  const read = { budgets, prices, patterns, store, registry, endpoint, forwarder }
  const setup = { ...read, config, keyring: keys.keyring, tls, logger, annotations, intake, now }
  const { web, otlpGrpc, ports } = createPorts(setup, consoleFiles)
  await Promise.all([...web, metrics].map((app) => app.ready()))
  const close = async () => {
    joins.leaves.close()
    await joins.events.close()
    await Promise.all([...web.map(closeApp), otlpGrpc.close(stopGraceMs)])
    refuseMore()
    await retention.close()
    await ledger.close()
    await forwarder.close(forwardGraceMs)
    await closeStore()
    await closeApp(metrics)
  }
  let closed: Promise<void> | undefined
  const open = { ...ports, metrics, endpoint, scheme: tls === null ? 'http' : 'https' } as const
  return { config, logger, ...open, close: () => (closed ??= close()) }
}

/** All but that of the metrics. `web` are those of HTTP. */
function createPorts(setup: ApiSetup, consoleFiles: ConsoleFiles | null) {
  const { api, consoleApp } = createApis(setup, consoleFiles)
  const receiver = { ...setup, limits: setup.config.limits }
  const otlpHttp = createOtlpHttpApp(receiver)
  const otlpGrpc = createOtlpGrpcServer(receiver)
  const web = [api, otlpHttp, ...(consoleApp === null ? [] : [consoleApp])]
  return { web, otlpGrpc, ports: { api, console: consoleApp, otlpHttp, otlpGrpc } }
}

type Parts = {
  readonly store: CallStore
  readonly prices: Prices
  readonly patterns: Patterns
  readonly keys: OpenKeyring
  readonly tlsFiles: OpenTls
  readonly budgetFile: Awaited<ReturnType<typeof openBudgetFile>>
}

function openParts(files: FileSetup, store: Promise<CallStore>, now: () => number): Promise<Parts> {
  return openTogether<Parts>({
    store,
    prices: createPrices({ ...findFile('model_prices.yaml', files), now }),
    patterns: openPatterns(findFile('patterns.yaml', files), files.config, now),
    keys: openKeyring(findFile('api_keys.yaml', files), { ...files.config, now }),
    tlsFiles: openTls({
      ...files.config,
      now,
      onReload: (problem) => tellReload('the TLS certificate', problem, files),
    }),
    budgetFile: openBudgetFile(findFile('budgets.yaml', files)),
  })
}

async function releaseOnError<T>(opening: Promise<T>, release: () => void | Promise<void>): Promise<T> {
  return opening.catch(async (error: unknown) => {
    await release()
    throw error
  })
}

interface IntakeSetup extends Pick<Stages, 'ledger'> {
  readonly self: SelfMetrics
  readonly detector: Detector | undefined
  readonly tally: Tally
  readonly config: ServerConfig
  readonly patterns: Patterns
  readonly prices: Prices
  readonly now: () => number
}

function createIntake({ config, patterns, prices, ledger, tally, now, ...rest }: IntakeSetup) {
  const onOutcome = (outcome: string) => rest.self.detectorCalls.add([outcome], 1)
  const asking = { patterns, detector: rest.detector ?? null, now, random: Math.random, onOutcome }
  const guard = { policy: config.content, scanCall: patterns.scanCall, mask: patterns.mask }
  let isClosing = false
  const joins = openJoins({ tally, record: (calls, way) => intake.recordEvents(calls, way) })
  const intake: Intake = createPipeline({
    ...createRecordSteps(now),
    detectAll: createDetection(asking).detectAll,
    enrich: (call) => prices.price(applyContentPolicy(call, guard)),
    guardNode: (node) => applyToNode(node, guard),
    ...joins,
    ledger,
    tally,
    isClosing: () => isClosing,
  })
  const refuseMore = () => {
    isClosing = true
  }
  return { intake, joins, refuseMore }
}

/** Waiting is not for the clock on the wall: one that is set back would hold calls, and the answers to their senders, for as long. */
const monotonicMs = () => performance.now()

interface JoinSetup {
  readonly tally: Tally
  readonly record: EventJoinOptions<Way>['record']
}

/** What waits for other parts of a trace before it decides. */
function openJoins({ tally, record }: JoinSetup): Pick<Stages, 'leaves' | 'events'> & { readonly leaves: LeafGate } {
  const leaves = createLeafGate({ selector: createLeafSelector(leafSettings), nowMs: monotonicMs })
  const events = new EventJoin<Way>({
    gate: leaves,
    settings: eventSettings,
    nowMs: monotonicMs,
    onUnused: (way, reason, count) => tally.ignored(way, new Map([[reason, count]])),
    record,
  })
  return { leaves, events }
}

const usPerMs = 1_000

function createRecordSteps(now: () => number): Pick<Stages, 'checkRecord' | 'recordToCall'> {
  return {
    checkRecord: (record) => checkRecord(record, now() * usPerMs),
    recordToCall: (record) => recordToCall(record, { nowUs: now() * usPerMs, createId }),
  }
}

/** After this a sender that keeps its request open is cut off. */
const stopGraceMs = 10_000
/** After this what a destination has not taken yet waits for the next start. */
const forwardGraceMs = 5_000

function toCardinalityLimits({ limits }: ServerConfig) {
  const { models: model, providers: provider, services: service_name } = limits
  const valuesPerLabel = { ...defaultLimits.valuesPerLabel, model, provider, service_name }
  return { ...defaultLimits, series: limits.series, valuesPerLabel }
}

/** One line per label: there may be a million values. */
function createOverflowLog(logger: FastifyBaseLogger): OverflowListener {
  const told = new Set<string>()
  return (metric, label) => {
    if (told.has(label)) return
    told.add(label)
    logger.warn({ metric, label }, `a limit of metrics is reached: further values of ${label} become ${overflowLabel}`)
  }
}

async function closeApp(app: Pick<FastifyInstance, 'close' | 'server'>): Promise<void> {
  const timer = setTimeout(() => app.server.closeAllConnections(), stopGraceMs)
  await app.close()
  clearTimeout(timer)
}
