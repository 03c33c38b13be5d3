import type { StartOptions } from './config.ts'
import { installFetchHook } from './fetch-hook.ts'
import { installHttpHook } from './http-hook.ts'
import { installHttp2Hook } from './http2-hook.ts'
import { watchForMissedClients } from './missed-clients.ts'
import { createNodeRuntime, resolveNodeConfig } from './node-runtime.ts'
import type { Handle, Runtime } from './runtime.ts'
import { getRuntime, setRuntime, takeHooks } from './state.ts'

/**
 * Starts watching every model call of this process: those made with the global fetch from now on, and those over node:http,
 * https and http2. Call it before clients are made. Called again, also by another copy of this package, it gives the same
 * handle and ignores its options. Throws `Cannot start Inferometer: …` when an option or variable makes no sense.
 */
export function start(options: StartOptions = {}): Handle {
  const runtime = getRuntime() ?? open(options)
  if (runtime === null) return disabledHandle
  if (takeHooks(runtime)) {
    for (const install of [installFetchHook, installHttpHook, installHttp2Hook, watchForMissedClients])
      runtime.guard.run(() => runtime.onShutdown(install(getRuntime)))
  }
  return toHandle(runtime)
}

function open(options: StartOptions): Runtime | null {
  const config = resolveNodeConfig(options)
  if (config.disabled) return null
  const runtime = createNodeRuntime(config)
  setRuntime(runtime)
  return runtime
}

function toHandle({ flush, shutdown, stats }: Runtime): Handle {
  return { flush, shutdown, stats }
}

const disabledHandle: Handle = {
  flush: async () => undefined,
  shutdown: async () => undefined,
  stats: () => ({
    calls: 0,
    exported: 0,
    queued: 0,
    spooled: 0,
    open: 0,
    held: 0,
    dropped: {},
    missed: 0,
    unscanned: 0,
    internalErrors: 0,
  }),
}
