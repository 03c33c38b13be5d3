import type { StartOptions } from './config.ts'
import { type Fetch, unwrapFetch, watchFetch } from './fetch-hook.ts'
import { createNodeContext, createNodeRuntime, resolveNodeConfig } from './node-runtime.ts'
import { createContextFunctions } from './set-context.ts'
import { getRuntime, setRuntime } from './state.ts'

export const { setContext, runWithContext } = createContextFunctions(createNodeContext)

export interface CreateFetchOptions extends StartOptions {
  /** The fetch to watch. Default: the global one. */
  fetch?: Fetch
}

/**
 * A fetch to hand to one client: `new OpenAI({ fetch: createFetch() })`. Watches that client only; where `start` was called its
 * options count, otherwise these. Do not hand it a fetch that calls the global one when `start` was called: both would be seen.
 */
export function createFetch({ fetch, ...options }: CreateFetchOptions = {}): Fetch {
  const original = unwrapFetch(fetch ?? globalThis.fetch)
  if (getRuntime() === null) {
    const config = resolveNodeConfig(options)
    if (config.disabled) return original
    setRuntime(createNodeRuntime(config))
  }
  return watchFetch(original, getRuntime)
}
