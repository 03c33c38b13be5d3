import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sdkScope } from '@inferometer/core/attributes'
import { createCall } from '@inferometer/core/call'
import { toTraces } from '@inferometer/core/call-span'
import { encodeTraces, encodeTracesJson } from '@inferometer/core/otlp/traces'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openDuckDbStore } from '../store/duckdb/duckdb-store.ts'
import { openTestApp, readMetrics, sumOf } from '../test-app.cases.ts'

const calls = Array.from({ length: 3 }, (_, index) =>
  createCall({
    traceId: 'a'.repeat(32),
    spanId: String(index + 1).padStart(16, '0'),
    serviceName: 'checkout',
    operation: 'chat',
    provider: 'openai',
    requestModel: 'gpt-4o-mini',
    startTimeUs: 1_780_000_000_000_000,
    latencyMs: 500,
    inputTokens: 1_000,
    outputTokens: 500,
    attempts: [{ startMs: 0, durationMs: 500, waitMs: 0, httpStatus: 200, errorType: null }],
    source: 'inferometer-sdk',
  }),
)
const sender = { version: '0.1.0', resourceAttributes: new Map() }
/** Half as our SDK sends them, half as another instrumentation would. */
const traces = {
  resourceSpans: [sdkScope, 'another'].flatMap((name) => toTraces(calls, { ...sender, name }).resourceSpans),
}

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'inferometer-fuzz-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

test.each([
  ['application/x-protobuf', Buffer.from(encodeTraces(traces))],
  ['application/json', Buffer.from(encodeTracesJson(traces))],
])('traces answers 200 or 400 to any change of a %s message, and counts what it stores', async (type, good) => {
  const app = await openTestApp({}, { openStore: () => openDuckDbStore({ dir }) })
  const change = fc.record({ at: fc.nat(good.length - 1), byte: fc.nat(255), cut: fc.nat(good.length) })
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), fc.boolean(), async (changes, isCut) => {
      const payload = Buffer.from(good)
      for (const { at, byte } of changes) payload[at] = byte
      const body = isCut ? payload.subarray(0, changes[0]?.cut) : payload
      const answer = await app.otlpHttp.inject({
        method: 'POST',
        url: '/v1/traces',
        payload: body,
        headers: { 'content-type': type },
      })
      expect([200, 400]).toContain(answer.statusCode)
    }),
    { numRuns: 500 },
  )
  const metrics = await readMetrics(app)
  expect(sumOf(metrics, 'llm_spans_total')).toBe((await app.api.inject('/v1/metrics/health')).json().store.calls)
  const outcomes = ['recorded', 'duplicate', 'ignored', 'rejected'].map((name) => `inferometer_${name}_total`)
  const settled = outcomes.reduce((sum, name) => sum + sumOf(metrics, name), 0)
  expect(settled).toBe(sumOf(metrics, 'inferometer_received_total'))
})
