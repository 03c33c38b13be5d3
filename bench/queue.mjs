// Handing finished calls to the SDK's export: how many a second an application can hand over, and how many a second leave it
// encoded (OTLP protobuf, no network). Prints a table and a JSON line.
import { sdkScope } from '@inferometer/core/attributes'
import { createCall } from '@inferometer/core/call'
import { toTraces } from '@inferometer/core/call-span'
import { encodeTraces } from '@inferometer/core/otlp/traces'
import { Exporter } from '../packages/sdk/dist/export/exporter.js'

const burst = 10_000
const rounds = 60
const sender = { name: sdkScope, version: '0.0.0', resourceAttributes: new Map() }

let dropped = 0
const exporter = new Exporter({
  transport: async () => ({ kind: 'ok' }),
  spool: null,
  encode: (calls) => encodeTraces(toTraces(calls, sender)),
  clock: { nowMs: () => performance.now(), epochUs: () => Date.now() * 1_000 },
  run: (action) => action(),
  onDrop: (_reason, calls) => {
    dropped += calls
  },
  queueCalls: 2 * burst,
  queueBytes: 32 * 1024 * 1024,
  flushIntervalMs: 1_000_000,
})

function makeCall(i) {
  return createCall({
    traceId: i.toString(16).padStart(32, '0'),
    spanId: i.toString(16).padStart(16, '0'),
    serviceName: 'bench',
    operation: 'chat',
    provider: 'openai',
    requestModel: 'gpt-4o-mini',
    responseModel: 'gpt-4o-mini-2024-07-18',
    startTimeUs: 1_700_000_000_000_000 + i,
    latencyMs: 812.5,
    ttftMs: 143.25,
    streaming: true,
    httpStatus: 200,
    inputTokens: 1_200,
    outputTokens: 320,
    usageSource: 'provider',
    finishReason: 'stop',
    finishReasonRaw: 'stop',
    attempts: [{ startMs: 0, durationMs: 812.5, waitMs: 0, httpStatus: 200, errorType: null }],
    source: 'inferometer-sdk',
  })
}

function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1]
}

const handed = []
const encoded = []
for (let round = 0; round < rounds; round++) {
  const calls = Array.from({ length: burst }, (_, i) => makeCall(round * burst + i))
  const startMs = performance.now()
  for (const call of calls) exporter.record(call)
  const handedMs = performance.now()
  await exporter.flush()
  const doneMs = performance.now()
  handed.push((burst / (handedMs - startMs)) * 1_000)
  encoded.push((burst / (doneMs - handedMs)) * 1_000)
}
if (dropped > 0 || exporter.exportedCalls !== rounds * burst)
  throw new Error(`${dropped} dropped, ${exporter.exportedCalls} exported of ${rounds * burst}`)

const result = { handedPerSecond: Math.round(median(handed)), encodedPerSecond: Math.round(median(encoded)) }
console.table({
  'handed to the queue': { 'calls per second': result.handedPerSecond },
  'encoded and sent': { 'calls per second': result.encodedPerSecond },
})
console.log(JSON.stringify({ bench: 'queue', node: process.version, ...result }))
