/** For Workers, Deno, Bun and browsers-like runtimes: no Node APIs. Hand `createFetch()` to each client; call `flush` before the runtime sleeps. */
import { readEnvironment, resolveConfig, type StartOptions } from './config.ts'
import {
  type CallContext,
  type ContextStore,
  createFlowContext,
  createGlobalContext,
  type FlowStorage,
} from './context.ts'
import { createFetchTransport } from './export/fetch-transport.ts'
import { type Fetch, unwrapFetch, watchFetch } from './fetch-hook.ts'
import { reportOnStderr } from './report.ts'
import { createRuntime, type Stats } from './runtime.ts'
import { createContextFunctions } from './set-context.ts'
import { getRuntime, setRuntime, shareContext } from './state.ts'

export type { ContentPolicy, StartOptions } from './config.ts'
export type { CallContext } from './context.ts'
export * from './observe.ts'
export type { Handle, Stats } from './runtime.ts'

export interface CreateFetchOptions extends StartOptions {
  /** The fetch to watch. Default: the global one. */
  fetch?: Fetch
}

/** A fetch to hand to one client. The options of the first one count for all. */
export function createFetch({ fetch, ...options }: CreateFetchOptions = {}): Fetch {
  const original = unwrapFetch(fetch ?? globalThis.fetch)
  if (getRuntime() !== null) return watchFetch(original, getRuntime)
  const config = resolveConfig(options, readEnvironment(), 'edge')
  if (config.disabled) return original
  setRuntime(
    createRuntime({
      config,
      context: shareContext(createEdgeContext),
      // A runtime may bind fetch to its global.
      transport: createFetchTransport((...args) => original(...args), config),
      closeTransport: () => undefined,
      openSpool: () => null,
      defer: (action) => void setTimeout(action, 0),
      report: reportOnStderr,
    }),
  )
  return watchFetch(original, getRuntime)
}

/** Sends what is known by now: `ctx.waitUntil(flush())`. */
export async function flush(): Promise<void> {
  await getRuntime()?.flush()
}

export async function shutdown(): Promise<void> {
  await getRuntime()?.shutdown()
}

/** Null before the first `createFetch`. */
export function stats(): Stats | null {
  return getRuntime()?.stats() ?? null
}

/** Without AsyncLocalStorage there is one context for all: `setContext` is then right only where one request is served at a time. */
export const { setContext, runWithContext } = createContextFunctions(createEdgeContext)

function createEdgeContext(): ContextStore {
  const Storage: unknown = Reflect.get(globalThis, 'AsyncLocalStorage')
  if (typeof Storage !== 'function') return createGlobalContext()
  return createFlowContext(
    () => Reflect.construct(Storage, []) as FlowStorage & { getStore(): CallContext | undefined },
  )
}
