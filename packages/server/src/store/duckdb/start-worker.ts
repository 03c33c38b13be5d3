import { Worker } from 'node:worker_threads'
import type { WorkerOptions } from './messages.ts'

/** Node's arguments to run TypeScript sources, as tests do: they start workers and processes without a build. */
export const sourceArguments: readonly string[] = [
  '--import',
  new URL('./register-source-loader.mjs', import.meta.url).href,
]

/** Its work is DuckDB's; the pages and texts that pass through it need no room to grow old in. */
const resourceLimits = { maxYoungGenerationSizeMb: 4 }

export function startWorker(options: WorkerOptions): Worker {
  const isCompiled = import.meta.url.endsWith('.js')
  return isCompiled
    ? new Worker(new URL('./worker.js', import.meta.url), { workerData: options, resourceLimits })
    : new Worker(new URL('./worker.ts', import.meta.url), {
        workerData: options,
        resourceLimits,
        execArgv: [...sourceArguments],
      })
}
