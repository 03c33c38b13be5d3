/**
 * Calls that look like real days, the same for the same question: several services and models, traffic that follows
 * office hours, and on the last day a burst of injection attempts in the morning, a rate-limit storm at noon, and a cost
 * step after a release in the afternoon.
 */
import { type Attempt, type CallFields, createCall, type Finding, type LlmCall } from '@inferometer/core/call'
import { type Traffic, traffic } from './day-traffic.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const minuteMs = 60_000

export interface DayOptions {
  /** Where the last day ends; its incidents are at their hour of this UTC day. */
  readonly untilMs: number
  readonly days: number
  /** At the busiest hour. */
  readonly callsPerHour: number
  readonly seed?: number
}

/** A small generator of numbers in 0 … 1, the same for the same seed (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** In the order of their start. */
export function makeDay({ untilMs, days, callsPerHour, seed = 1 }: DayOptions): LlmCall[] {
  const random = createRandom(seed)
  const lastDay = Math.floor((untilMs - 1) / dayMs) * dayMs
  const calls: LlmCall[] = []
  let atMs = untilMs - days * dayMs
  for (;;) {
    atMs += (-Math.log(1 - random()) * hourMs) / (callsPerHour * busyness(atMs, lastDay))
    if (atMs >= untilMs) return calls
    calls.push(makeOne({ number: calls.length + 1, atMs, lastDay, random }))
  }
}

/** 0.15 at night, 1 in the early afternoon; retries make a storm busier. */
function busyness(atMs: number, lastDay: number): number {
  const hour = (atMs % dayMs) / hourMs
  const office = 0.15 + 0.85 * Math.max(0, Math.sin(((hour - 6) / 15) * Math.PI)) ** 1.3
  return office * (isIn(storm, atMs - lastDay) ? 1.4 : 1)
}

const storm = [12 * hourMs, 12 * hourMs + 35 * minuteMs] as const
const release = [15 * hourMs, dayMs] as const
const burst = [9 * hourMs + 20 * minuteMs, 9 * hourMs + 40 * minuteMs] as const
const isIn = ([from, to]: readonly [number, number], ms: number) => ms >= from && ms < to

interface Moment {
  readonly number: number
  readonly atMs: number
  readonly lastDay: number
  readonly random: () => number
}

function makeOne({ number, atMs, lastDay, random }: Moment): LlmCall {
  const of = chooseTraffic(random())
  const sinceDay = atMs - lastDay
  const isStorm = isIn(storm, sinceDay) && of.provider === 'openai'
  const isReleased = isIn(release, sinceDay) && of.serviceName === 'support-assistant'
  const spread = Math.exp((random() + random() + random() - 1.5) * 0.9)
  const inputTokens = Math.round(of.inputTokens * spread * (isReleased ? 2.6 : 1))
  const outputTokens = Math.max(1, Math.round(of.outputTokens * Math.exp((random() - 0.5) * 1.6)))
  const cacheReadTokens =
    of.cached === 0 ? null : Math.round(inputTokens * of.cached * (isReleased ? 0.05 : 0.7 + random() * 0.3))
  const course = makeCourse({ of, outputTokens, isStorm, random })
  const answered = course.status === 'success' ? { inputTokens, outputTokens, cacheReadTokens } : null
  return createCall({
    traceId: hex(number, 32, 0x9e37),
    spanId: hex(number, 16, 0x79b9),
    serviceName: of.serviceName,
    operation: 'chat',
    provider: of.provider,
    requestModel: of.model,
    responseModel: of.model,
    startTimeUs: Math.round(atMs) * 1_000,
    streaming: of.streaming,
    ...course,
    ...answered,
    reasoningTokens: answered === null || of.reasoning === 0 ? null : Math.round(outputTokens * of.reasoning),
    usageSource: answered === null ? 'missing' : 'provider',
    costNanoUsd: answered === null ? null : priceOf(of, answered),
    priceVersion: answered === null || of.price === null ? null : 'example-2026-11',
    findings: makeFindings(random, isIn(burst, sinceDay) && of.serviceName === 'support-assistant'),
    userId: `user-${1 + Math.floor(random() ** 2 * 60)}`,
    sessionId: `session-${1 + Math.floor(number / 4)}`,
    source: 'inferometer-sdk',
  })
}

