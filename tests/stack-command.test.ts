/**
 * `inferometer stack` around a real Prometheus and stand-ins for the others: that they are found, wired, watched and stopped.
 * What the real ones make of what they are told is not tested here.
 */
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { callMetrics } from '@inferometer/core/metrics'
import { decodeLogs } from '@inferometer/core/otlp/logs'
import { decodeTraces } from '@inferometer/core/otlp/traces'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { findFreePort, hasPrometheus } from './harness/prometheus.ts'
import { type CliRun, runCli, runCliToEnd } from './harness/run-cli.ts'
import { makeStandIns, type StandIns, writeStandIn } from './harness/stand-ins.ts'
import { waitUntil } from './harness/wait-until.ts'

const withPrometheus = hasPrometheus()
if (!withPrometheus) console.log('left out: Prometheus is not installed, so the stack is tested without it')

let parent: string
let standIns: StandIns
const running: CliRun[] = []

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'inferometer-stack-'))
  standIns = await makeStandIns(parent)
})
afterEach(async () => {
  for (const run of running.splice(0)) await run.stop()
  await rm(parent, { recursive: true, force: true })
})

const serverPorts = ['--api-port', '0', '--metrics-port', '0', '--otlp-http-port', '0', '--otlp-grpc-port', '0']
const dataDir = () => join(parent, 'data')
const environment = (path = `${standIns.folder}:${process.env.PATH}`) => ({ PATH: path })

interface Ports {
  readonly prometheus: number
  readonly grafana: number
  readonly tempo: number
  readonly loki: number
}

async function choosePorts(): Promise<Ports> {
  const [prometheus = 0, grafana = 0, tempo = 0, loki = 0] = await Promise.all([0, 1, 2, 3].map(() => findFreePort()))
  return { prometheus, grafana, tempo, loki }
}

const portFlags = ({ prometheus, grafana, tempo, loki }: Ports): string[] =>
  Object.entries({ prometheus, console: grafana, tempo, loki }).flatMap(([name, port]) => [
    `--${name}-port`,
    String(port),
  ])

const stackArguments = (ports: Ports, more: readonly string[] = []): string[] => [
  'stack',
  '--data-dir',
  dataDir(),
  ...serverPorts,
  ...portFlags(ports),
  ...more,
]

async function startStack(ports: Ports, more: readonly string[] = []): Promise<CliRun> {
  const run = runCli(stackArguments(ports, more), { env: environment() })
  running.push(run)
  await Promise.race([run.printed('Ready in'), run.ended])
  expect(run.errors()).toBe('')
  return run
}

const readAddresses = async () => JSON.parse(await readFile(join(dataDir(), 'server.json'), 'utf8')).addresses
const askJson = async (url: string) => (await fetch(url)).json()

async function recordCall(traceId: string): Promise<void> {
  const { api } = await readAddresses()
  const call = { model: 'm', provider: 'p', service_name: 'checkout', prompt_tokens: 3, completion_tokens: 4 }
  const body = JSON.stringify({
    ...call,
    latency_ms_total: 5,
    status: 'success',
    trace_id: traceId,
    span_id: traceId.slice(16),
  })
  const answer = await fetch(`${api}/v1/metrics/record`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  })
  expect(answer.status).toBe(200)
}

const traceId = (number: number) => number.toString(16).padStart(32, 'a')

async function listTaken(port: number): Promise<{ path: string; body: Buffer }[]> {
  const taken: { path: string; body: string }[] = await askJson(`http://127.0.0.1:${port}/taken`)
  return taken.map(({ path, body }) => ({ path, body: Buffer.from(body, 'base64') }))
}

const listTraced = async (port: number) =>
  (await listTaken(port))
    .filter(({ path }) => path === '/v1/traces')
    .flatMap(({ body }) => decodeTraces(body).resourceSpans)
    .flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans.map((span) => span.traceId)))

const listLogged = async (port: number) =>
  (await listTaken(port))
    .filter(({ path }) => path === '/otlp/v1/logs')
    .flatMap(({ body }) => decodeLogs(body).resourceLogs)
    .flatMap(({ scopeLogs }) => scopeLogs.flatMap(({ logRecords }) => logRecords.map((record) => record.traceId)))

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    // There is no such process.
    return false
  }
  return !isZombie(pid)
}

