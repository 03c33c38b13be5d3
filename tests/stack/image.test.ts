/**
 * The image of deploy/docker/Dockerfile, built by buildah on a base of debootstrap and run in a chroot: no registry of images is asked. Each
 * port answers, as a user without rights; what is mounted is reloaded; SIGTERM leaves nothing behind. Programs that this machine
 * has not (Tempo, Loki, Grafana) stand in it empty, so the parts that stand in for them are what is seen.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findFreePort } from '../harness/prometheus.ts'
import { waitUntil } from '../harness/wait-until.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const missing = ['buildah', 'debootstrap'].filter((name) => spawnSync(name, ['--version']).error !== undefined)
if (process.getuid?.() !== 0) missing.push('the rights of root')
if (missing.length === 0 && !process.env.INFEROMETER_TEST_IMAGE && !(await makesBases()))
  missing.push('the right to mount, or a mirror of Debian,')
if (missing.length > 0) console.log(`LEFT OUT: the image, because ${missing.join(' and ')} is not there`)

/** What is Debian's and the machine's alone; from there on a failure is ours. */
async function makesBases(): Promise<boolean> {
  const child = spawn('node', ['tools/build-image.mjs', 'base'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
  return (await new Promise((resolve) => child.once('close', resolve))) === 0
}

const buildsWithinMs = 25 * 60_000
const key = ['a-key', 'for', 'this-test', 'alone'].join('-')
const names = ['API', 'METRICS', 'CONSOLE', 'OTLP_HTTP', 'OTLP_GRPC', 'PROMETHEUS'] as const
type Name = (typeof names)[number]

interface ImageConfig {
  readonly User: string
  readonly Entrypoint: readonly string[]
  readonly Cmd: readonly string[]
  readonly ExposedPorts: Readonly<Record<string, object>>
  readonly Volumes: Readonly<Record<string, object>>
  readonly Healthcheck: { readonly Test: readonly string[] }
}

/** Takes ten minutes. INFEROMETER_TEST_IMAGE, set to its last line, has one that was built before be tested. */
function buildImage(): string {
  return execFileSync('node', ['tools/build-image.mjs', 'all-in-one'], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 64 * 1_024 * 1_024,
  })
}

describe.skipIf(missing.length > 0)('the all-in-one image', () => {
  let folder: string
  let storage: string[]
  let container: string
  let config: ImageConfig
  let child: ChildProcess
  let log = ''
  const ports = new Map<Name, number>()
  const at = (name: Name, path = '') => `http://127.0.0.1:${ports.get(name)}${path}`
  const ask = (name: Name, path: string, options: RequestInit = {}) =>
    fetch(at(name, path), { ...options, headers: { 'x-api-key': key, 'content-type': 'application/json' } })
  const buildah = (...args: string[]) => execFileSync('buildah', [...storage, ...args], { encoding: 'utf8' }).trim()

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'inferometer-image-test-'))
    const built = process.env.INFEROMETER_TEST_IMAGE ?? buildImage()
    const image: { tag: string; storage: string[] } = JSON.parse(built.trim().split('\n').at(-1) ?? '')
    storage = image.storage
    config = JSON.parse(buildah('inspect', '--type', 'image', image.tag)).Docker.config
    container = buildah('from', '--pull-never', image.tag)
    cpSync(join(root, 'config'), join(folder, 'config'), { recursive: true })
    for (const name of names) ports.set(name, await findFreePort())
    child = run([...config.Entrypoint, ...config.Cmd])
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        log += text
      })
    const isReady = async () => {
      if (child.exitCode !== null) throw new Error(`it ended: ${log}`)
      return log.includes('Ready in')
    }
    await waitUntil('the stack of the image is ready', isReady, 120_000)
  }, buildsWithinMs)
  afterAll(async () => {
    child?.kill('SIGKILL')
    if (container !== undefined) buildah('rm', container)
    rmSync(folder, { recursive: true, force: true })
  }, 120_000)

  /** As `docker run` would: the image's own user, variables and volumes. The network is the machine's, so the ports are free ones. */
  function run(command: readonly string[]): ChildProcess {
    const given = [...ports].map(([name, port]) => `INFEROMETER_${name}_PORT=${port}`)
    const env = [...given, `INFEROMETER_API_KEY=${key}`].flatMap((one) => ['--env', one])
    const mounts = ['-v', `${join(folder, 'config')}:/config`]
    const args = ['run', '--isolation', 'chroot', ...env, ...mounts, container, '--', ...command]
    return spawn('buildah', [...storage, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  }

  /** Of our image, by its user. What ended stays defunct until init asks: tini does, but in a chroot the machine's init is asked. */
  function listProcesses(): { pid: number; user: number; command: string }[] {
    const lines = execFileSync('ps', ['-eo', 'pid=,uid=,args='], { encoding: 'utf8' }).split('\n')
    return lines
      .map((line) => /^ *(\d+) +(\d+) (.*)$/.exec(line))
      .filter((match) => match !== null)
      .map(([, pid, user, command = '']) => ({ pid: Number(pid), user: Number(user), command }))
      .filter(({ user, command }) => user === 10_001 && !command.includes('<defunct>'))
  }

  test('publishes the ports of the design, has a volume for data and a user without rights', () => {
    const exposed = ['3002/tcp', '4317/tcp', '4318/tcp', '8002/tcp', '9090/tcp', '9464/tcp']
    expect(Object.keys(config.ExposedPorts).sort()).toEqual(exposed)
    expect(Object.keys(config.Volumes)).toEqual(['/data'])
    expect([config.User, config.Entrypoint, config.Cmd]).toEqual([
      '10001:10001',
      ['tini', '--', 'inferometer'],
      ['stack'],
    ])
  })

  test('answers on every port, with a key where it holds data', async () => {
    expect((await fetch(at('API', '/v1/metrics/health'))).status).toBe(200)
    expect((await fetch(at('API', '/v1/calls'))).status).toBe(401)
    expect((await ask('API', '/v1/calls')).status).toBe(200)
    expect(await (await ask('METRICS', '/metrics')).text()).toContain('# TYPE inferometer_')
    expect(await (await fetch(at('CONSOLE', '/d/llm-cost-dashboard'))).text()).toContain('<base href="/" />')
    expect((await ask('OTLP_HTTP', '/v1/traces', { method: 'POST', body: '{"resourceSpans":[]}' })).status).toBe(200)
    await new Promise<void>((resolve, reject) => {
      const socket = createConnection({ host: '127.0.0.1', port: ports.get('OTLP_GRPC') ?? 0 }, () =>
        resolve(socket.end() && undefined),
      )
      socket.on('error', reject)
    })
    await waitUntil('Prometheus has scraped with the key of its own', async () => {
      const { data } = await (await fetch(at('PROMETHEUS', '/api/v1/targets'))).json()
      return data.activeTargets[0]?.health === 'up'
    })
    for (const name of ['Tempo', 'Loki', 'Grafana']) expect(log).toMatch(new RegExp(`${name} .*(ready|not found)`))
  })

  test('runs as nobody special, and its health check says that it is well', async () => {
    const processes = listProcesses().map(({ command }) => command)
    for (const part of ['tini', 'inferometer', 'prometheus']) expect(processes.join('\n')).toContain(part)
    const [kind, ...command] = config.Healthcheck.Test
    expect(kind).toBe('CMD')
    const exitCode = (one: ChildProcess) => new Promise((resolve) => one.once('close', resolve))
    expect(await exitCode(run(command))).toBe(0)
  })

  test('takes an edit of what is mounted within seconds, and refuses a bad one', async () => {
    const path = join(folder, 'config', 'model_prices.yaml')
    const before = readFileSync(path, 'utf8')
    const entry =
      '- { model: image-test, provider: acme, input_price_per_1m: 1, output_price_per_1m: 2, version: "1" }\n'
    const has = async () => (await (await ask('API', '/v1/metrics/prices')).text()).includes('image-test')
    expect(await has()).toBe(false)
    writeFileSync(path, `${before.trimEnd()}\n${entry}`)
    await waitUntil('the new price is in force', has)
    writeFileSync(path, 'nonsense')
    await waitUntil('the bad edit was refused', async () =>
      /config_reloads_total\{.*model_prices.*refused.*\} 1/.test(await (await ask('METRICS', '/metrics')).text()),
    )
    expect(await has()).toBe(true)
  })

  test('stops at SIGTERM and leaves nothing behind', async () => {
    const tini = listProcesses().find(({ command }) => /^\S*tini -- /.test(command))
    expect(tini).toBeDefined()
    // As Docker does: to the first process of the container.
    process.kill(tini?.pid ?? 0, 'SIGTERM')
    await waitUntil('it has ended', async () => child.exitCode !== null, 60_000)
    expect([child.exitCode, listProcesses()]).toEqual([0, []])
    expect(log).toContain('Stopping …')
  }, 90_000)
})
