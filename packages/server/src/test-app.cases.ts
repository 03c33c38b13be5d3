import type { FastifyInstance } from 'fastify'
import { afterEach } from 'vitest'
import { type App, createApp, type Effects } from './app.ts'
import type { ServerSettings } from './config.ts'
import { createMemoryStore, type MemoryDisk } from './store/memory.ts'

const apps: App[] = []
afterEach(async () => {
  await Promise.all(apps.splice(0).map((app) => app.close()))
})

/** An app on a store in memory, closed after the test. With the same `disk` it is started again where it left off. */
export async function openTestApp(settings: ServerSettings = {}, effects: TestEffects = {}): Promise<App> {
  const { disk, ...others } = effects
  const app = await createApp(
    { logLevel: 'silent', configDir: 'nowhere', ...settings },
    { openStore: async () => createMemoryStore(disk), ...others },
  )
  apps.push(app)
  return app
}

export interface TestEffects extends Effects {
  readonly disk?: MemoryDisk
}

/** A record that is right in every field. */
export const goodRecord = {
  model: 'gpt-4o-mini',
  provider: 'openai',
  service_name: 'checkout',
  prompt_tokens: 1_000,
  completion_tokens: 500,
  latency_ms_total: 820.5,
  latency_ms_ttft: 210,
  finish_reason: 'stop',
  status: 'success',
} as const

type Web = Pick<FastifyInstance, 'inject'>

export async function postText(app: Web, url: string, payload: string) {
  const response = await app.inject({ method: 'POST', url, payload, headers: jsonHeaders })
  return { status: response.statusCode, headers: response.headers, body: response.json() }
}

export function postJson(app: Web, url: string, body: unknown) {
  return postText(app, url, JSON.stringify(body))
}

const jsonHeaders = { 'content-type': 'application/json' }

/** Values of the text exposition by `name{labels}`. */
export async function readMetrics(app: App): Promise<ReadonlyMap<string, number>> {
  const { body } = await app.metrics.inject('/metrics')
  const samples = body.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(
    samples.map((line) => {
      const at = line.lastIndexOf(' ')
      return [line.slice(0, at), Number(line.slice(at + 1))]
    }),
  )
}

/** The sum of a metric over all its series. */
export function sumOf(metrics: ReadonlyMap<string, number>, name: string): number {
  let sum = 0
  for (const [key, value] of metrics) if (key === name || key.startsWith(`${name}{`)) sum += value
  return sum
}
