/**
 * Traffic with known answers: the same calls in every slot of 15 s, one scrape after each slot. Equal slots make rates
 * exact whether or not Prometheus counts the sample at the left end of a window (before and since version 3).
 */
import { type Attempt, type CallFields, createCall, type Finding, type LlmCall } from '@inferometer/core/call'

export const slotSeconds = 15
const weekSeconds = 7 * 86_400
/** 2026-03-09T12:00:00Z */
export const endSeconds = Date.UTC(2026, 2, 9, 12) / 1_000
/** The last hour: 40 quiet minutes, then 20 minutes of an incident that brings series that were not there before. */
export const incidentSeconds = endSeconds - 20 * 60
export const firstScrapeSeconds = endSeconds - 60 * 60
const lastWeek = { from: endSeconds - weekSeconds - 40 * 60, to: endSeconds - weekSeconds }

/** Ten minutes of a night, days before, in which nobody calls. */
export const nightSeconds = endSeconds - 5 * 86_400

export interface SeededCall {
  /** When the scrape happened that saw the call first. */
  readonly atSeconds: number
  readonly call: LlmCall
}

export interface Stretch {
  /** Calls before the first scrape of the stretch, which nobody saw come. */
  readonly before: readonly LlmCall[]
  readonly slots: readonly { readonly atSeconds: number; readonly calls: readonly LlmCall[] }[]
}

let made = 0
function call(fields: Partial<CallFields>): LlmCall {
  made += 1
  return createCall({
    traceId: made.toString(16).padStart(32, '0'),
    spanId: made.toString(16).padStart(16, '0'),
    serviceName: 'checkout',
    operation: 'chat',
    provider: 'acme',
    requestModel: 'small',
    startTimeUs: Date.UTC(2026, 2, 1) * 1_000,
    latencyMs: 100,
    source: 'rest',
    usageSource: 'provider',
    finishReason: 'stop',
    httpStatus: 200,
    ...fields,
  })
}

const attempt = (httpStatus: number | null): Attempt => ({
  startMs: 0,
  durationMs: 1,
  waitMs: 0,
  httpStatus,
  errorType: null,
})
const finding = (kind: Finding['kind'], pattern: string): Finding => ({ kind, pattern, start: 0, end: 1 })

/** Costs have thousandths of a micro-dollar on purpose: what is rounded on the way shows in the sum. */
const small = [110, 180, 320, 410, 640, 880, 1_300].map((latencyMs, index) => ({
  latencyMs,
  ttftMs: 30 + index * 22,
  streaming: true,
  inputTokens: 1_203 + index,
  outputTokens: 120 + index * 7,
  cacheReadTokens: 1_024,
  cacheWriteTokens: 64,
  costNanoUsd: 1_234_567 + index * 1_013,
}))
const large = { serviceName: 'support', provider: 'globex', requestModel: 'large' }

const quietCalls = (factor: number): LlmCall[] => [
  ...small.map((fields) => call({ ...fields, latencyMs: fields.latencyMs * factor })),
  call({ ...large, latencyMs: 4_200 * factor, ttftMs: 900, streaming: true, inputTokens: 4_096, outputTokens: 800 }),
  call({ ...large, latencyMs: 9_100 * factor, costNanoUsd: 98_765_433, inputTokens: 512, outputTokens: 2_000 }),
  call({ ...large, latencyMs: 2_600, costNanoUsd: 1, inputTokens: 9, outputTokens: 90, reasoningTokens: 60 }),
  call({ serviceName: 'support', latencyMs: 95, attempts: [attempt(200)], inputTokens: 50, outputTokens: 0 }),
  call({ serviceName: 'support', latencyMs: 60, usageSource: 'missing', findings: [finding('pii', 'email')] }),
]

const failed = { status: 'error', finishReason: null, usageSource: 'missing' } as const
const incidentCalls = (): LlmCall[] => [
  call({ ...large, latencyMs: 14_000, retryCount: 2, attempts: [attempt(429), attempt(429), attempt(200)] }),
  call({ ...large, ...failed, latencyMs: 31_000, errorType: 'rate_limit', attempts: [attempt(429), attempt(429)] }),
  call({ ...large, ...failed, latencyMs: 700_000, errorType: 'timeout', attempts: [attempt(null)] }),
  call({ ...failed, latencyMs: 40, errorType: null, httpStatus: 503, retryCount: 1 }),
  call({ status: 'cancelled', finishReason: null, latencyMs: 5, httpStatus: null, usageSource: 'missing' }),
  call({ requestModel: 'new"model\\1', provider: 'acme.cloud', latencyMs: 77, inputTokens: 10, outputTokens: 10 }),
  call({ finishReason: 'length', inputTokens: 1, outputTokens: 1, costNanoUsd: 7 }),
  call({ findings: [finding('injection', 'ignore_instructions'), finding('pii', 'email'), finding('pii', 'iban')] }),
  call({ serviceName: 'search', findings: [finding('injection', 'role_override')], finishReason: 'content_filter' }),
]

function createStretch(from: number, to: number, before: readonly LlmCall[]): Stretch {
  const quiet = quietCalls(from === firstScrapeSeconds ? 1 : 0.5)
  const incident = incidentCalls()
  const slots = []
  for (let atSeconds = from; atSeconds <= to; atSeconds += slotSeconds)
    slots.push({ atSeconds, calls: atSeconds > incidentSeconds ? [...quiet, ...incident] : quiet })
  return { before, slots }
}

/** What was kept from before the first scrape: totals that a restart brings back, and a week that nobody scraped. */
const kept = () => Array.from({ length: 40 }, () => quietCalls(1)).flat()

const night: Stretch = {
  before: [],
  slots: Array.from({ length: 41 }, (_, index) => ({
    atSeconds: nightSeconds - (40 - index) * slotSeconds,
    calls: [],
  })),
}

export const stretches: readonly Stretch[] = [
  createStretch(lastWeek.from, lastWeek.to, kept()),
  night,
  createStretch(firstScrapeSeconds, endSeconds, kept()),
]

const everyCall: readonly SeededCall[] = stretches.flatMap(({ before, slots }) => {
  const first = slots[0]?.atSeconds ?? 0
  return [
    ...before.map((call) => ({ atSeconds: first, call })),
    ...slots.flatMap(({ atSeconds, calls }) => calls.map((call) => ({ atSeconds, call }))),
  ]
})

/** Calls that a scrape saw first after `from` and not after `to`. */
export function callsBetween(from: number, to: number): LlmCall[] {
  return everyCall.filter(({ atSeconds }) => atSeconds > from && atSeconds <= to).map(({ call }) => call)
}
