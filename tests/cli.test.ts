import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { end, findFreePort } from './harness/prometheus.ts'
import { type CliRun, freePorts, runCli, runCliToEnd } from './harness/run-cli.ts'

let folder: string
let dataDir: string
const running: (CliRun | { stop(): Promise<void> })[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'inferometer-cli-'))
  dataDir = join(folder, 'data')
})
afterEach(async () => {
  for (const run of running.splice(0)) await run.stop()
  await rm(folder, { recursive: true, force: true })
})

async function startCli(more: readonly string[] = [], env = {}): Promise<CliRun> {
  const run = runCli(['start', '--data-dir', dataDir, ...freePorts, ...more], { env })
  running.push(run)
  await Promise.race([run.printed('Ready in'), run.ended])
  expect(run.errors()).toBe('')
  return run
}

async function readState() {
  return JSON.parse(await readFile(join(dataDir, 'server.json'), 'utf8'))
}

describe('inferometer', () => {
  it('lists its commands and prints its version', async () => {
    const { exitCode, out } = await runCliToEnd(['--help'])
    expect(exitCode).toBe(0)
    for (const command of ['start', 'status', 'stop', 'demo', 'doctor'])
      expect(out).toMatch(new RegExp(`^  ${command}`, 'm'))
    expect((await runCliToEnd(['--version'])).out).toMatch(/^\d+\.\d+\.\d+\n$/)
  })

  it.each([
    [['start', '--api-port', 'eighty'], '--api-port must be a whole number from 0 to 65535'],
    [['start', '--api-port', '65536'], 'from 0 to 65535'],
    [['start', '--content', 'some'], '--content must be one of off, redacted, full'],
    [['start', '--colour'], "unknown option '--colour'"],
    [['begin'], "unknown command 'begin'"],
    [['demo', '--rate', '-1'], '--rate'],
  ])('answers %j with one clear line and exit code 2', async (args, text) => {
    const { exitCode, out, errors } = await runCliToEnd(args)
    expect(exitCode).toBe(2)
    expect(out).toBe('')
    expect(errors).toContain(text)
    expect(errors.trim().split('\n')).toHaveLength(1)
  })

  it('names the variable when a value in the environment is wrong', async () => {
    const { exitCode, errors } = await runCliToEnd(['status'], { env: { INFEROMETER_API_PORT: 'x' } })
    expect(exitCode).toBe(2)
    expect(errors).toContain("INFEROMETER_API_PORT must be a whole number from 0 to 65535, not 'x'")
  })
})

describe('inferometer start', () => {
  it('prints what listens where, and answers there', async () => {
    const run = await startCli()
    const { addresses, pid } = await readState()
    expect(pid).toBe(run.child.pid)
    for (const address of Object.values(addresses)) expect(run.out()).toContain(String(address))
    expect(run.out()).toContain(dataDir)
    expect((await fetch(`${addresses.api}/v1/metrics/health`)).status).toBe(200)
    expect((await fetch(`${addresses.metrics}/metrics`)).status).toBe(200)
  })

  it.each(['SIGINT', 'SIGTERM'] as const)('stops gracefully on %s', async (signal) => {
    const run = await startCli()
    run.child.kill(signal)
    expect(await run.ended).toBe(0)
    expect(existsSync(join(dataDir, 'server.json'))).toBe(false)
  })

  it('takes a flag before a variable, and a variable before the default', async () => {
    const [fromFlag, fromVariable] = [await findFreePort(), await findFreePort()]
    const env = { INFEROMETER_API_PORT: '1', INFEROMETER_OTLP_HTTP_PORT: String(fromVariable) }
    const args = [
      'start',
      '--data-dir',
      dataDir,
      '--api-port',
      String(fromFlag),
      '--metrics-port',
      '0',
      '--otlp-grpc-port',
      '0',
    ]
    const run = runCli(args, { env })
    running.push(run)
    await Promise.race([run.printed('Ready in'), run.ended])
    const { addresses } = await readState()
    expect(addresses.api).toBe(`http://127.0.0.1:${fromFlag}`)
    expect(addresses.otlpHttp).toBe(`http://127.0.0.1:${fromVariable}`)
  })

  it('says which setting to change when a port is taken', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const address = other.address()
    const port = typeof address === 'object' && address ? String(address.port) : ''
    const { exitCode, errors } = await runCliToEnd([
      ...['start', '--data-dir', dataDir, ...freePorts],
      ...['--metrics-port', port],
    ])
    await new Promise((resolve) => other.close(resolve))
    expect(exitCode).toBe(1)
    expect(errors).toMatch(new RegExp(`^Cannot start: port ${port} .*--metrics-port or INFEROMETER_METRICS_PORT\n$`))
  })

  it('refuses a data directory that is being served, and names who serves it', async () => {
    const run = await startCli()
    const { exitCode, errors } = await runCliToEnd(['start', '--data-dir', dataDir, ...freePorts])
    expect(exitCode).toBe(1)
    expect(errors).toContain(`Cannot start: process ${run.child.pid} already serves ${dataDir}`)
  })

  it('binds other machines only with a key, and says with which flag', async () => {
    const args = ['start', '--data-dir', dataDir, ...freePorts, '--host', '0.0.0.0']
    const { exitCode, errors } = await runCliToEnd(args)
    expect(exitCode).toBe(1)
    expect(errors).toContain('--api-key (INFEROMETER_API_KEY)')
  })
})