/** Ended, and nobody has asked how. */
const isZombie = (pid: number): boolean => existsSync(`/proc/${pid}`) && !existsSync(`/proc/${pid}/exe`)

async function prometheusPid(port: number): Promise<number | null> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text().catch(() => '')
  return text === '' ? null : port
}

describe('inferometer stack', () => {
  it('starts what takes before what sends, wires it, and stops in reverse order', async () => {
    const ports = await choosePorts()
    const run = await startStack(ports, ['--grafana-anonymous', 'viewer'])
    expect(run.out()).toContain(`${(await readAddresses()).api}/console`)
    for (const [title, port] of [
      ['Tempo', ports.tempo],
      ['Loki', ports.loki],
      ['Grafana', ports.grafana],
    ])
      expect(run.out()).toMatch(new RegExp(`${title} +│ http://127.0.0.1:${port} +│ \\d+\\.\\d+\\.\\d+ +│ ready`))
    await recordCall(traceId(1))
    await waitUntil('the trace is in Tempo', async () => (await listTraced(await otlpPort())).includes(traceId(1)))
    await waitUntil('the log is in Loki', async () => (await listLogged(ports.loki)).includes(traceId(1)))
    if (withPrometheus) {
      const query = `http://127.0.0.1:${ports.prometheus}/api/v1/query?query=${callMetrics.spans.name}`
      await waitUntil(
        'Prometheus has scraped the call',
        async () => (await askJson(query)).data.result[0]?.value[1] === '1',
      )
      const rules = await askJson(`http://127.0.0.1:${ports.prometheus}/api/v1/rules`)
      expect(rules.data.groups.length).toBeGreaterThan(1)
    }
    await run.stop()
    expect(await run.ended).toBe(0)
    const journal = (await standIns.readJournal()).map(({ what, name }) => `${what} ${name}`)
    expect(journal.slice(0, 2).sort()).toEqual(['started loki', 'started tempo'])
    expect(journal[2]).toBe('started grafana')
    expect(journal[3]).toBe('stopped grafana')
    expect(journal.slice(4).sort()).toEqual(['stopped loki', 'stopped tempo'])
  })

  it('provisions Grafana with the sources that run, and makes up a password once', async () => {
    const ports = await choosePorts()
    const run = await startStack(ports)
    const { env, args } = await askJson(`http://127.0.0.1:${ports.grafana}/environment`)
    expect(args).toEqual(['server', '--homepath', parent])
    expect(run.out()).toContain(`log in as admin with ${env.GF_SECURITY_ADMIN_PASSWORD} (`)
    expect(env.GF_AUTH_ANONYMOUS_ENABLED).toBe('false')
    expect(existsSync(join(env.INFEROMETER_DASHBOARDS, 'llm-cost-dashboard.json'))).toBe(true)
    const { datasources } = parse(
      await readFile(join(env.GF_PATHS_PROVISIONING, 'datasources', 'datasources.yml'), 'utf8'),
    )
    const expected = [`http://127.0.0.1:${ports.tempo}`, `http://127.0.0.1:${ports.loki}`]
    if (withPrometheus) expected.unshift(`http://127.0.0.1:${ports.prometheus}`)
    expect(datasources.map(({ url }: { url: string }) => url)).toEqual(expected)
  })

  it('starts one that ended again, and brings what it missed', async () => {
    const ports = await choosePorts()
    const run = await startStack(ports)
    await fetch(`http://127.0.0.1:${ports.loki}/crash`).catch(() => null)
    await recordCall(traceId(2))
    await run.printed('loki ended with exit code 3; starting it again in 0.5 s')
    expect(run.out()).toContain('loki | told to crash')
    await run.printed('loki is ready again')
    await waitUntil('the log arrives', async () => (await listLogged(ports.loki)).includes(traceId(2)))
  })

  it('leaves nothing running when it is killed', async () => {
    const ports = await choosePorts()
    const run = await startStack(ports)
    const pids = (await standIns.readJournal()).map(({ pid }) => pid)
    expect(pids).toHaveLength(3)
    await run.stop('SIGKILL')
    await waitUntil('every program has ended', async () => pids.every((pid) => !isRunning(pid)))
    await waitUntil(
      'Prometheus has ended',
      async () => (await prometheusPid(ports.prometheus).catch(() => null)) === null,
    )
    // Ended as an operator would end them, not cut off.
    expect((await standIns.readJournal()).filter(({ what }) => what === 'stopped')).toHaveLength(3)
  })

  it('names what is not installed and how to get it, and serves without it', async () => {
    const run = runCli(stackArguments(await choosePorts()), { env: environment(join(parent, 'nothing')) })
    running.push(run)
    await Promise.race([run.printed('Ready in'), run.ended])
    expect(run.errors()).toBe('')
    for (const flag of ['--tempo-bin', '--loki-bin', '--prometheus-bin', '--grafana-bin'])
      expect(run.out()).toContain(`then put it on PATH or name it with ${flag}`)
    await recordCall(traceId(3))
  })

  /** Tempo's port for spans is known only to the server. */
  async function otlpPort(): Promise<number> {
    const config = await readFile(join(dataDir(), 'stack', 'tempo', 'config.yaml'), 'utf8')
    return Number(/endpoint: .*:(\d+)/.exec(config)?.[1])
  }
})