const hex = (number: number, digits: number, salt: number) =>
  (Math.imul(number, 0x9e3779b1 ^ salt) >>> 0).toString(16).padStart(8, '0') +
  number.toString(16).padStart(digits - 8, '0')

function chooseTraffic(at: number): Traffic {
  let left = at
  for (const one of traffic) {
    left -= one.share
    if (left < 0) return one
  }
  // The shares add up to 1 but for rounding.
  return traffic[0] as Traffic
}

function priceOf(
  { price }: Traffic,
  tokens: { inputTokens: number; outputTokens: number; cacheReadTokens: number | null },
) {
  if (price === null) return null
  const [fresh, cached, out] = price
  const read = tokens.cacheReadTokens ?? 0
  return (tokens.inputTokens - read) * fresh + read * cached + tokens.outputTokens * out
}

interface CourseOptions {
  readonly of: Traffic
  readonly outputTokens: number
  readonly isStorm: boolean
  readonly random: () => number
}

type Course = Pick<
  CallFields,
  'status' | 'latencyMs' | 'ttftMs' | 'attempts' | 'retryCount' | 'httpStatus' | 'errorType' | 'finishReason'
>

function makeCourse({ of, outputTokens, isStorm, random }: CourseOptions): Course {
  const attempts: Attempt[] = []
  let startMs = 0
  const refusedShare = isStorm ? 0.55 : 0.012
  for (let waitMs = 0; attempts.length < 3; waitMs = 500 * 2 ** attempts.length * (0.75 + random() / 2)) {
    if (attempts.length > 0) startMs = endOf(attempts) + waitMs
    const isRefused = random() < refusedShare
    const failure = random()
    const ttftMs = of.ttftMs * Math.exp((random() - 0.4) * 1.1)
    const durationMs = isRefused ? 40 + random() * 80 : ttftMs + outputTokens * of.msPerToken * (0.8 + random() * 0.5)
    const limited = isStorm || failure < 0.6
    attempts.push({
      startMs,
      durationMs,
      waitMs: attempts.length === 0 ? 0 : waitMs,
      httpStatus: isRefused ? (limited ? 429 : 503) : 200,
      errorType: isRefused ? (limited ? 'rate_limit' : 'overloaded') : null,
    })
    if (!isRefused) return endWell({ of, attempts, ttftMs: startMs + ttftMs, random })
  }
  const last = attempts.at(-1)
  const errorType = last?.errorType ?? 'other'
  return { ...shared(attempts), status: 'error', ttftMs: null, errorType, finishReason: null }
}

const endOf = (attempts: readonly Attempt[]) => {
  const last = attempts.at(-1)
  return last === undefined ? 0 : last.startMs + last.durationMs
}

const shared = (attempts: readonly Attempt[]) => ({
  latencyMs: Math.round(endOf(attempts) * 10) / 10,
  attempts,
  retryCount: attempts.length - 1,
  httpStatus: attempts.at(-1)?.httpStatus ?? null,
})

interface Ending {
  readonly of: Traffic
  readonly attempts: readonly Attempt[]
  readonly ttftMs: number
  readonly random: () => number
}

function endWell({ of, attempts, ttftMs, random }: Ending): Course {
  const at = random()
  const base = { ...shared(attempts), ttftMs: of.streaming ? Math.round(ttftMs * 10) / 10 : null, errorType: null }
  if (at < 0.006) return { ...base, status: 'cancelled', errorType: 'cancelled', finishReason: null }
  if (at < 0.01) return { ...base, status: 'error', errorType: 'timeout', httpStatus: null, finishReason: null }
  const finishReason = at < 0.05 ? 'length' : at < 0.056 ? 'content_filter' : at < 0.2 ? 'tool_calls' : 'stop'
  return { ...base, status: 'success', finishReason }
}

const pii = ['email', 'phone_number', 'iban', 'credit_card'] as const
const injections = ['ignore_instructions', 'reveal_system_prompt', 'role_override'] as const

function makeFindings(random: () => number, isBurst: boolean): Finding[] {
  const at = random()
  const place = { start: 12, end: 31 }
  const choose = (patterns: readonly string[]) => patterns[Math.floor(random() ** 1.6 * patterns.length)] ?? ''
  if (at < (isBurst ? 0.45 : 0.002)) return [{ kind: 'injection', pattern: choose(injections), ...place }]
  return at > 0.975 ? [{ kind: 'pii', pattern: choose(pii), ...place }] : []
}
