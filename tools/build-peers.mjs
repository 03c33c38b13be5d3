// Builds the real programs of tests/stack with Go, one at a time and out of the way of everything else, into a cache outside the
// repository: node tools/build-peers.mjs [name …] [--minutes N]. What could not be built is named; that alone is no failure.
import { spawn, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { peerFolder, peers, peersFolder } from './peers/list.mjs'

const { values, positionals } = parseArgs({ allowPositionals: true, options: { minutes: { type: 'string' } } })
const deadlineMs = Date.now() + Number(values.minutes ?? 240) * 60_000
const unknown = positionals.filter((name) => !peers.some((peer) => peer.name === name))
if (unknown.length > 0 || Number.isNaN(deadlineMs)) {
  console.error(
    `Cannot build ${unknown.join(', ')}: known are ${peers.map((peer) => peer.name).join(', ')} and --minutes N`,
  )
  process.exit(2)
}

const environment = { ...process.env, GOMAXPROCS: process.env.GOMAXPROCS ?? '1', CGO_ENABLED: '0', GOWORK: 'off' }
let building

/** @returns {Promise<string | undefined>} why it did not work */
function runGo(args, cwd) {
  return new Promise((settle) => {
    const child = spawn('nice', ['-n', '19', 'go', ...args], {
      cwd,
      env: environment,
      stdio: ['ignore', 'inherit', 'pipe'],
    })
    building = child
    let problem = ''
    child.stderr.on('data', (chunk) => {
      problem = (problem + chunk).slice(-2000)
    })
    const late = setTimeout(() => child.kill('SIGTERM'), Math.max(0, deadlineMs - Date.now()))
    child.on('error', (error) => settle(error.message))
    child.on('close', (code, signal) => {
      clearTimeout(late)
      if (signal !== null) settle(`not ready after ${values.minutes} minutes`)
      else settle(code === 0 ? undefined : problem.trim() || `go ended with ${code}`)
    })
  })
}

/** The folder that the module proxy's zip was unpacked to. */
function fetchModule(module) {
  const { stdout, status } = spawnSync('go', ['mod', 'download', '-json', module], {
    encoding: 'utf8',
    cwd: peersFolder,
  })
  const { Dir, Error: problem } = JSON.parse(stdout || '{}')
  if (status !== 0 || Dir === undefined) throw new Error(problem ?? `go mod download ${module} ended with ${status}`)
  return Dir
}

function copySource(peer, to) {
  const from = peer.module
    ? fetchModule(peer.module)
    : fileURLToPath(new URL(`./peers/${peer.source}`, import.meta.url))
  cpSync(from, to, { recursive: true, mode: 0 })
  // The module cache is read-only, and a copy keeps its modes.
  spawnSync('chmod', ['-R', 'u+w', to])
}

function listFlags({ tags = [], linked = {} }) {
  const values = Object.entries(linked).map(([name, value]) => `-X ${name}=${value}`)
  const linker = ['-s', '-w', ...values].join(' ')
  return ['-trimpath', '-buildvcs=false', `-ldflags=${linker}`, ...(tags.length > 0 ? ['-tags', tags.join(',')] : [])]
}

/** @returns {Promise<string | undefined>} why it was left out */
async function build(peer) {
  const scratch = join(peersFolder, `.build-${peer.name}-${process.pid}`)
  const [source, out] = [join(scratch, 'source'), join(scratch, 'out')]
  try {
    mkdirSync(out, { recursive: true })
    copySource(peer, source)
    for (const [binary, path] of Object.entries(peer.packages)) {
      const flags = listFlags(peer)
      const problem = await runGo(['build', ...flags, '-o', join(out, binary), path], source)
      if (problem !== undefined) return problem
    }
    rmSync(peerFolder(peer), { recursive: true, force: true })
    renameSync(out, peerFolder(peer))
    return undefined
  } catch (error) {
    return error.message
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

const isBuilt = (peer) => Object.keys(peer.packages).every((binary) => existsSync(join(peerFolder(peer), binary)))

process.on('exit', () => building?.kill())
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1))
mkdirSync(peersFolder, { recursive: true })
for (const peer of peers.filter(({ name }) => positionals.length === 0 || positionals.includes(name))) {
  if (isBuilt(peer)) {
    console.log(`${peer.name} ${peer.version}: in ${peerFolder(peer)}`)
    continue
  }
  const startedMs = Date.now()
  const problem = Date.now() < deadlineMs ? await build(peer) : `no time left of ${values.minutes} minutes`
  const seconds = Math.round((Date.now() - startedMs) / 1000)
  console.log(
    problem === undefined
      ? `${peer.name} ${peer.version}: built in ${seconds} s`
      : `LEFT OUT ${peer.name} ${peer.version}: ${problem}`,
  )
}
