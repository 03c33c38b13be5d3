/**
 * How fast a backlog goes out, and what a call costs. node --import ./packages/server/src/store/duckdb/register-source-loader.mjs
 * <this file> [calls]. The destination is a process of its own on this machine that reads and drops. Prints a table and a JSON line.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { createCall } from '@inferometer/core/call'
import pino from 'pino'
import { openDuckDbStore } from '../store/duckdb/duckdb-store.ts'
import { openForwarder } from './forwarder.ts'

const [totalCalls = 100_000] = process.argv.slice(2).map(Number)
const sink = `require('node:http').createServer((q, s) => q.resume().on('end', () => s.end()))
  .listen(0, '127.0.0.1', function () { console.log(this.address().port) })`

const dir = mkdtempSync(join(tmpdir(), 'forward-bench-'))
const child = spawn(process.execPath, ['-e', sink], { stdio: ['ignore', 'pipe', 'inherit'] })
const port = await new Promise<string>((resolve) => child.stdout.once('data', (text) => resolve(String(text).trim())))
const store = await openDuckDbStore({ dir: join(dir, 'store') })
for (let start = 0; start < totalCalls; start += 1_000)
  await store.append(Array.from({ length: 1_000 }, (_, i) => makeTypicalCall(start + i)))

const none = { add: () => undefined }
const rows: Record<string, { callsPerSecond: number; cpuUsPerCall: number; loopP99Ms: number; rssMb: number }> = {}
for (const names of [['traces'], ['logs'], ['traces', 'logs']]) {
  const address = { endpoint: `http://127.0.0.1:${port}/`, headers: {} }
  const startMs = performance.now()
  const startCpu = process.cpuUsage()
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  const forwarder = await openForwarder({
    destinations: Object.fromEntries(names.map((name) => [name, address])),
    calls: store,
    listSamples: () => [],
    labels: [],
    dir: join(dir, names.join('-')),
    version: '0',
    counters: { forwarded: none, forwardFailed: none, forwardPoisoned: none },
    logger: pino({ level: 'silent' }),
    now: Date.now,
  })
  while (forwarder.state().some(({ pendingCalls }) => pendingCalls > 0)) await sleep(2)
  const seconds = (performance.now() - startMs) / 1_000
  const { user, system } = process.cpuUsage(startCpu)
  rows[names.join(' + ')] = {
    callsPerSecond: Math.round(totalCalls / seconds),
    cpuUsPerCall: Math.round(((user + system) / totalCalls) * 10) / 10,
    loopP99Ms: Math.round(delay.percentile(99) / 1e5) / 10,
    rssMb: Math.round(process.memoryUsage.rss() / 2 ** 20),
  }
  await forwarder.close(1_000)
}
console.table(rows)
console.log(JSON.stringify({ bench: 'forwarder', totalCalls, rows }))
await store.close()
child.kill()
rmSync(dir, { recursive: true, force: true })

function makeTypicalCall(index: number) {
  const id = (index + 1).toString(16)
  return createCall({
    traceId: id.padStart(32, 'a'),
    spanId: id.padStart(16, '0'),
    parentSpanId: id.padStart(16, 'b'),
    serviceName: `service-${index % 7}`,
    operation: 'chat',
    provider: 'acme',
    requestModel: `model-${index % 5}`,
    responseModel: `model-${index % 5}-2026-07-18`,
    startTimeUs: Date.now() * 1_000,
    latencyMs: 800 + (index % 1_000),
    ttftMs: 200,
    streaming: true,
    httpStatus: 200,
    inputTokens: 200 + (index % 1_000),
    outputTokens: 20 + (index % 300),
    usageSource: 'provider',
    finishReason: 'stop',
    finishReasonRaw: 'stop',
    responseId: `response-${id}`,
    attempts: [{ startMs: 0, durationMs: 800, waitMs: 0, httpStatus: 200, errorType: null }],
    userId: `user-${index % 5_000}`,
    costNanoUsd: 1_000 * (index % 5_000),
    priceVersion: '2026-11-01',
    source: 'inferometer-sdk',
  })
}