describe('inferometer stack refuses', () => {
  async function refuse(more: readonly string[], exitCode: number): Promise<string> {
    const result = await runCliToEnd(stackArguments(await choosePorts(), more), { env: environment() })
    expect(result.exitCode).toBe(exitCode)
    expect(result.errors.trim().split('\n')).toHaveLength(1)
    for (const { pid } of await standIns.readJournal()) expect(isRunning(pid)).toBe(false)
    return result.errors
  }

  it('a port that another program has', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const address = other.address()
    const port = typeof address === 'object' && address !== null ? String(address.port) : ''
    const text = await refuse(['--tempo-port', port], 1)
    expect(text).toContain(
      `port ${port} for Tempo is in use by another program; choose another with --tempo-port or INFEROMETER_TEMPO_PORT`,
    )
    await new Promise((resolve) => other.close(resolve))
  })

  it('a program that is not there, is another one, or is too old', async () => {
    expect(await refuse(['--loki-bin', join(parent, 'none')], 1)).toMatch(
      /--loki-bin .*none is no program that can be run/,
    )
    expect(await refuse(['--loki-bin', join(standIns.folder, 'tempo')], 1)).toContain(
      'tempo does not say that it is Loki',
    )
    const old = join(parent, 'old-tempo')
    await writeStandIn(old, ['tempo', join(parent, 'journal'), '1.5.0'])
    expect(await refuse(['--tempo-bin', old], 1)).toContain('is Tempo 1.5.0, and 2.6 or newer is needed')
  })

  it('a folder it cannot write, and values that Prometheus would refuse', async () => {
    await writeFile(join(parent, 'data'), 'a file')
    expect(await refuse([], 1)).toContain('choose another with --data-dir')
    expect(await refuse(['--prometheus-retention-size', 'much'], 2)).toContain('--prometheus-retention-size must be')
    expect(await refuse(['--retention-days', '0'], 2)).toContain(
      '--retention-days must be a whole number from 1 to 36500',
    )
  })

  it('to go on when a program ends at its start: says its last words, stops the others', async () => {
    const broken = join(parent, 'broken-grafana')
    const lines = [
      '#!/bin/sh',
      '[ "$1" = --version ] && echo grafana version 12.0.0 && exit 0',
      'echo no disk left >&2; exit 7',
    ]
    await writeFile(broken, lines.join('\n'), { mode: 0o755 })
    const result = await runCliToEnd(
      stackArguments(await choosePorts(), ['--grafana-bin', broken, '--grafana-home', parent]),
      {
        env: environment(),
      },
    )
    expect(result.exitCode).toBe(1)
    expect(result.errors).toBe(
      'Cannot start the stack: grafana ended with exit code 7 before it was ready: no disk left\n',
    )
    const journal = await standIns.readJournal()
    expect(
      journal
        .filter(({ what }) => what === 'stopped')
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['loki', 'tempo'])
  })
})