describe('inferometer status', () => {
  it('finds the server by its data directory and exits with 0', async () => {
    await startCli()
    const { exitCode, out } = await runCliToEnd(['status', '--data-dir', dataDir])
    expect(exitCode).toBe(0)
    expect(out).toContain((await readState()).addresses.api)
    const json = await runCliToEnd(['status', '--data-dir', dataDir, '--json'])
    expect(JSON.parse(json.out)).toMatchObject({ initialized: true })
  })

  it('exits with 1 and says what to do when nothing answers', async () => {
    const port = String(await findFreePort())
    const { exitCode, errors } = await runCliToEnd(['status', '--data-dir', dataDir, '--api-port', port])
    expect(exitCode).toBe(1)
    expect(errors).toBe(`No server answers at http://127.0.0.1:${port}. Start one: inferometer start\n`)
  })
})

describe('inferometer stop', () => {
  it('stops the server and waits for its end', async () => {
    const run = await startCli()
    const { exitCode, out } = await runCliToEnd(['stop', '--data-dir', dataDir])
    expect(exitCode).toBe(0)
    expect(out).toContain(`process ${run.child.pid}`)
    expect(await run.ended).toBe(0)
  })

  it('has nothing to do when no server runs', async () => {
    const { exitCode, out } = await runCliToEnd(['stop', '--data-dir', dataDir])
    expect(exitCode).toBe(0)
    expect(out).toContain('No server is running')
  })

  it('leaves a process alone that only has the number of a server that is gone', async () => {
    const stranger: ChildProcess = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
    running.push({ stop: () => end(stranger, 'SIGKILL') })
    await mkdir(dataDir)
    const state = { pid: stranger.pid, identity: 'proc 1', startedAt: '', addresses: {} }
    await writeFile(join(dataDir, 'server.json'), JSON.stringify(state))
    const { out } = await runCliToEnd(['stop', '--data-dir', dataDir])
    expect(out).toContain('No server is running')
    expect(stranger.exitCode).toBeNull()
    expect(stranger.signalCode).toBeNull()
  })
})

