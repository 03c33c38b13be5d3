/** Runs the built `inferometer` as a user does. */
import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { end } from './prometheus.ts'
import { waitUntil } from './wait-until.ts'

const bin = fileURLToPath(new URL('../../packages/cli/bin/inferometer.js', import.meta.url))

/** Every port of the server, wherever one is free. */
export const freePorts: readonly string[] = ['api', 'metrics', 'otlp-http', 'otlp-grpc', 'console'].flatMap((name) => [
  `--${name}-port`,
  '0',
])

export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
}

export interface CliRun {
  readonly child: ChildProcess
  /** What was printed so far. */
  out(): string
  errors(): string
  /** Resolves with the exit code, or with the signal's name. */
  readonly ended: Promise<number | string | null>
  /** Waits until it has printed this. */
  printed(text: string): Promise<void>
  stop(signal?: NodeJS.Signals): Promise<void>
}

export function runCli(args: readonly string[], { env = {}, cwd }: CliOptions = {}): CliRun {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(INFEROMETER_|OTEL_)/.test(name))
  const child = spawn(process.execPath, [bin, ...args], {
    env: { ...Object.fromEntries(inherited), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd === undefined ? {} : { cwd }),
  })
  let out = ''
  let errors = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text
  })
  const ended = new Promise<number | string | null>((resolve) =>
    child.once('close', (code, signal) => resolve(code ?? signal)),
  )
  return {
    child,
    out: () => out,
    errors: () => errors,
    ended,
    printed: (text) => waitUntil(`'${text}' is printed`, async () => out.includes(text)),
    stop: (signal) => end(child, signal),
  }
}

export interface CliResult {
  readonly exitCode: number | string | null
  readonly out: string
  readonly errors: string
}

export async function runCliToEnd(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const run = runCli(args, options)
  const exitCode = await run.ended
  return { exitCode, out: run.out(), errors: run.errors() }
}
