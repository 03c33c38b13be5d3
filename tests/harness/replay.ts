/** Recorded answers of real providers, where the recordings are at hand (../shared beside the project). */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { end } from './prometheus.ts'

const wire = fileURLToPath(new URL('../../../shared/wire/', import.meta.url))

/** One line of truth.jsonl, as far as it is compared. */
export interface Recorded {
  readonly id: string
  readonly api: string
  readonly provider: string
  readonly operation: string
  readonly status: 'success' | 'error'
  readonly http_status: number
  readonly streaming_requested: boolean
  readonly stream_complete: boolean | null
  readonly response_model: string | null
  readonly response_id: string | null
  readonly input_tokens: number | null
  readonly output_tokens: number | null
  readonly cached_input_tokens: number | null
  readonly cache_write_tokens: number | null
  readonly reasoning_tokens: number | null
  readonly finish_reason: string | null
  readonly finish_reason_raw: string | null
}

export function hasRecordings(): boolean {
  return existsSync(`${wire}corpus/truth.jsonl`) && existsSync(`${wire}replay.mjs`)
}

export function readRecorded(): Recorded[] {
  return readFileSync(`${wire}corpus/truth.jsonl`, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Recorded => JSON.parse(line))
}

export interface Replay {
  readonly port: number
  stop(): Promise<void>
}

export async function startReplay(): Promise<Replay> {
  const child: ChildProcess = spawn(process.execPath, [`${wire}replay.mjs`, '--corpus', `${wire}corpus`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const port = await new Promise<number>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`The replay server ended with ${code}`)))
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      const [, found] = /listening on http:\/\/[^:]+:(\d+)/.exec(text) ?? []
      if (found !== undefined) resolve(Number(found))
    })
  })
  return { port, stop: () => end(child) }
}
