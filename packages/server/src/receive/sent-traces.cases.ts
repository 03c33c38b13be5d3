/** Traces as our SDK would send them. */
import { sdkScope } from '@inferometer/core/attributes'
import { type CallFields, createCall } from '@inferometer/core/call'
import { toTraces } from '@inferometer/core/call-span'
import type { TracesData } from '@inferometer/core/otlp/model'

const sender = { name: sdkScope, version: '0.1.0', resourceAttributes: new Map() }
let nextSpan = 1

/** So many calls, no two of a test file with the same ids, at 450 micro-dollars each. */
export function tracesOf(count: number, fields: Partial<CallFields> = {}): TracesData {
  const calls = Array.from({ length: count }, () =>
    createCall({
      traceId: 'a'.repeat(32),
      spanId: (nextSpan++).toString(16).padStart(16, '0'),
      serviceName: 'checkout',
      operation: 'chat',
      provider: 'openai',
      requestModel: 'gpt-4o-mini',
      startTimeUs: 1_780_000_000_000_000,
      latencyMs: 500,
      inputTokens: 1_000,
      outputTokens: 500,
      usageSource: 'provider',
      source: 'inferometer-sdk',
      ...fields,
    }),
  )
  return toTraces(calls, sender)
}
