/** Senders that behave as real ones: a batch without an answer is sent again, unchanged, until it has one. */
import { randomBytes, randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { sdkScope } from '@inferometer/core/attributes'
import { createCall, type LlmCall } from '@inferometer/core/call'
import { toTraces } from '@inferometer/core/call-span'
import { encodeTraces, encodeTracesJson } from '@inferometer/core/otlp/traces'

/** What is known of a call that was sent. */
export interface Sent {
  readonly costNanoUsd: number
  readonly promptTokens: number
  /** An answer said that it is durable. */
  isAcknowledged: boolean
}

export interface Senders {
  /** By trace id and span id. */
  readonly sent: ReadonlyMap<string, Sent>
  readonly retries: () => number
  /** Batches that were given up after a failure: they may be recorded or not, but once. */
  readonly abandoned: () => number
  /** Resolves when every batch has its answer. */
  stop(): Promise<void>
}

export interface Targets {
  readonly api: string
  readonly otlpHttp: string
}

interface Batch {
  readonly url: string
  readonly type: string
  readonly body: string | Uint8Array<ArrayBuffer>
  readonly calls: readonly LlmCall[]
}

/** Model and service of every series there will be. */
export const series = ['checkout', 'support'].flatMap((serviceName) =>
  ['model-1', 'model-2'].map((requestModel) => ({ serviceName, requestModel })),
)

const batchCallsAtMost = 40
const retryAfterMs = 100

function makeCall(place = series[randomInt(series.length)]): LlmCall {
  return createCall({
    ...(place ?? { serviceName: 'none', requestModel: 'none' }),
    traceId: randomBytes(16).toString('hex'),
    spanId: randomBytes(8).toString('hex'),
    operation: 'chat',
    provider: 'openai',
    startTimeUs: Date.now() * 1_000,
    latencyMs: randomInt(1, 3_000),
    httpStatus: 200,
    inputTokens: randomInt(10_000),
    outputTokens: randomInt(1_000),
    usageSource: 'provider',
    finishReason: 'stop',
    attempts: [{ startMs: 0, durationMs: 1, waitMs: 0, httpStatus: 200, errorType: null }],
    // Odd nano-dollars: a sum in floating point would drift.
    costNanoUsd: randomInt(1, 2 ** 31),
    source: 'inferometer-sdk',
  })
}

const sender = { name: sdkScope, version: '0.1.0', resourceAttributes: new Map() }

const makers: readonly ((targets: Targets, calls: readonly LlmCall[]) => Batch)[] = [
  ({ otlpHttp }, calls) => ({
    url: `${otlpHttp}/v1/traces`,
    type: 'application/x-protobuf',
    body: new Uint8Array(encodeTraces(toTraces(calls, sender))),
    calls,
  }),
  ({ otlpHttp }, calls) => ({
    url: `${otlpHttp}/v1/traces`,
    type: 'application/json',
    body: encodeTracesJson(toTraces(calls, sender)),
    calls,
  }),
  ({ api }, calls) => ({
    url: `${api}/v1/metrics/record-batch`,
    type: 'application/json',
    body: JSON.stringify({ spans: calls.map(toRecord) }),
    calls,
  }),
  ({ api }, calls) => ({
    url: `${api}/v1/metrics/record`,
    type: 'application/json',
    body: JSON.stringify(calls.slice(0, 1).map(toRecord)[0]),
    calls: calls.slice(0, 1),
  }),
]

function toRecord(call: LlmCall) {
  return {
    trace_id: call.traceId,
    span_id: call.spanId,
    model: call.requestModel,
    provider: call.provider,
    service_name: call.serviceName,
    prompt_tokens: call.inputTokens,
    completion_tokens: call.outputTokens,
    latency_ms_total: call.latencyMs,
    finish_reason: 'stop',
    status: 'success',
    cost_usd_micro: (call.costNanoUsd ?? 0) / 1_000,
  }
}

/** Two senders for each way in. One call of every series goes first and is answered when this resolves. */
export async function startSenders(targets: Targets): Promise<Senders> {
  const sent = new Map<string, Sent>()
  let retries = 0
  let abandoned = 0
  let isStopping = false

  const sendOnce = async ({ url, type, body }: Batch): Promise<boolean> => {
    const headers = { 'content-type': type }
    const answer = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(10_000) }).catch(
      () => null,
    )
    if (answer === null) return false
    const text = await answer.text().catch(() => null)
    if (text === null) return false
    if (answer.status === 200) return true
    if (answer.status === 429 || answer.status === 503) return false
    throw new Error(`${url} answered ${answer.status}: ${text}`)
  }
  const send = async (batch: Batch): Promise<void> => {
    const known = batch.calls.map((call) => {
      const one = { costNanoUsd: call.costNanoUsd ?? 0, promptTokens: call.inputTokens ?? 0, isAcknowledged: false }
      sent.set(call.traceId + call.spanId, one)
      return one
    })
    while (!(await sendOnce(batch))) {
      if (!isStopping && randomInt(10) === 0) {
        abandoned++
        return
      }
      retries++
      await sleep(retryAfterMs)
    }
    for (const one of known) one.isAcknowledged = true
    // What a second exporter, or an answer lost on its way, would do.
    if (randomInt(10) === 0) await sendOnce(batch)
  }
  const work = async (make: (typeof makers)[number]): Promise<void> => {
    while (!isStopping) {
      await send(
        make(
          targets,
          Array.from({ length: randomInt(1, batchCallsAtMost) }, () => makeCall()),
        ),
      )
    }
  }

  const [first] = makers
  if (first) await send(first(targets, series.map(makeCall)))
  const working = Promise.all([...makers, ...makers].map(work))
  // Told of by stop(); until then it must not end the process.
  working.catch(() => undefined)
  return {
    sent,
    retries: () => retries,
    abandoned: () => abandoned,
    async stop() {
      isStopping = true
      await working
    },
  }
}
