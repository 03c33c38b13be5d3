/** Traces for the tests of `createLeafSelector`. */
import { createCall, type LlmCall } from '@inferometer/core/call'
import { expect } from 'vitest'
import type { SeenSpan } from './normalize.ts'
import type { Layer } from './span-reading.ts'
import { createLeafSelector, type LeafDecisions, type LeafSettings } from './trace-leaves.ts'

export const settings: LeafSettings = { settleMs: 2_000, rememberMs: 60_000, maxSpans: 10_000 }
export const traceId = 'a'.repeat(32)
export const startUs = 1_780_000_000_000_000

export interface SightingOptions {
  readonly id: string
  readonly above?: string | null
  readonly layer?: Layer
  readonly emitter?: string
  /** Milliseconds since the start of the trace. */
  readonly from?: number
  readonly ms?: number
  readonly perAttempt?: boolean
  readonly trace?: string
  readonly call?: Partial<LlmCall>
}

export function see(options: SightingOptions): SeenSpan {
  const { id, above = null, layer = 'client', emitter = layer, from = 0, ms = 100, trace = traceId } = options
  const call = createCall({
    traceId: trace,
    spanId: id,
    parentSpanId: above,
    serviceName: 'shop',
    operation: 'chat',
    provider: 'openai',
    requestModel: 'gpt-4o',
    startTimeUs: startUs + from * 1_000,
    latencyMs: ms,
    inputTokens: 10,
    outputTokens: 5,
    usageSource: 'provider',
    source: emitter,
    ...options.call,
  })
  const reading = {
    kind: 'call',
    call,
    layer,
    perAttempt: options.perAttempt ?? false,
    emitter,
    awaitsEvents: false,
  } as const
  return { traceId: trace, spanId: id, parentSpanId: above, reading }
}

export function node(id: string, above: string | null = null): SeenSpan {
  return { traceId, spanId: id, parentSpanId: above, reading: null }
}

export const noUsage = { inputTokens: null, outputTokens: null, usageSource: 'missing' } as const
export const failed = { ...noUsage, status: 'error', errorType: 'rate_limit', httpStatus: 429 } as const

/** All decisions about batches that come one millisecond after each other, and what waits to the end. */
export function decide(batches: readonly (readonly SeenSpan[])[], change: Partial<LeafSettings> = {}): LeafDecisions {
  const selector = createLeafSelector({ ...settings, ...change })
  const all = batches.map((batch, index) => selector.take(batch, index))
  all.push(selector.settle(batches.length + settings.settleMs))
  expect(selector.heldCount).toBe(0)
  expect(selector.nextDueMs()).toBeNull()
  return { counted: all.flatMap(({ counted }) => counted), dropped: all.flatMap(({ dropped }) => dropped) }
}

export const idsOf = (calls: readonly LlmCall[]) => calls.map(({ spanId }) => spanId)

export function permute<T>(items: readonly T[]): T[][] {
  if (items.length <= 1) return [[...items]]
  return items.flatMap((item, index) =>
    permute([...items.slice(0, index), ...items.slice(index + 1)]).map((rest) => [item, ...rest]),
  )
}

/** Every way to cut a list into batches. */
export function split<T>(items: readonly T[]): T[][][] {
  const ways: T[][][] = []
  for (let cuts = 0; cuts < 1 << Math.max(0, items.length - 1); cuts++) {
    const batches: T[][] = [[]]
    items.forEach((item, index) => {
      if (index > 0 && (cuts >> (index - 1)) & 1) batches.push([])
      batches.at(-1)?.push(item)
    })
    ways.push(batches)
  }
  return ways
}
