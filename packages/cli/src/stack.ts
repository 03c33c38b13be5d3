/** `inferometer stack`: the server, and beside it Prometheus, Tempo, Loki and Grafana, started, wired and watched. */
import { randomBytes } from 'node:crypto'
import { constants, existsSync } from 'node:fs'
import { access, mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Chosen } from './chosen.ts'
import type { Environment } from './environment.ts'
import { describeStack, type Searches, type StartedStack } from './stack/describe-stack.ts'
import { findProgram, type Search } from './stack/find-program.ts'
import { type Guardian, startGuardian } from './stack/guardian.ts'
import { knownPrograms, type ProgramName, programNames } from './stack/known-programs.ts'
import { type GrafanaPlan, planGrafana } from './stack/plan-grafana.ts'
import { planLoki } from './stack/plan-loki.ts'
import { localUrl, type PlanOptions } from './stack/plan-options.ts'
import { planPrometheus } from './stack/plan-prometheus.ts'
import { type DestinationPlan, planTempo } from './stack/plan-tempo.ts'
import { checkPorts, type WantedPort } from './stack/ports.ts'
import { readStackPlace, type StackPlace } from './stack/stack-place.ts'
import { type ProgramPlan, type Supervisor, superviseProgram } from './stack/supervisor.ts'
import { launchServer, refuseSecond, waitForSignal } from './start.ts'

/** Runs until a signal asks it to stop, or until something cannot be started: then nothing is left running. */
export async function runStack(chosen: Chosen, environment: Environment): Promise<number> {
  const place = await readStackPlace(chosen, environment)
  await refuseSecond(chosen)
  const searches = await findPrograms(place)
  await checkPorts(listPorts(place, searches))
  await makeFolder(place.folder)
  const stack = new Stack(place, searches)
  const signalled = waitForSignal().then(() => 'signalled' as const)
  try {
    const outcome = await Promise.race([stack.start(), signalled])
    if (outcome !== 'signalled') {
      console.log(describeStack(outcome))
      await signalled
    }
    console.log('Stopping …')
  } finally {
    await stack.stop()
  }
  return 0
}

async function findPrograms({ chosen, environment }: StackPlace): Promise<Searches> {
  const places = { given: chosen, path: environment.variables.PATH ?? '' }
  const found = await Promise.all(
    programNames.map(async (name) => [name, await findProgram(knownPrograms[name], places)] as const),
  )
  return Object.fromEntries(found) as Record<ProgramName, Search>
}

/** Ports of the programs that will run. The server tells of its own when it takes them. */
function listPorts({ host, inside, ports }: StackPlace, searches: Searches): WantedPort[] {
  const wanted: Record<ProgramName, WantedPort> = {
    tempo: { setting: 'tempoPort', what: 'Tempo', host: inside, port: ports.tempo },
    loki: { setting: 'lokiPort', what: 'Loki', host: inside, port: ports.loki },
    prometheus: { setting: 'prometheusPort', what: 'Prometheus', host, port: ports.prometheus },
    grafana: { setting: 'consolePort', what: 'Grafana', host, port: ports.grafana },
  }
  return programNames.filter((name) => 'found' in searches[name]).map((name) => wanted[name])
}

/** Where a key is asked for, Prometheus has one of its own, made up anew at each start: it opens /metrics and nothing else. */
function chooseScrapeKey({ apiKey, scrapeKey, configDir }: Chosen): string | undefined {
  const asksForKey = apiKey !== undefined || existsSync(join(configDir, 'api_keys.yaml'))
  return scrapeKey ?? (asksForKey ? randomBytes(24).toString('base64url') : undefined)
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true })
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (error) {
    throw new Error(
      `Cannot start the stack: the folder ${folder} cannot be written (${error instanceof Error ? error.message : error}); choose another with --data-dir or INFEROMETER_DATA_DIR`,
    )
  }
}

class Stack {
  readonly #place: StackPlace
  readonly #searches: Searches
  readonly #guardian: Guardian = startGuardian()
  /** In the order they were started. */
  readonly #running: { stop(): Promise<void> }[] = []
  readonly #plans = new Map<ProgramName, ProgramPlan>()
  #isStopping = false

