/** Keeps one program running: tells its log with a prefix, waits until it is ready, starts it again when it ends. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'

/** How a program is run and found. */
export interface ProgramPlan {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
  readonly folder: string
  /** Where people find it. */
  readonly address: string
  /** Answers 200 when it takes requests. */
  readonly readyUrl: string
}

export interface SupervisorOptions {
  /** One line, without its end. */
  readonly print: (line: string) => void
  /** Told of each process, so that somebody ends it when we are killed. */
  readonly guard: { add(pid: number): void; remove(pid: number): void }
  readonly pacing?: Pacing
}

export interface Pacing {
  readonly firstPauseMs: number
  readonly longestPauseMs: number
  /** One that ran for so long is started again without the pauses of before. */
  readonly steadyMs: number
  readonly readyWithinMs: number
  readonly endsWithinMs: number
}

const defaultPacing: Pacing = {
  firstPauseMs: 500,
  longestPauseMs: 30_000,
  steadyMs: 60_000,
  readyWithinMs: 120_000,
  endsWithinMs: 10_000,
}
const pollMs = 200
const askTimeoutMs = 2_000

export interface Supervisor {
  readonly plan: ProgramPlan
  /** Resolves when it was ready for the first time; rejects when it ended before, or took too long. */
  readonly ready: Promise<void>
  stop(): Promise<void>
}

export function superviseProgram(plan: ProgramPlan, options: SupervisorOptions): Supervisor {
  const program = new SupervisedProgram(plan, options)
  return { plan, ready: program.startFirst(), stop: () => program.stop() }
}

class SupervisedProgram {
  readonly #plan: ProgramPlan
  readonly #options: SupervisorOptions
  readonly #pacing: Pacing
  readonly #stopping = new AbortController()
  #child: ChildProcess | null = null
  /** Resolves with how it ended, in words. */
  #ended: Promise<string> = Promise.resolve('')
  #lastLine = ''
  #keeping: Promise<void> = Promise.resolve()

  constructor(plan: ProgramPlan, options: SupervisorOptions) {
    this.#plan = plan
    this.#options = options
    this.#pacing = options.pacing ?? defaultPacing
  }

  async startFirst(): Promise<void> {
    const { name } = this.#plan
    this.#launch()
    const problem = await this.#waitUntilReady()
    if (problem !== null) {
      await this.stop()
      throw new Error(`Cannot start the stack: ${name} ${problem}${this.#lastLine && `: ${this.#lastLine}`}`)
    }
    this.#keeping = this.#keepRunning()
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    const child = this.#child
    if (child !== null) {
      signalGroup(child, 'SIGTERM')
      const patience = setTimeout(() => signalGroup(child, 'SIGKILL'), this.#pacing.endsWithinMs)
      await this.#ended
      clearTimeout(patience)
    }
    await this.#keeping
  }

  async #keepRunning(): Promise<void> {
    let pauseMs = this.#pacing.firstPauseMs
    while (!this.#stopping.signal.aborted) {
      const startedMs = performance.now()
      const how = await this.#ended
      if (this.#stopping.signal.aborted) return
      if (performance.now() - startedMs > this.#pacing.steadyMs) pauseMs = this.#pacing.firstPauseMs
      this.#say(`${how}; starting it again in ${(pauseMs / 1_000).toFixed(1)} s`)
      await sleep(pauseMs, null, { signal: this.#stopping.signal }).catch(() => null)
      pauseMs = Math.min(pauseMs * 2, this.#pacing.longestPauseMs)
      if (this.#stopping.signal.aborted) return
      this.#launch()
      const problem = await this.#waitUntilReady()
      if (problem === null) this.#say('is ready again')
    }
  }

  #launch(): void {
    const { command, args, env, folder } = this.#plan
    // In a group of its own: Ctrl-C in the terminal must not reach it, because we stop the programs in order.
    const child = spawn(command, args, { env, cwd: folder, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
    this.#child = child
    const { pid } = child
    if (pid !== undefined) this.#options.guard.add(pid)
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream }).on('line', (line) => {
        this.#lastLine = line
        this.#options.print(`${this.#plan.name} | ${line}`)
      })
    this.#ended = new Promise((resolve) => {
      child.once('error', (error) => resolve(`cannot be run (${error.message})`))
      child.once('close', (code, signal) =>
        resolve(signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`),
      )
    })
    this.#ended.then(() => {
      if (pid !== undefined) this.#options.guard.remove(pid)
      if (this.#child === child) this.#child = null
    })
  }

  /** Null when it is ready, else why it is not. */
  async #waitUntilReady(): Promise<string | null> {
    let end: string | null = null
    this.#ended.then((how) => {
      end = how
    })
    const deadline = performance.now() + this.#pacing.readyWithinMs
    while (performance.now() < deadline) {
      if (this.#stopping.signal.aborted) return 'was stopped before it was ready'
      if (end !== null) return `${end} before it was ready`
      if (await isReady(this.#plan.readyUrl)) return null
      await sleep(pollMs)
    }
    return `is not ready after ${this.#pacing.readyWithinMs / 1_000} s (${this.#plan.readyUrl})`
  }

  #say(text: string): void {
    this.#options.print(`inferometer | ${this.#plan.name} ${text}`)
  }
}

async function isReady(url: string): Promise<boolean> {
  return fetch(url, { signal: AbortSignal.timeout(askTimeoutMs) }).then(
    async (answer) => {
      await answer.body?.cancel()
      return answer.ok
    },
    () => false,
  )
}

/** The program and what it started itself. */
function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  try {
    process.kill(-child.pid, signal)
  } catch {
    // It has no group of its own (Windows), or has just ended.
    child.kill(signal)
  }
}
