/** Every example runs against a provider on this machine, and what its expect.yaml says must be seen is seen. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import { type FakeProvider, startFakeProvider } from '../packages/cli/src/demo/fake-provider.ts'
import { parseMetrics, sumSamples } from './harness/metrics-text.ts'
import { waitUntil } from './harness/wait-until.ts'
import { type ListedCall, startWatchedServer, type WatchedServer } from './harness/watched-server.ts'

/** What an expect.yaml holds; examples/README.md. */
interface Expectation {
  readonly service: string
  readonly scenario: string
  readonly command?: readonly string[]
  readonly beside?: readonly string[]
  readonly needs?: { readonly python?: readonly string[] }
  readonly requests?: readonly string[]
  readonly calls: readonly Readonly<Record<string, unknown>>[]
  readonly metrics: Readonly<Record<string, number>>
}

const folder = fileURLToPath(new URL('../examples/', import.meta.url))
const examples = readdirSync(folder, { withFileTypes: true })
  // The detector is no application; tests/custom-detector.test.ts runs it.
  .filter((entry) => entry.isDirectory() && entry.name !== 'custom-detector')
  .map(({ name }) => name)
const runMs = 30_000

let provider: FakeProvider
let watched: WatchedServer

beforeAll(async () => {
  provider = await startFakeProvider({ speed: 0.005 })
  watched = await startWatchedServer()
})
afterAll(async () => {
  await watched?.remove()
  await provider?.close()
})

function readExpectation(name: string): Expectation {
  return parse(readFileSync(join(folder, name, 'expect.yaml'), 'utf8')) as Expectation
}

/** Null: it can run here. */
function whyLeftOut({ beside, needs, command }: Expectation): string | null {
  const program = beside?.[0]
  if (program !== undefined && findProgram(program) === null) return `${program} is not on this machine`
  const modules = needs?.python ?? []
  if (modules.length === 0) return null
  const found = spawnSync(findPython(), ['-c', `import ${modules.join(', ')}`], { stdio: 'ignore' })
  return found.status === 0 ? null : `${command?.[0]} has no ${modules.join(', ')}`
}

/** A virtual environment with the requirements, where somebody made one. */
function findPython(): string {
  return process.env.INFEROMETER_TEST_PYTHON ?? 'python3'
}

function findProgram(program: string): string | null {
  const named = process.env[`INFEROMETER_TEST_${program.toUpperCase()}`]
  const places = (process.env.PATH ?? '').split(delimiter).map((place) => join(place, program))
  return [...(named === undefined ? [] : [named]), ...places].find((path) => existsSync(path)) ?? null
}

async function findPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  if (typeof address !== 'object' || address === null) throw new Error('BUG: a server that listens has no port')
  return address.port
}

async function makeEnvironment({ scenario }: Expectation) {
  const base = `${provider.url}/s/${scenario}`
  return {
    ...process.env,
    OPENAI_BASE_URL: `${base}/v1`,
    ANTHROPIC_BASE_URL: base,
    OPENAI_API_KEY: 'none-needed',
    ANTHROPIC_API_KEY: 'none-needed',
    INFEROMETER_ENDPOINT: watched.server.addresses.otlpHttp,
    INFEROMETER_SPOOL_DIR: 'off',
    COLLECTOR_ENDPOINT: `127.0.0.1:${await findPort()}`,
    PORT: String(await findPort()),
  }
}

type ExampleEnvironment = Awaited<ReturnType<typeof makeEnvironment>>

interface Running {
  readonly child: ChildProcess
  readonly output: () => string
}

function run(command: readonly string[], cwd: string, env: ExampleEnvironment): Running {
  const [program = '', ...given] = command
  const path = program === 'python3' ? findPython() : (findProgram(program) ?? program)
  const child = spawn(path, given, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], timeout: runMs })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8')
    stream.on('data', (chunk: string) => {
      text += chunk
    })
  }
  return { child, output: () => text }
}

async function stop({ child }: Running): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGTERM')
  await once(child, 'exit')
}

async function isListening(port: string | undefined): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/`).then(
    () => true,
    () => false,
  )
}

async function runExample(name: string, expectation: Expectation): Promise<void> {
  const cwd = join(folder, name)
  const env = await makeEnvironment(expectation)
  const beside = expectation.beside && run(expectation.beside, cwd, env)
  try {
    if (beside)
      await waitUntil(
        `${expectation.beside?.[0]} listens`,
        () => isListening(env.COLLECTOR_ENDPOINT.split(':')[1]),
        runMs,
      )
    const app = run(expectation.command ?? ['node', 'app.js'], cwd, env)
    if (expectation.requests === undefined) {
      const [code] = await once(app.child, 'exit')
      expect([code, app.output()]).toEqual([0, expect.any(String)])
    } else {
      await waitUntil('the app listens', () => isListening(env.PORT), runMs)
      for (const path of expectation.requests) await (await fetch(`http://127.0.0.1:${env.PORT}${path}`)).text()
    }
    // Before the app is stopped: what it still holds it sends within its flush interval.
    await watched.listCalls(expectation.service, expectation.calls.length)
    await stop(app)
  } finally {
    if (beside) await stop(beside)
  }
}

function describeCall(call: ListedCall, asked: Readonly<Record<string, unknown>>) {
  const tools = Array.isArray(call.tool_calls) ? call.tool_calls.map((tool: { name: string }) => tool.name) : []
  const all: Readonly<Record<string, unknown>> = { ...call, tools, ttft: call.latency_ms_ttft !== null }
  return Object.fromEntries(Object.keys(asked).map((key) => [key, all[key]]))
}

test.each(examples)('example %s shows what its expect.yaml says', async (name) => {
  const expectation = readExpectation(name)
  const why = whyLeftOut(expectation)
  if (why !== null) {
    console.log(`left out: examples/${name}, as ${why}`)
    return
  }
  await runExample(name, expectation)
  const calls = await watched.listCalls(expectation.service, expectation.calls.length)
  expect(calls.map((call, index) => describeCall(call, expectation.calls[index] ?? {}))).toEqual(expectation.calls)
  const metrics = parseMetrics(await watched.readMetrics())
  for (const [metric, value] of Object.entries(expectation.metrics))
    expect([metric, sumSamples(metrics, metric, { service_name: expectation.service })]).toEqual([metric, value])
})