  constructor(place: StackPlace, searches: Searches) {
    this.#place = place
    this.#searches = searches
  }

  /** Those that take before the one that sends, and Grafana before the console, which then leaves it the port. */
  async start(): Promise<StartedStack> {
    const { chosen } = this.#place
    const [tempo, loki] = await Promise.all([
      this.#startDestination('tempo', planTempo),
      this.#startDestination('loki', planLoki),
    ])
    const grafana = await this.#startGrafana({ tempo, loki })
    const scrapeKey = chooseScrapeKey(chosen)
    const server = await launchServer({
      ...chosen,
      ...(scrapeKey !== undefined && { scrapeKey }),
      ...(tempo && { forwardTraces: tempo.endpoint }),
      ...(loki && { forwardLogs: loki.endpoint }),
    })
    await this.#keep(server)
    await this.#start('prometheus', (options) =>
      planPrometheus({
        ...options,
        metricsUrl: server.addresses.metrics,
        scrapeKey,
        retentionSize: chosen.prometheusRetentionSize,
      }),
    )
    return { server, plans: this.#plans, searches: this.#searches, newPassword: grafana?.newPassword ?? null }
  }

  #startGrafana({ tempo, loki }: Readonly<Record<'tempo' | 'loki', ProgramPlan | null>>): Promise<GrafanaPlan | null> {
    const { chosen, environment, host, ports } = this.#place
    const sources = {
      ...('found' in this.#searches.prometheus && { prometheus: localUrl(host, ports.prometheus) }),
      ...(tempo && { tempo: tempo.address }),
      ...(loki && { loki: loki.address }),
    }
    return this.#start('grafana', (options) =>
      planGrafana({
        ...options,
        sources,
        dashboardsDir: resolve(chosen.dashboardsDir ?? environment.defaultDashboardsDir),
        home: chosen.grafanaHome,
        adminPassword: chosen.grafanaPassword,
        anonymous: chosen.grafanaAnonymous === 'viewer',
      }),
    )
  }

  async stop(): Promise<void> {
    this.#isStopping = true
    for (let last = this.#running.pop(); last !== undefined; last = this.#running.pop()) await last.stop()
    this.#guardian.dismiss()
  }

  /** Not started where the user forwards to one of their own. */
  async #startDestination(
    name: 'tempo' | 'loki',
    plan: (options: PlanOptions) => Promise<DestinationPlan>,
  ): Promise<DestinationPlan | null> {
    const { forwardTraces, forwardLogs } = this.#place.chosen
    return (name === 'tempo' ? forwardTraces : forwardLogs) === undefined ? this.#start(name, plan) : null
  }

  /** Null where the program was not found. */
  async #start<Plan extends ProgramPlan>(
    name: ProgramName,
    makePlan: (options: PlanOptions) => Promise<Plan>,
  ): Promise<Plan | null> {
    const search = this.#searches[name]
    if (!('found' in search)) return null
    const plan = await makePlan(await this.#optionsOf(name, search))
    const supervisor: Supervisor = superviseProgram(plan, { print: (line) => console.log(line), guard: this.#guardian })
    await this.#keep(supervisor)
    await supervisor.ready
    this.#plans.set(name, plan)
    return plan
  }

  async #optionsOf(name: ProgramName, { found }: Extract<Search, { found: unknown }>): Promise<PlanOptions> {
    const { host, inside, ports, folder, environment, retentionDays } = this.#place
    const own = join(folder, name)
    await mkdir(own, { recursive: true })
    return {
      found,
      host: name === 'tempo' || name === 'loki' ? inside : host,
      port: ports[name],
      folder: own,
      deployDir: environment.deployDir,
      retentionDays,
      variables: environment.variables,
    }
  }

  /** Something that was still starting when the stop came is stopped at once. */
  async #keep(one: { stop(): Promise<void> }): Promise<void> {
    if (!this.#isStopping) {
      this.#running.push(one)
      return
    }
    await one.stop()
    throw new Error('Cannot start the stack: it was stopped')
  }
}
