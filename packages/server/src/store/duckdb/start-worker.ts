import { Worker } from 'node:worker_threads'
import type { WorkerOptions } from './messages.ts'

/** Node's arguments to run TypeScript sources: tests run the worker from them, without a build. */
export const sourceArguments: readonly string[] = [
  '--import',
  `data:text/javascript,${encodeURIComponent(
    `import { register } from 'node:module'
     register(${JSON.stringify(new URL('./source-loader.mjs', import.meta.url).href)})`,
  )}`,
]

export function startWorker(options: WorkerOptions): Worker {
  const isCompiled = import.meta.url.endsWith('.js')
  return isCompiled
    ? new Worker(new URL('./worker.js', import.meta.url), { workerData: options })
    : new Worker(new URL('./worker.ts', import.meta.url), { workerData: options, execArgv: [...sourceArguments] })
}
