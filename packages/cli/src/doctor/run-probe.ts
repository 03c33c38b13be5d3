/** Runs one probe in the app's folder: its Node, its copy of the client, its copy of the SDK. */
import { spawn } from 'node:child_process'
import { startFakeProvider } from '../demo/fake-provider.ts'
import { type SeenCall, startCollector } from './collector.ts'
import type { Probe } from './probes.ts'

export type ModuleSystem = 'ESM' | 'CJS'

export type ProbeResult =
  | { readonly kind: 'seen'; readonly call: SeenCall }
  /** The client got its answer and the SDK sent nothing. */
  | { readonly kind: 'missed'; readonly output: string }
  /** The client itself failed. */
  | { readonly kind: 'failed'; readonly output: string }
  /** The client cannot be loaded this way: an ESM-only package under require. */
  | { readonly kind: 'not-loadable' }

export interface ProbePlace {
  readonly appDir: string
  /** Address of the SDK's register module. */
  readonly register: string
  readonly variables: NodeJS.ProcessEnv
}

const localHosts = new URL('../demo/local-hosts.js', import.meta.url).href
const patienceMs = 20_000
const loaded = 'doctor: answered'
const notLoadable = 'doctor: not loadable'

function writeScript({ code, model }: Probe, system: ModuleSystem, port: number): string {
  const load = system === 'ESM' ? '(name) => import(name)' : 'async (name) => require(name)'
  return `
    const load = ${load}, at = (host) => 'http://' + host + ':${port}', model = ${JSON.stringify(model)}, key = 'x'.repeat(8)
    const ask = async () => { ${code} }
    ask().then(() => console.log(${JSON.stringify(loaded)}), (error) => {
      const code = error && error.code
      if (code === 'ERR_REQUIRE_ESM' || code === 'ERR_PACKAGE_PATH_NOT_EXPORTED') console.log(${JSON.stringify(notLoadable)})
      else { console.error(error); process.exitCode = 1 }
    })`
}

export async function runProbe(probe: Probe, system: ModuleSystem, place: ProbePlace): Promise<ProbeResult> {
  const [provider, collector] = await Promise.all([startFakeProvider({ speed: 0 }), startCollector()])
  try {
    const script = writeScript(probe, system, provider.port)
    const { exitCode, output } = await runNode(script, system, { ...place, endpoint: collector.url })
    if (output.includes(notLoadable)) return { kind: 'not-loadable' }
    const call = collector.seen.find((seen) => seen.model === probe.model)
    if (call) return { kind: 'seen', call }
    return { kind: exitCode === 0 && output.includes(loaded) ? 'missed' : 'failed', output: output.trim() }
  } finally {
    await Promise.all([provider.close(), collector.close()])
  }
}

interface NodeRun {
  readonly exitCode: number | null
  readonly output: string
}

function runNode(script: string, system: ModuleSystem, place: ProbePlace & { endpoint: string }): Promise<NodeRun> {
  const type = system === 'ESM' ? ['--input-type=module'] : ['--input-type=commonjs']
  const child = spawn(
    process.execPath,
    ['--import', localHosts, '--import', place.register, ...type, '--eval', script],
    {
      cwd: place.appDir,
      env: withoutOwnSettings(place.variables, place.endpoint),
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  const patience = setTimeout(() => child.kill('SIGKILL'), patienceMs)
  return new Promise((resolve) => {
    child.once('error', (error) => {
      clearTimeout(patience)
      resolve({ exitCode: null, output: String(error) })
    })
    child.once('close', (exitCode) => {
      clearTimeout(patience)
      resolve({ exitCode, output })
    })
  })
}

/** The probe reports to us whatever the user's environment says; what that says is checked by itself. */
function withoutOwnSettings(variables: NodeJS.ProcessEnv, endpoint: string): NodeJS.ProcessEnv {
  const others = Object.entries(variables).filter(([name]) => !/^(INFEROMETER_|OTEL_)/.test(name))
  return {
    ...Object.fromEntries(others),
    INFEROMETER_ENDPOINT: endpoint,
    INFEROMETER_SPOOL_DIR: 'off',
    NODE_USE_ENV_PROXY: '',
  }
}
