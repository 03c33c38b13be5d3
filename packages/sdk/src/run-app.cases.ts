/** Applications with the SDK in processes of their own, from the bundles. */
import { spawn } from 'node:child_process'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

export const packageDir = fileURLToPath(new URL('..', import.meta.url))
const root = path.join(packageDir, '../..')

interface Run {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  readonly tookMs: number
}

interface App {
  readonly flags?: readonly string[]
  readonly code: string
  readonly env?: Readonly<Record<string, string>>
  readonly killOn?: string
}

/** Runs a program with the environment given, and nothing of ours. */
export async function runApp({ flags = [], code, env = {}, killOn }: App): Promise<Run> {
  const startMs = performance.now()
  const child = spawn(process.execPath, [...flags, '-e', code], {
    cwd: root,
    env: { PATH: process.env.PATH, ...env },
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (text) => {
    stdout += text
    if (killOn !== undefined && stdout.includes(killOn)) child.kill('SIGKILL')
  })
  child.stderr.on('data', (text) => {
    stderr += text
  })
  const status = await new Promise<number | null>((resolve) => child.on('close', resolve))
  return { code: status, stdout, stderr, tookMs: performance.now() - startMs }
}

const { bundle } = (await import(new URL('../bundle.mjs', import.meta.url).href)) as { bundle: () => Promise<void> }

/** The bundles as the sources are now. */
export const makeBundles = bundle
export const esm = ['--input-type=module']
export const register = ['--import', '@inferometer/sdk/register']
