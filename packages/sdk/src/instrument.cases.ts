/** The surroundings of most tests: a server that models are called at, a collector, and the instrument between them. */
import { afterAll, beforeAll } from 'vitest'
import type { StartOptions } from './config.ts'
import { type Collector, collect, type Handler, type LocalServer, serve } from './local-servers.cases.ts'
import type { Handle } from './runtime.ts'
import { start } from './start.ts'

/** There once the tests run. */
export interface Instrument {
  readonly server: LocalServer
  readonly collector: Collector
  readonly handle: Handle
}

/** Starts all three for the tests of the file, and stops them after. */
export function useInstrument(handler: Handler, options: StartOptions): Instrument {
  let parts: Instrument | null = null
  const part = <Name extends keyof Instrument>(name: Name): Instrument[Name] => {
    if (parts === null) throw new Error('BUG: asked for before the tests run')
    return parts[name]
  }
  beforeAll(async () => {
    const [server, collector] = [await serve(handler), await collect()]
    parts = { server, collector, handle: start({ endpoint: collector.url, spoolDir: false, ...options }) }
  })
  afterAll(async () => {
    await part('handle').shutdown()
    await Promise.all([part('server').close(), part('collector').close()])
  })
  return {
    get server() {
      return part('server')
    },
    get collector() {
      return part('collector')
    },
    get handle() {
      return part('handle')
    },
  }
}
