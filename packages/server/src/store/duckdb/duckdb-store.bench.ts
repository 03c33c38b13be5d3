/**
 * What a call costs to store. node --import ./packages/server/src/store/duckdb/register-source-loader.mjs <this file>
 * [batch size] [calls] [appends at a time]. Prints a table and a JSON line.
 */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCall, type LlmCall } from '@inferometer/core/call'
import { openDuckDbStore } from './duckdb-store.ts'

const [batchCalls = 1_000, totalCalls = 300_000, atATime = 8] = process.argv.slice(2).map(Number)
const roundCalls = Math.min(50_000, totalCalls)
const hex = (bytes: number) => randomBytes(bytes).toString('hex')
const pick = (from: readonly string[], index: number) => from[index % from.length] ?? ''

/** A call as the SDK sees it: one attempt, ids of its own, few models and services, no content. */
function makeTypicalCall(index: number): LlmCall {
  const model = pick(['gpt-4o-mini', 'gpt-4o', 'claude-sonnet-4-5', 'gemini-2.5-flash', 'o3-mini'], index)
  const latencyMs = Math.round(Math.random() * 3e6) / 1e3
  return createCall({
    traceId: hex(16),
    spanId: hex(8),
    parentSpanId: hex(8),
    serviceName: `service-${index % 7}`,
    operation: 'chat',
    provider: pick(['acme', 'example'], index),
    requestModel: model,
    responseModel: `${model}-2026-07-18`,
    startTimeUs: Date.now() * 1_000,
    latencyMs,
    ttftMs: latencyMs / 5,
    streaming: index % 2 === 0,
    stallCount: 0,
    stallMs: 0,
    httpStatus: 200,
    inputTokens: 200 + (index % 1_000),
    outputTokens: 20 + (index % 300),
    cacheReadTokens: 0,
    usageSource: 'provider',
    finishReason: 'stop',
    finishReasonRaw: 'stop',
    responseId: `chatcmpl-${hex(12)}`,
    requestId: `req_${hex(16)}`,
    attempts: [{ startMs: 0, durationMs: latencyMs, waitMs: 0, httpStatus: 200, errorType: null }],
    userId: `user-${index % 5_000}`,
    sessionId: hex(6),
    costNanoUsd: 1_000 * (index % 5_000),
    priceVersion: '2026-11-01',
    source: 'inferometer-sdk',
  })
}

/** CPU time of the main thread, in clock ticks of 10 ms; NaN where there is no /proc. */
function mainThreadCpuMs(): number {
  try {
    const fields = readFileSync(`/proc/self/task/${process.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
    return (Number(fields[11]) + Number(fields[12])) * 10
  } catch {
    return Number.NaN
  }
}

const dir = mkdtempSync(join(tmpdir(), 'inferometer-bench-'))
const store = await openDuckDbStore({ dir })
const latencies: number[] = []
let [wallMs, mainMs, encodeMs] = [0, 0, 0]
for (let done = 0; done < totalCalls; done += roundCalls) {
  const batches = Array.from({ length: roundCalls / batchCalls }, () =>
    Array.from({ length: batchCalls }, (_, index) => makeTypicalCall(index)),
  )
  const [startMs, startCpuMs] = [performance.now(), mainThreadCpuMs()]
  const appendAll = async () => {
    for (let batch = batches.pop(); batch; batch = batches.pop()) {
      const sentMs = performance.now()
      const answer = store.append(batch)
      encodeMs += performance.now() - sentMs
      const result = await answer
      if (!result.ok) throw new Error(result.message)
      latencies.push(performance.now() - sentMs)
    }
  }
  await Promise.all(Array.from({ length: atATime }, appendAll))
  wallMs += performance.now() - startMs
  mainMs += mainThreadCpuMs() - startCpuMs
}
const checkpointedMs = performance.now()
const { diskBytes } = store.state()
await store.close()
const closeMs = performance.now() - checkpointedMs
const openMs = performance.now()
const reopened = await openDuckDbStore({ dir })
const reopenMs = performance.now() - openMs
// It waits until the ids of all calls are in memory.
const firstAppendMs = performance.now()
await reopened.append([makeTypicalCall(0)])
const firstAppendAfterMs = performance.now() - firstAppendMs
let replayed = 0
const replayStartMs = performance.now()
await reopened.readAfter(Math.max(0, totalCalls - 20_000), (batch) => {
  replayed += batch.length
})
const replayMs = performance.now() - replayStartMs
const { diskBytes: closedBytes } = reopened.state()
await reopened.close()
rmSync(dir, { recursive: true })

latencies.sort((one, other) => one - other)
const at = (share: number) => Math.round((latencies[Math.floor(latencies.length * share)] ?? 0) * 10) / 10
const figures = {
  batchCalls,
  totalCalls,
  atATime,
  callsPerSecond: Math.round((totalCalls / wallMs) * 1_000),
  appendMsP50: at(0.5),
  appendMsP99: at(0.99),
  appendMsMax: at(0.99999),
  mainCpuUsPerCall: Math.round((mainMs / totalCalls) * 1e5) / 100,
  encodeUsPerCall: Math.round((encodeMs / totalCalls) * 1e5) / 100,
  bytesPerCallLive: Math.round(diskBytes / totalCalls),
  bytesPerCallClosed: Math.round(closedBytes / totalCalls),
  closeMs: Math.round(closeMs),
  reopenMs: Math.round(reopenMs),
  firstAppendAfterMs: Math.round(firstAppendAfterMs),
  replayUsPerCall: Math.round((replayMs / replayed) * 1_000),
  rssMb: Math.round(process.memoryUsage().rss / 2 ** 20),
}
console.table(figures)
console.log(JSON.stringify(figures))