describe('inferometer demo', () => {
  it('says how to start a server when none runs', async () => {
    const port = String(await findFreePort())
    const { exitCode, errors } = await runCliToEnd(['demo', '--data-dir', dataDir, '--metrics-port', port])
    expect(exitCode).toBe(1)
    expect(errors).toContain('Start one in another terminal: inferometer start')
  })

  it('gives live numbers within ten seconds, of several services, users and models, and ends by itself', async () => {
    await startCli()
    const demo = await runCliToEnd(['demo', '--data-dir', dataDir, '--duration', '8', '--rate', '20'])
    expect(demo).toMatchObject({ exitCode: 0, errors: '' })
    const last = demo.out.trim().split('\n').at(-1) ?? ''
    const [, calls, tokens] = /(\S+) calls {2}(\S+) tokens/.exec(last) ?? []
    expect(Number(calls?.replace(',', ''))).toBeGreaterThan(30)
    expect(Number(tokens?.replace(',', ''))).toBeGreaterThan(1_000)
    const { addresses } = await readState()
    const answer = await (await fetch(`${addresses.api}/v1/calls?limit=1000`)).json()
    const distinct = (field: string) => new Set(answer.calls.map((call: Record<string, unknown>) => call[field]))
    expect(distinct('service_name').size).toBe(3)
    expect(distinct('provider')).toEqual(new Set(['openai', 'anthropic']))
    expect(distinct('model').size).toBeGreaterThan(3)
    expect(distinct('user_id').size).toBeGreaterThan(5)
    expect(answer.calls.some((call: { retry_count: number }) => call.retry_count > 0)).toBe(true)
  }, 40_000)

  it('ends cleanly on Ctrl-C', async () => {
    await startCli()
    const demo = runCli(['demo', '--data-dir', dataDir])
    running.push(demo)
    await demo.printed('calls')
    demo.child.kill('SIGINT')
    expect(await demo.ended).toBe(0)
  })
})

describe('inferometer doctor', () => {
  const modules = fileURLToPath(new URL('../node_modules', import.meta.url))
  const makeApp = async (packages: readonly string[]) => {
    const app = join(folder, 'app')
    for (const name of packages) {
      const place = join(app, 'node_modules', name)
      await mkdir(dirname(place), { recursive: true })
      await symlink(join(modules, name), place)
    }
    await mkdir(app, { recursive: true })
    await writeFile(join(app, 'package.json'), JSON.stringify({ name: 'app', scripts: { start: 'node app.js' } }))
    return app
  }

  it("proves that calls of the app's own clients are seen, in ESM and CJS", async () => {
    await startCli()
    const app = await makeApp(['@inferometer/sdk', 'openai', '@anthropic-ai/sdk', '@aws-sdk/client-bedrock-runtime'])
    const { exitCode, out } = await runCliToEnd(['doctor', '--data-dir', dataDir], { cwd: app })
    expect(out.split('\n').filter((line) => line.startsWith('FAIL'))).toEqual([])
    expect(exitCode).toBe(0)
    for (const name of ['openai', '@anthropic-ai/sdk', '@aws-sdk/client-bedrock-runtime'])
      for (const system of ['ESM', 'CJS'])
        expect(out).toMatch(new RegExp(`^ok   ${name} \\S+ in ${system}: seen \\(.* \\d+ → \\d+ tokens\\)$`, 'm'))
    expect(out).toContain('--import @inferometer/sdk/register')
  })

  it('names what is missing: the SDK, a client, a server', async () => {
    const app = await makeApp([])
    const port = String(await findFreePort())
    const args = ['doctor', '--cwd', app, '--data-dir', dataDir, '--otlp-http-port', port]
    const { exitCode, out } = await runCliToEnd(args)
    expect(exitCode).toBe(1)
    expect(out).toContain('npm install @inferometer/sdk')
    expect(out).toContain('no client we know')
    expect(out).toContain(`http://127.0.0.1:${port}/v1/traces: nothing answers there: run inferometer start`)
  })

  it("names the variable when it points to something that is no server's OTLP address", async () => {
    await startCli()
    const app = await makeApp(['@inferometer/sdk', 'openai'])
    const { addresses } = await readState()
    const env = { INFEROMETER_ENDPOINT: `${addresses.api}/v1/traces` }
    const { exitCode, out } = await runCliToEnd(['doctor', '--cwd', app, '--data-dir', dataDir], { env })
    expect(exitCode).toBe(1)
    expect(out).toContain('correct INFEROMETER_ENDPOINT')
  })
})
