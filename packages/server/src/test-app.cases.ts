import type { LlmCall } from '@inferometer/core/call'
import type { FastifyInstance } from 'fastify'
import { afterEach } from 'vitest'
import { type App, createApp, type Effects } from './app.ts'
import type { ServerSettings } from './config.ts'
import type { CallStore, StoredCall, TotalsSnapshot } from './store/store.ts'

/** What outlives a restart. */
export interface Disk {
  readonly calls: StoredCall[]
  snapshot: TotalsSnapshot | null
}

export function createDisk(): Disk {
  return { calls: [], snapshot: null }
}

export function openMemoryStore(disk: Disk): CallStore {
  const idOf = (call: LlmCall) => `${call.traceId}${call.spanId}`
  return {
    async append(calls) {
      await new Promise((resolve) => setImmediate(resolve))
      const known = new Set(disk.calls.map(({ call }) => idOf(call)))
      const firstSeq = disk.calls.length + 1
      const duplicates: number[] = []
      calls.forEach((call, index) => {
        if (known.has(idOf(call))) duplicates.push(index)
        else disk.calls.push({ seq: disk.calls.length + 1, call })
        known.add(idOf(call))
      })
      return { ok: true, firstSeq, lastSeq: disk.calls.length, duplicates }
    },
    loadSnapshot: async () => disk.snapshot,
    saveSnapshot: async (snapshot) => {
      disk.snapshot = snapshot
      return { ok: true }
    },
    async readAfter(seq, onBatch) {
      await onBatch(disk.calls.slice(seq))
    },
    recentCalls: async ({ limit, before = Number.POSITIVE_INFINITY }) =>
      disk.calls
        .filter(({ seq }) => seq < before)
        .reverse()
        .slice(0, limit),
    getCall: async (traceId, spanId) => disk.calls.find(({ call }) => idOf(call) === traceId + spanId)?.call ?? null,
    getTrace: async () => [],
    summarize: async () => [],
    state: () => ({
      health: 'ok',
      message: null,
      rows: disk.calls.length,
      lastSeq: disk.calls.length,
      diskBytes: 0,
      queueRows: 0,
      queueBytes: 0,
      lastCommitMs: null,
    }),
    close: async () => {},
  }
}

const apps: App[] = []
afterEach(async () => {
  await Promise.all(apps.splice(0).map((app) => app.close()))
})

/** An app on a store in memory, closed after the test. */
export async function openTestApp(settings: ServerSettings = {}, effects: Effects & { disk?: Disk } = {}): Promise<App> {
  const disk = effects.disk ?? createDisk()
  const app = await createApp(
    { logLevel: 'silent', configDir: 'nowhere', ...settings },
    { openStore: async () => openMemoryStore(disk), ...effects },
  )
  apps.push(app)
  return app
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

export async function postJson(app: Pick<FastifyInstance, "inject">, url: string, body: unknown) {
  const response = await app.inject({ method: 'POST', url, payload: JSON.stringify(body), headers: jsonHeaders })
  return { status: response.statusCode, headers: response.headers, body: response.json() }
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
